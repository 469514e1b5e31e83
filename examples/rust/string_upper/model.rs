//! OUTPUT0 is INPUT0 with its ASCII letters in upper case; all other bytes, also those of UTF-8 characters, are unchanged.

use triton_wasm_guest::{element_count, export_model, Datatype, Error, Model, Request, Requests};

const SLICE_BYTES: usize = 65_536;

struct StringUpper {
    slice: Box<[u8]>,
}

export_model!(StringUpper);

impl Model for StringUpper {
    fn initialize() -> Result<Self, String> {
        Ok(StringUpper {
            slice: vec![0; SLICE_BYTES].into_boxed_slice(),
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

impl StringUpper {
    fn answer(&mut self, request: &Request) -> Result<(), Error> {
        let input = request.input("INPUT0")?;
        let Some(output) = request.output("OUTPUT0") else {
            return Ok(());
        };
        input.require_datatype(Datatype::Bytes)?;
        let shape = input.shape()?;
        let size = input.byte_size();
        let output = output.create(Datatype::Bytes, &shape, size)?;

        let mut progress = Progress::default();
        let mut offset = 0;
        while offset < size {
            let bytes = input.read(offset, &mut self.slice);
            let done = upper_slice(&mut self.slice[..bytes], &mut progress);
            if done == 0 {
                break;
            }
            output.write(offset, &self.slice[..done])?;
            offset += done;
        }
        if offset < size || progress.open > 0 {
            return Err(Error::invalid_arg("input INPUT0 ends within an element"));
        }
        if progress.elements != element_count(&shape) {
            return Err(Error::invalid_arg(format!(
                "input INPUT0 has {} elements, but the shape {shape:?}",
                progress.elements
            )));
        }
        Ok(())
    }
}

/// Position in a tensor.
#[derive(Default)]
struct Progress {
    /// Number of elements that have begun.
    elements: i64,
    /// Bytes of the last element that are not read yet.
    open: usize,
}

/// Returns the number of processed bytes: all, except a length that continues after the slice; 0 if the slice has only that.
fn upper_slice(slice: &mut [u8], progress: &mut Progress) -> usize {
    let mut at = 0;
    loop {
        let part = progress.open.min(slice.len() - at);
        slice[at..at + part].make_ascii_uppercase();
        progress.open -= part;
        at += part;
        let Some(length) = slice[at..].first_chunk() else {
            return at;
        };
        progress.elements += 1;
        progress.open = u32::from_le_bytes(*length) as usize;
        at += length.len();
    }
}
