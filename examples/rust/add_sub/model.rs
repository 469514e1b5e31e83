//! OUTPUT0 = INPUT0 + INPUT1 and OUTPUT1 = INPUT0 - INPUT1, of 32-bit floats in tensors of one shape.

use core::arch::wasm32::{f32x4_add, f32x4_splat, f32x4_sub, v128};

use triton_wasm_guest::{
    bytes_of, bytes_of_mut, export_model, Datatype, Error, Model, OutputData, Request, Requests,
};

/// 64 KiB: large enough for few host calls, small enough that three slices fit the processor's cache.
const SLICE_VECTORS: usize = 4096;
const SLICE_BYTES: usize = SLICE_VECTORS * size_of::<v128>();

struct AddSub {
    left: Box<[v128]>,
    right: Box<[v128]>,
    result: Box<[v128]>,
}

export_model!(AddSub);

impl Model for AddSub {
    fn initialize() -> Result<Self, String> {
        let slice = || vec![f32x4_splat(0.0); SLICE_VECTORS].into_boxed_slice();
        Ok(AddSub {
            left: slice(),
            right: slice(),
            result: slice(),
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

impl AddSub {
    fn answer(&mut self, request: &Request) -> Result<(), Error> {
        let input0 = request.input("INPUT0")?;
        let input1 = request.input("INPUT1")?;
        input0.require_datatype(Datatype::Fp32)?;
        input1.require_datatype(Datatype::Fp32)?;
        let shape0 = input0.shape()?;
        let shape1 = input1.shape()?;
        if shape0 != shape1 {
            return Err(Error::invalid_arg(format!(
                "INPUT0 has shape {shape0:?}, INPUT1 has shape {shape1:?}; they must be equal"
            )));
        }

        let size = input0.byte_size();
        let create = |name| {
            let output = request.output(name);
            output
                .map(|output| output.create(Datatype::Fp32, &shape0, size))
                .transpose()
        };
        let sum = create("OUTPUT0")?;
        let difference = create("OUTPUT1")?;

        for offset in (0..size).step_by(SLICE_BYTES) {
            let bytes = input0.read(offset, bytes_of_mut(&mut self.left));
            input1.read(offset, bytes_of_mut(&mut self.right));
            if let Some(sum) = &sum {
                self.write(sum, offset, bytes, |left, right| f32x4_add(left, right))?;
            }
            if let Some(difference) = &difference {
                self.write(difference, offset, bytes, |left, right| {
                    f32x4_sub(left, right)
                })?;
            }
        }
        Ok(())
    }

    /// Writes the results of `operation` for the given number of bytes of both slices.
    fn write(
        &mut self,
        output: &OutputData,
        offset: usize,
        bytes: usize,
        operation: impl Fn(v128, v128) -> v128,
    ) -> Result<(), Error> {
        // The last vector of an odd size also contains old bytes, which are not written to the output.
        let vectors = bytes.div_ceil(size_of::<v128>());
        let operands = self.left.iter().zip(&self.right);
        for (result, (&left, &right)) in self.result[..vectors].iter_mut().zip(operands) {
            *result = operation(left, right);
        }
        output.write(offset, &bytes_of(&self.result)[..bytes])
    }
}
