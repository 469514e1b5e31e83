//! OUTPUT0 is INPUT0 with its ASCII letters in upper case; all other bytes, such as those of UTF-8, stay as they are.

use triton_wasm_guest::{export_model, Datatype, Model, Request, RequestError, RequestResult, Requests};

const SLICE_BYTES: usize = 65_536;
const LENGTH_BYTES: usize = 4;

struct StringUpper {
    slice: Box<[u8; SLICE_BYTES]>,
}

export_model!(StringUpper);

impl Model for StringUpper {
    fn initialize() -> Result<Self, String> {
        Ok(Self { slice: Box::new([0; SLICE_BYTES]) })
    }

    fn execute(&mut self, requests: Requests) -> Result<(), String> {
        for request in requests {
            request.settle(self.answer(request));
        }
        Ok(())
    }
}

impl StringUpper {
    fn answer(&mut self, request: Request) -> RequestResult {
        let input = request.input("INPUT0")?;
        let Some(output) = request.output("OUTPUT0") else {
            return Ok(());
        };

        let size = input.byte_size();
        output.create(Datatype::Bytes, &input.shape(), size)?;

        // Bytes of the element that goes on behind the slice.
        let mut open = 0;
        let mut offset = 0;
        while offset < size {
            let read = input.read(offset, &mut self.slice[..]);
            let done = upper_slice(&mut self.slice[..read], &mut open);
            if done == 0 {
                return Err(RequestError::invalid_arg("INPUT0 ends within the length of an element"));
            }
            output.write(offset, &self.slice[..done])?;
            offset += done as u32;
        }
        Ok(())
    }
}

/// Returns the bytes that are done: all but a length that goes on behind the slice.
fn upper_slice(slice: &mut [u8], open: &mut usize) -> usize {
    let mut at = 0;
    loop {
        let part = (*open).min(slice.len() - at);
        slice[at..at + part].make_ascii_uppercase();
        at += part;
        *open -= part;
        let Some(length) = slice[at..].first_chunk::<LENGTH_BYTES>() else {
            return at;
        };
        *open = u32::from_le_bytes(*length) as usize;
        at += LENGTH_BYTES;
    }
}
