//! Calls the decoupled model "square_int32", which answers IN with a stream of responses. SUM is the sum of their outputs OUT.

use triton_wasm_guest::{export_model, Call, Error, Model, Request, Requests};

struct BlsDecoupledSync;

export_model!(BlsDecoupledSync);

impl Model for BlsDecoupledSync {
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
    let mut call = Call::new(request, "square_int32")?;
    call.input_from("IN", request, &request.input("IN")?)?;
    call.send_for_stream()?;
    let mut total: i32 = 0;
    while let Some(response) = call.next_response() {
        let values = response?.output("OUT")?.to_vec::<i32>()?;
        total = values
            .iter()
            .fold(total, |sum, value| sum.wrapping_add(*value));
    }
    match request.output("SUM") {
        Some(output) => output.set(&[1], &[total]),
        None => Ok(()),
    }
}
