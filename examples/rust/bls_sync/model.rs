//! Calls the model whose name is in MODEL_NAME with INPUT0 and INPUT1, and answers with its OUTPUT0 and OUTPUT1. No byte of the
//! tensors is copied.

use triton_wasm_guest::{export_model, Call, Error, Model, Request, Requests};

struct BlsSync;

export_model!(BlsSync);

impl Model for BlsSync {
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
    let names = request.input("MODEL_NAME")?.to_byte_strings()?;
    let [name] = &names[..] else {
        return Err(Error::invalid_arg(
            "MODEL_NAME must be the name of one model",
        ));
    };
    let name =
        std::str::from_utf8(name).map_err(|_| Error::invalid_arg("MODEL_NAME is not UTF-8"))?;
    let (input0, input1) = (request.input("INPUT0")?, request.input("INPUT1")?);

    let mut call = Call::new(request, name)?;
    call.input_from("INPUT0", request, &input0)?;
    call.input_from("INPUT1", request, &input1)?;
    call.request_output("OUTPUT0")
        .request_output("OUTPUT1")
        .trace_from(request);
    let response = call.execute()?;
    for name in ["OUTPUT0", "OUTPUT1"] {
        if let Some(output) = request.output(name) {
            response.output(name)?.forward_to(output)?;
        }
    }
    Ok(())
}
