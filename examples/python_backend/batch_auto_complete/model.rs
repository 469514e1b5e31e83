//! Completes its own configuration, with batches: config.pbtxt names only the backend. OUTPUT0 = INPUT0 + INPUT1 and
//! OUTPUT1 = INPUT0 - INPUT1.

use triton_wasm_guest::{export_model, Error, Model, ModelConfig, Request, Requests};

struct BatchAutoComplete;

export_model!(BatchAutoComplete);

/// A list of two tensors of four 32-bit floats, as a member of the configuration's JSON.
fn tensors(side: &str, prefix: &str) -> String {
    let tensor = |index| {
        format!(r#"{{"name": "{prefix}{index}", "data_type": "TYPE_FP32", "dims": [4]}}"#)
    };
    format!(r#""{side}": [{}, {}]"#, tensor(0), tensor(1))
}

impl Model for BatchAutoComplete {
    /// The server calls it before it creates instances. Members that are missing in the result stay as they are.
    fn auto_complete(_config: &str) -> Result<Option<String>, String> {
        let mut members = vec![
            r#""max_batch_size": 4"#.to_string(),
            r#""dynamic_batching": {}"#.to_string(),
        ];
        // What the author of config.pbtxt has written has precedence.
        let config = ModelConfig::read();
        if config.inputs.is_empty() {
            members.push(tensors("input", "INPUT"));
        }
        if config.outputs.is_empty() {
            members.push(tensors("output", "OUTPUT"));
        }
        Ok(Some(format!("{{{}}}", members.join(", "))))
    }

    fn initialize() -> Result<Self, String> {
        Ok(BatchAutoComplete)
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
    let input0 = request.input("INPUT0")?;
    let input1 = request.input("INPUT1")?;
    let (left, right) = (input0.to_vec::<f32>()?, input1.to_vec::<f32>()?);
    let (shape0, shape1) = (input0.shape()?, input1.shape()?);
    if shape0 != shape1 {
        return Err(Error::invalid_arg(format!(
            "INPUT0 has shape {shape0:?}, INPUT1 has shape {shape1:?}; they must be equal"
        )));
    }
    let pairs = || left.iter().zip(&right);
    if let Some(output) = request.output("OUTPUT0") {
        output.set(&shape0, &pairs().map(|(a, b)| a + b).collect::<Vec<_>>())?;
    }
    if let Some(output) = request.output("OUTPUT1") {
        output.set(&shape0, &pairs().map(|(a, b)| a - b).collect::<Vec<_>>())?;
    }
    Ok(())
}
