//! OUTPUT0 is INPUT0, whatever its datatype.

use triton_wasm_guest::{export_model, Error, Model, Request, Requests};

struct Identity;

export_model!(Identity);

impl Model for Identity {
    fn initialize() -> Result<Self, String> {
        Ok(Identity)
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
    let input = request.input("INPUT0")?;
    if let Some(output) = request.output("OUTPUT0") {
        output.copy_input(&input)?;
    }
    Ok(())
}
