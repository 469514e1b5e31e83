//! OUTPUT0 is INPUT0, whatever its datatype.

use triton_wasm_guest::{export_model, Model, Request, RequestResult, Requests};

struct Identity;

export_model!(Identity);

impl Model for Identity {
    fn initialize() -> Result<Self, String> {
        Ok(Self)
    }

    fn execute(&mut self, requests: Requests) -> Result<(), String> {
        for request in requests {
            request.settle(answer(request));
        }
        Ok(())
    }
}

fn answer(request: Request) -> RequestResult {
    let input = request.input("INPUT0")?;
    match request.output("OUTPUT0") {
        Some(output) => output.copy_input(input),
        None => Ok(()),
    }
}
