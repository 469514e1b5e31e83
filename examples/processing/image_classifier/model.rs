//! A pipeline of three models: `image_normalize` prepares the images, a network scores them, and `top_k` finds the best classes.
//!
//! IMAGE has the shape [images, height, width, 3]; PROBABILITIES and CLASSES have [images, k]. A request may have the integer parameter
//! `k`, which `top_k` gets. The model's parameters `network`, `network_input` and `network_output` name the network and its tensors.
//! The tensors go from one model to the next, and no byte of them is copied.

use triton_wasm_guest::{
    export_model, model_parameter, Call, Error, Model, Request, RequestParameter, Requests,
};

struct ImageClassifier {
    network: String,
    network_input: String,
    network_output: String,
}

export_model!(ImageClassifier);

impl Model for ImageClassifier {
    fn initialize() -> Result<Self, String> {
        let parameter =
            |key| model_parameter(key).ok_or(format!("the model needs the parameter {key}"));
        Ok(ImageClassifier {
            network: parameter("network")?,
            network_input: parameter("network_input")?,
            network_output: parameter("network_output")?,
        })
    }

    fn execute(&mut self, requests: Requests) -> Result<(), String> {
        for request in requests {
            if let Err(error) = self.answer(&request) {
                request.fail(error);
            }
        }
        Ok(())
    }
}

impl ImageClassifier {
    fn answer(&self, request: &Request) -> Result<(), Error> {
        let mut normalize = call(request, "image_normalize")?;
        normalize.input_from("IMAGE", request, &request.input("IMAGE")?)?;
        let tensor = normalize.execute()?.output("TENSOR")?;

        let mut network = call(request, &self.network)?;
        network.input_from_call(&self.network_input, &tensor)?;
        network.request_output(&self.network_output);
        let scores = network.execute()?.output(&self.network_output)?;

        let mut top_k = call(request, "top_k")?;
        top_k.input_from_call("LOGITS", &scores)?;
        match request.parameter("k") {
            None => {}
            Some(RequestParameter::Int(k)) => {
                top_k.parameter("k", k);
            }
            Some(_) => return Err(Error::invalid_arg("parameter k must be an integer")),
        }
        let best = top_k.execute()?;
        for name in ["PROBABILITIES", "CLASSES"] {
            if let Some(output) = request.output(name) {
                best.output(name)?.forward_to(output)?;
            }
        }
        Ok(())
    }
}

/// A call that is a part of the trace of the request, and has its id.
fn call<'batch>(request: &Request<'batch>, model: &str) -> Result<Call<'batch>, Error> {
    let mut call = Call::new(request, model)?;
    call.id(&request.id()).trace_from(request);
    Ok(call)
}
