//! As ../assemblyscript/model.ts.

use triton_wasm_guest::{export_model, Datatype, Error, Model, Readiness, Request, Requests};

struct Limits {
    served: bool,
}

export_model!(Limits, Readiness);

impl Model for Limits {
    fn initialize() -> Result<Self, String> {
        Ok(Limits { served: false })
    }

    fn execute(&mut self, requests: Requests) -> Result<(), String> {
        self.served = true;
        for request in requests {
            if let Err(error) = answer(&request) {
                request.fail(error);
            }
        }
        Ok(())
    }
}

impl Readiness for Limits {
    fn is_ready(&mut self) -> bool {
        self.served
    }
}

fn answer(request: &Request) -> Result<(), Error> {
    let input = request.input(&request.id())?;
    let shape = input.shape()?;
    input.require_datatype(Datatype::Fp32)?;
    request.set_parameter("input", &input.name());
    request.set_parameter("rank", shape.len() as i64);
    if let Some(output) = request.output("OUTPUT0") {
        output.create(Datatype::Fp32, &shape, input.byte_size())?;
    }
    Ok(())
}
