//! Calls the decoupled model "square_int32" twice at the same time. SUM is the sum of the outputs OUT of both streams of responses. It takes
//! each response when it comes, from either stream: a stream that nobody reads holds up the other one.

use std::time::Duration;
use triton_wasm_guest::{export_model, wait_for_any, Call, Error, Model, Request, Requests};

struct BlsDecoupledAsync;

export_model!(BlsDecoupledAsync);

impl Model for BlsDecoupledAsync {
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
    let mut calls = [send(request)?, send(request)?];
    let mut total: i32 = 0;
    while let Some(number) = wait_for_any(Duration::MAX) {
        let call = &mut calls[usize::from(number != calls[0].number())];
        if let Some(response) = call.next_response() {
            let values = response?.output("OUT")?.to_vec::<i32>()?;
            total = values
                .iter()
                .fold(total, |sum, value| sum.wrapping_add(*value));
        }
    }
    match request.output("SUM") {
        Some(output) => output.set(&[1], &[total]),
        None => Ok(()),
    }
}

/// Sends IN to the model.
fn send<'batch>(request: &Request<'batch>) -> Result<Call<'batch>, Error> {
    let mut call = Call::new(request, "square_int32")?;
    call.input_from("IN", request, &request.input("IN")?)?;
    call.send_for_stream()?;
    Ok(call)
}
