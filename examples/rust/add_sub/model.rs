//! OUTPUT0 = INPUT0 + INPUT1 and OUTPUT1 = INPUT0 - INPUT1, of 32-bit floats in tensors of one shape.

use triton_wasm_guest::{export_model, Datatype, Model, Request, RequestError, RequestResult, Requests};

/// 64 KiB: few calls of the host, and three slices stay in the processor's cache.
const SLICE: usize = 16_384;

struct AddSub {
    left: Box<[f32; SLICE]>,
    right: Box<[f32; SLICE]>,
    result: Box<[f32; SLICE]>,
}

export_model!(AddSub);

impl Model for AddSub {
    fn initialize() -> Result<Self, String> {
        let slice = || Box::new([0.0; SLICE]);
        Ok(Self { left: slice(), right: slice(), result: slice() })
    }

    fn execute(&mut self, requests: Requests) -> Result<(), String> {
        for request in requests {
            request.settle(self.answer(request));
        }
        Ok(())
    }
}

impl AddSub {
    fn answer(&mut self, request: Request) -> RequestResult {
        let input0 = request.input("INPUT0")?;
        let input1 = request.input("INPUT1")?;
        let (shape0, shape1) = (input0.shape(), input1.shape());
        if shape0 != shape1 {
            return Err(RequestError::invalid_arg(format!(
                "INPUT0 has shape {shape0:?}, INPUT1 has shape {shape1:?}; they must be equal"
            )));
        }

        let size = input0.byte_size();
        let sum = request.output("OUTPUT0");
        let difference = request.output("OUTPUT1");
        for output in [sum, difference].into_iter().flatten() {
            output.create(Datatype::Fp32, &shape0, size)?;
        }

        let elements = size as usize / size_of::<f32>();
        for first in (0..elements).step_by(SLICE) {
            let count = input0.read_elements(first, &mut self.left[..]);
            input1.read_elements(first, &mut self.right[..]);
            if let Some(output) = sum {
                output.write_elements(first, self.combine(count, |a, b| a + b))?;
            }
            if let Some(output) = difference {
                output.write_elements(first, self.combine(count, |a, b| a - b))?;
            }
        }
        Ok(())
    }

    /// The compiler makes four at once of this, with `-C target-feature=+simd128`.
    fn combine(&mut self, count: usize, with: impl Fn(f32, f32) -> f32) -> &[f32] {
        let pairs = self.left.iter().zip(self.right.iter());
        for (result, (&a, &b)) in self.result.iter_mut().zip(pairs).take(count) {
            *result = with(a, b);
        }
        &self.result[..count]
    }
}
