//! As ../assemblyscript/model.ts.

use triton_wasm_guest::{
    bf16_from_f32, bf16_to_f32, export_model, f16_from_f32, f16_to_f32, model_parameter, Datatype,
    Error, Model, ModelConfig, Request, RequestParameter, Requests, TensorConfig,
};

const KEYS: [&str; 5] = ["text", "int", "bool", "double", "missing"];

struct Contract;

export_model!(Contract);

impl Model for Contract {
    fn initialize() -> Result<Self, String> {
        Ok(Contract)
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

type Lines = Vec<Vec<u8>>;

fn say(lines: &mut Lines, line: String) {
    lines.push(line.into_bytes());
}

impl Contract {
    fn answer(&mut self, request: &Request) -> Result<(), Error> {
        let mut lines = Lines::new();
        match request.id().as_str() {
            "config" => report_config(&mut lines),
            "parameters" => report_parameters(request, &mut lines),
            "bytes" => report_bytes(request, &mut lines)?,
            "halves" => report_halves(request, &mut lines)?,
            _ => {}
        }
        if let Some(output) = request.output("REPORT") {
            output.set_byte_strings(&[lines.len() as i64], &lines)?;
        }
        Ok(())
    }
}

fn report_config(lines: &mut Lines) {
    let config = ModelConfig::read();
    say(lines, format!("name {}", config.name));
    say(lines, format!("version {}", config.version));
    say(lines, format!("max_batch_size {}", config.max_batch_size));
    report_tensors("input", &config.inputs, lines);
    report_tensors("output", &config.outputs, lines);
    let place = config.outputs.iter().position(|tensor| tensor.name == "REPORT");
    say(lines, format!("REPORT is output {}", place.map_or(-1, |index| index as i32)));
    let what = config.input("NOTHING").map_or("not an input", |_| "an input");
    say(lines, format!("NOTHING is {what}"));
    let greeting = model_parameter("greeting");
    say(lines, format!("greeting {}", greeting.as_deref().unwrap_or("none")));
    let nothing = model_parameter("nothing").map_or("none", |_| "some");
    say(lines, format!("nothing {nothing}"));
}

fn report_tensors(side: &str, tensors: &[TensorConfig], lines: &mut Lines) {
    for TensorConfig { name, datatype, dims } in tensors {
        let datatype = datatype.map_or(0, |datatype: Datatype| datatype as i32);
        let dims: String = dims.iter().map(|dim| format!(" {dim}")).collect();
        say(lines, format!("{side} {name} {datatype}{dims}"));
    }
}

fn report_parameters(request: &Request, lines: &mut Lines) {
    for key in KEYS {
        let value = match request.parameter(key) {
            None => "none".to_string(),
            Some(RequestParameter::String(text)) => format!("string {text}"),
            Some(RequestParameter::Int(value)) => format!("int {value}"),
            Some(RequestParameter::Bool(value)) => format!("bool {value}"),
            Some(RequestParameter::Double(value)) => format!("double {}", (value * 1000.0) as i64),
        };
        say(lines, format!("{key} {value}"));
    }
}

fn report_bytes(request: &Request, lines: &mut Lines) -> Result<(), Error> {
    *lines = request.input("TEXTS")?.to_byte_strings()?;
    lines.reverse();
    Ok(())
}

fn report_halves(request: &Request, lines: &mut Lines) -> Result<(), Error> {
    for value in request.input("FLOATS")?.to_vec::<f32>()? {
        let (fp16, bf16) = (f16_from_f32(value), bf16_from_f32(value));
        let (back16, back_b) = (f16_to_f32(fp16).to_bits(), bf16_to_f32(bf16).to_bits());
        say(lines, format!("{fp16} {back16} {bf16} {back_b}"));
    }
    Ok(())
}
