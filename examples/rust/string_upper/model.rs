//! OUTPUT0 is INPUT0 with its ASCII letters in upper case; all other bytes, such as those of UTF-8, stay as they are.

use triton_wasm_guest::{export_model, Datatype, Error, Model, Request, Requests};

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
        let size = input.byte_size();
        let output = output.create(Datatype::Bytes, &input.shape(), size)?;

        // Bytes of the element that goes on behind the slice.
        let mut open = 0;
        let mut offset = 0;
        while offset < size {
            let bytes = input.read(offset, &mut self.slice);
            let done = upper_slice(&mut self.slice[..bytes], &mut open);
            if done == 0 {
                return Err(Error::invalid_arg(
                    "INPUT0 ends within the length of an element",
                ));
            }
            output.write(offset, &self.slice[..done])?;
            offset += done;
        }
        Ok(())
    }
}

/// Returns how many bytes of the slice are done: all but a length that goes on behind it.
fn upper_slice(slice: &mut [u8], open: &mut usize) -> usize {
    let mut at = 0;
    loop {
        let part = slice.len().min(at + *open);
        slice[at..part].make_ascii_uppercase();
        *open -= part - at;
        at = part;
        let Some(length) = slice[at..].first_chunk() else {
            return at;
        };
        *open = u32::from_le_bytes(*length) as usize;
        at += length.len();
    }
}
