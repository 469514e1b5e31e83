//! Softmax and top-k: for each row of LOGITS the k most probable classes, the most probable one first.
//!
//! LOGITS has the shape [rows, classes]; PROBABILITIES and CLASSES have [rows, k]. A request may have the integer parameter `k`.
//! Otherwise the model's parameter `k` applies, or the number of classes if that is smaller.

use triton_wasm_guest::{
    export_model, model_parameter, Error, Model, Request, RequestParameter, Requests,
};

struct TopK {
    default_k: usize,
}

export_model!(TopK);

impl Model for TopK {
    fn initialize() -> Result<Self, String> {
        let text = model_parameter("k").ok_or("the model needs the parameter k")?;
        let default_k = text
            .parse()
            .map_err(|_| format!("model parameter k is '{text}': it must be a whole number"))?;
        Ok(TopK { default_k })
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

impl TopK {
    fn answer(&self, request: &Request) -> Result<(), Error> {
        let input = request.input("LOGITS")?;
        let logits = input.to_vec::<f32>()?;
        let [rows, classes] = input.shape()?[..] else {
            return Err(Error::invalid_arg(
                "input LOGITS must have the shape [rows, classes]",
            ));
        };
        let k = self.k_of(request, classes as usize)?;

        let mut best = Vec::with_capacity(rows as usize * k);
        // chunks_exact does not accept 0; without classes there is not a chunk.
        for row in logits.chunks_exact(classes.max(1) as usize) {
            best.extend(softmax_of_best(row, k));
        }
        let shape = [rows, k as i64];
        if let Some(output) = request.output("PROBABILITIES") {
            output.set(&shape, &best.iter().map(|best| best.1).collect::<Vec<_>>())?;
        }
        if let Some(output) = request.output("CLASSES") {
            output.set(&shape, &best.iter().map(|best| best.0).collect::<Vec<_>>())?;
        }
        Ok(())
    }

    fn k_of(&self, request: &Request, classes: usize) -> Result<usize, Error> {
        match request.parameter("k") {
            None => Ok(self.default_k.min(classes)),
            Some(RequestParameter::Int(k)) if (0..=classes as i64).contains(&k) => Ok(k as usize),
            Some(other) => Err(Error::invalid_arg(format!(
                "parameter k is {other:?}: it must be an integer from 0 to {classes}, the number of classes"
            ))),
        }
    }
}

/// The `k` largest logits of a row with their probabilities. Of equal logits the first class comes first.
fn softmax_of_best(row: &[f32], k: usize) -> Vec<(i64, f32)> {
    let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    // Without the largest logit, exp would overflow from 89 on.
    let exponential = |logit: f32| f64::from(logit - largest).exp();
    let sum: f64 = row.iter().map(|&logit| exponential(logit)).sum();

    let order = |&a: &usize, &b: &usize| row[b].total_cmp(&row[a]).then(a.cmp(&b));
    let mut classes: Vec<usize> = (0..row.len()).collect();
    if k < classes.len() {
        // Only the k best ones need an order: this is faster than to sort all.
        classes.select_nth_unstable_by(k, order);
        classes.truncate(k);
    }
    classes.sort_unstable_by(order);
    let with_probability = |class| (class as i64, (exponential(row[class]) / sum) as f32);
    classes.into_iter().map(with_probability).collect()
}
