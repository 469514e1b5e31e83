//! As ../assemblyscript/model.ts.

use std::time::Duration;

use triton_wasm_guest::{
    export_model, is_model_ready, load_model, unload_model, wait_for_any, Call, Error, Model,
    Request, Requests, Wait,
};

struct Calls;

export_model!(Calls);

impl Model for Calls {
    fn initialize() -> Result<Self, String> {
        Ok(Calls)
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
    let input = request.input("IN")?;
    let Some(output) = request.output("OUTPUT0") else {
        return Ok(());
    };
    let mut call = Call::new(request, "square")?;
    call.input("COPIED", &[2], &[1.5f32, -2.0])?
        .input_from("SHARED", request, &input)?
        .request_output("OUT")
        .parameter("text", "t")
        .parameter("int", 7)
        .parameter("bool", true)
        .id("id")
        .correlation_id(5)
        .flags(3)
        .timeout(Duration::from_micros(250))
        .trace_from(request)
        .send()?;
    if wait_for_any(Duration::from_millis(40)) != Some(call.number()) {
        return Err(Error::internal("another call has a response"));
    }
    let Wait::Response(response) = call.wait(Duration::from_millis(50)) else {
        return Err(Error::internal("there is no response"));
    };
    let response = response?;
    let out = response.output("OUT")?;
    request.set_parameter("name", &out.name());
    request.set_parameter("datatype", out.datatype() as i32);
    request.set_parameter("rank", out.shape().len() as i64);
    request.set_parameter("bytes", out.byte_size() as i64);
    request.set_parameter("parameters", &response.parameters());
    request.set_parameter("first", out.to_vec::<f32>()?[0] as i64);
    out.forward_to(output)?;
    let mut stream = Call::of_version(request, "repeat", 2)?;
    stream.input_from_call("IN", &out)?.send_for_stream()?;
    let mut count = 0i64;
    while let Wait::Response(_) = stream.wait(Duration::from_millis(60)) {
        count += 1;
    }
    stream.cancel();
    drop(stream);
    drop(call);
    request.set_parameter("count", count);
    if let Err(refused) = Call::new(request, "absent") {
        request.set_parameter("refused", &refused.to_string());
    }
    request.set_parameter("ready", is_model_ready("square", Some(3))?);
    request.set_parameter("loaded", load_model("absent", Some("{}")).is_ok());
    request.set_parameter("unloaded", unload_model("square", true).is_ok());
    Ok(())
}
