use crate::abi;
use crate::datatype::{bytes_of, Datatype, Element};
use crate::error::{RequestError, RequestResult};
use crate::input::Input;
use crate::text::text;

/// An output that the client wants. It is made once, by `create`, `set`, `copy_input` or `zero`.
#[derive(Clone, Copy)]
pub struct Output {
    pub(crate) request: u32,
    pub(crate) index: u32,
}

impl Output {
    pub fn name(&self) -> String {
        text(|target, capacity| unsafe { abi::output_name(self.request, self.index, target, capacity) })
            .unwrap_or_default()
    }

    /// Makes the output of zero bytes, to be written. `byte_size` is what shape and datatype make; for BYTES the size of all
    /// elements with their lengths.
    pub fn create(&self, datatype: Datatype, shape: &[i64], byte_size: u32) -> RequestResult {
        done(unsafe {
            abi::output_create(self.request, self.index, datatype as i32, shape.as_ptr(), shape.len(), byte_size)
        })
    }

    /// Copies bytes to the output's data from byte `offset` on.
    pub fn write(&self, offset: u32, bytes: &[u8]) -> RequestResult {
        done(unsafe { abi::output_write(self.request, self.index, offset, bytes.as_ptr(), bytes.len()) })
    }

    /// As [`write`](Self::write), for elements from element `first` on.
    pub fn write_elements<T: Element>(&self, first: usize, elements: &[T]) -> RequestResult {
        self.write((first * size_of::<T>()) as u32, bytes_of(elements))
    }

    /// Makes the output of these elements.
    pub fn set<T: Element>(&self, shape: &[i64], elements: &[T]) -> RequestResult {
        self.create(T::DATATYPE, shape, size_of_val(elements) as u32)?;
        self.write_elements(0, elements)
    }

    /// Makes the output a copy of an input of the same request; no byte passes through the model's memory.
    pub fn copy_input(&self, input: Input) -> RequestResult {
        done(unsafe { abi::output_copy_input(self.request, self.index, input.index) })
    }

    /// Makes the output a tensor of zero bytes, of any datatype but BYTES.
    pub fn zero(&self, datatype: Datatype, shape: &[i64]) -> RequestResult {
        done(unsafe { abi::output_zero(self.request, self.index, datatype as i32, shape.as_ptr(), shape.len()) })
    }
}

fn done(status: i32) -> RequestResult {
    if status == 0 {
        Ok(())
    } else {
        Err(RequestError::Recorded)
    }
}
