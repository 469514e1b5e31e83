//! As ../assemblyscript/model.ts.

use triton_wasm_guest::{log_enabled, log_error, log_info, log_verbose, log_warn, LogLevel};
use triton_wasm_guest::{file_names, file_size, read_file, read_file_at};
use triton_wasm_guest::{
    bf16_from_f32, bf16_to_f32, export_model, f16_from_f32, f16_to_f32, model_parameter, Counter,
    Datatype, Error, Gauge, Histogram, Model, ModelConfig, Request, RequestParameter, Requests, TensorConfig,
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
            "log" => write_log(&mut lines),
            "files" => report_files(&mut lines)?,
            "metrics" => report_metrics(&mut lines)?,
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

fn write_log(lines: &mut Lines) {
    log_info!("an info {}", "line");
    log_warn!("a warning");
    log_error!("an error");
    log_verbose!("a verbose line");
    let enabled = [LogLevel::Error, LogLevel::Verbose].map(log_enabled);
    say(lines, format!("enabled {} {}", enabled[0], enabled[1]));
}

fn report_files(lines: &mut Lines) -> Result<(), Error> {
    for name in file_names() {
        say(lines, format!("{name} {}", file_size(&name).unwrap_or(0)));
    }
    let words = read_file("en/words.txt").map_err(Error::internal)?;
    say(lines, format!("words {}", String::from_utf8_lossy(&words)));
    let mut piece = [0; 4];
    let read = read_file_at("en/words.txt", 3, &mut piece).map_err(Error::internal)?;
    say(lines, format!("piece {}", String::from_utf8_lossy(&piece[..read])));
    let end = read_file_at("en/words.txt", 1_000_000, &mut piece).map_err(Error::internal)?;
    say(lines, format!("end {end}"));
    let error = read_file("../1/model.wasm").unwrap_err();
    let reason = error.split_once(": ").map_or("", |(_, reason)| reason);
    let size = file_size("nothing").map_or(-1, |size| size as i64);
    say(lines, format!("missing {size} -1 {reason}"));
    Ok(())
}

fn report_metrics(lines: &mut Lines) -> Result<(), Error> {
    let counter = |stage: &str| {
        Counter::with_labels("contract_things", "things", &[("stage", stage)])
            .map_err(Error::internal)
    };
    let (one, two) = (counter("one")?, counter("two \\ \"2\"")?);
    one.add(1.5);
    two.add(40.0);
    let values = [one.value(), two.value()].map(|value| value.unwrap_or(f64::NAN));
    // A counter of Rust has no `set`, which the host would refuse.
    say(
        lines,
        format!("counters {:?} {:?} false {}", values[0], values[1], one.add(-1.0)),
    );
    let gauge = Gauge::with_labels("contract_gauge", "a gauge", &[]).map_err(Error::internal)?;
    gauge.set(7.0);
    gauge.add(-9.0);
    let value = gauge.value().unwrap_or(f64::NAN);
    let gone = gauge.delete().is_ok();
    // A gauge of Rust has no `observe`, which the host would refuse.
    say(lines, format!("gauge {value:?} false {gone} {}", gauge.add(1.0)));
    let reason = gauge.value().unwrap_err();
    say(lines, format!("deleted {reason}"));
    let reason = Gauge::with_labels("a b", "", &[]).unwrap_err();
    say(lines, format!("refused true {reason}"));
    match Histogram::new("contract_sizes", "sizes", &[("stage", "all")], &[0.5, 10.0]) {
        Err(reason) => say(lines, format!("histogram {reason}")),
        Ok(histogram) => {
            let seen = [0.25, 2.0, 100.0].iter().all(|size| histogram.observe(*size));
            say(lines, format!("histogram {seen} false"));
        }
    }
    Ok(())
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
