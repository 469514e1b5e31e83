//! Fails as the first number of INPUT0 says, else returns the input: what a model in Rust says reaches the client.

use triton_wasm_guest::{export_model, Error, Model, Request, Requests};

struct Messages;

export_model!(Messages);

impl Model for Messages {
    fn initialize() -> Result<Self, String> {
        Ok(Messages)
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
    let numbers = input.to_vec::<f32>()?;
    match numbers[0] as u8 {
        1 => panic!("the weights are missing"),
        2 => request.fail(Error::internal(numbers[numbers.len() + 7].to_string())),
        3 => request.fail(Error::internal((numbers.len() as u8 + 255).to_string())),
        4 => drop(request.find_input("INPUT7").unwrap().name()),
        5 => drop(Vec::<f32>::with_capacity(usize::MAX / 2)),
        6 => end_without_memory(),
        _ => {}
    }
    if let Some(output) = request.output("OUTPUT0") {
        output.copy_input(&input)?;
    }
    Ok(())
}

/// Panics when there is not even memory for the text.
fn end_without_memory() {
    let mut taken: Vec<Vec<u8>> = Vec::with_capacity(1 << 16);
    let mut size = 1 << 20;
    while size > 0 {
        let mut block = Vec::new();
        if taken.len() < taken.capacity() && block.try_reserve_exact(size).is_ok() {
            taken.push(block);
        } else {
            size /= 2;
        }
    }
    assert!(taken.is_empty(), "no memory is left");
}
