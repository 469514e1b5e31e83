//! Calls the models "pytorch" and "add_sub" at the same time. OUTPUT0 is that of the first, and OUTPUT1 that of the second. No byte
//! of the tensors is copied.

use triton_wasm_guest::{export_model, Call, Error, Model, Request, Requests};

struct BlsAsync;

export_model!(BlsAsync);

impl Model for BlsAsync {
    fn initialize() -> Result<Self, String> {
        Ok(Self)
    }

    fn execute(&mut self, requests: Requests) -> Result<(), String> {
        for request in requests {
            if let Err(error) = answer(&request) {
                request.fail(error);
            }
        }
        Ok(())
    }
}

fn answer(request: &Request) -> Result<(), Error> {
    let mut first = send(request, "pytorch")?;
    let mut second = send(request, "add_sub")?;
    forward(request, &mut first, "OUTPUT0")?;
    forward(request, &mut second, "OUTPUT1")
}

/// Sends the inputs of a request to a model.
fn send<'batch>(request: &Request<'batch>, model: &str) -> Result<Call<'batch>, Error> {
    let mut call = Call::new(request, model)?;
    for name in ["INPUT0", "INPUT1"] {
        call.input_from(name, request, &request.input(name)?)?;
    }
    call.send()?;
    Ok(call)
}

/// Waits for the response to a call, and makes one of its outputs that of the request.
fn forward(request: &Request, call: &mut Call, name: &str) -> Result<(), Error> {
    let response = call
        .next_response()
        .ok_or_else(|| Error::internal("a called model has sent no response"))??;
    match request.output(name) {
        Some(output) => response.output(name)?.forward_to(output),
        None => Ok(()),
    }
}
