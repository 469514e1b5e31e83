use std::marker::PhantomData;

use crate::{abi, byte_strings, bytes_of, text, Datatype, Element, Error, Input};

/// An output that the client requests and that is not created yet. Creating it consumes the value.
pub struct Output<'batch> {
    request: u32,
    index: u32,
    batch: PhantomData<&'batch ()>,
}

impl<'batch> Output<'batch> {
    pub(crate) fn new(request: u32, index: u32) -> Self {
        Self {
            request,
            index,
            batch: PhantomData,
        }
    }

    /// The output's index among the requested outputs, from 0, for the functions of [`abi`].
    pub fn index(&self) -> u32 {
        self.index
    }

    pub(crate) fn place(&self) -> (u32, u32) {
        (self.request, self.index)
    }

    pub fn name(&self) -> String {
        text::require(|target, capacity| unsafe {
            abi::output_name(self.request, self.index, target, capacity)
        })
    }

    /// Creates the output, filled with zero bytes, to be written.
    ///
    /// `byte_size` is the size that shape and datatype need; for BYTES the size of all elements with their lengths.
    pub fn create(
        self,
        datatype: Datatype,
        shape: &[i64],
        byte_size: usize,
    ) -> Result<OutputData<'batch>, Error> {
        Error::check(unsafe {
            abi::output_create(
                self.request,
                self.index,
                datatype as i32,
                shape.as_ptr(),
                shape.len(),
                byte_size,
            )
        })?;
        Ok(OutputData { output: self })
    }

    /// Creates the output with these elements and the first datatype of `T`.
    pub fn set<T: Element>(self, shape: &[i64], values: &[T]) -> Result<(), Error> {
        let bytes = bytes_of(values);
        self.create(T::DATATYPES[0], shape, bytes.len())?
            .write(0, bytes)
    }

    /// Creates the output as a BYTES tensor with these elements. If no memory is left for their bytes, the request fails.
    pub fn set_byte_strings(
        self,
        shape: &[i64],
        elements: &[impl AsRef<[u8]>],
    ) -> Result<(), Error> {
        let bytes = byte_strings::encode(elements)?;
        self.create(Datatype::Bytes, shape, bytes.len())?
            .write(0, &bytes)
    }

    /// Creates the output as a copy of an input of the same request, without copying bytes through the model's memory.
    pub fn copy_input(self, input: &Input<'batch>) -> Result<(), Error> {
        Error::check(abi::output_copy_input(
            self.request,
            self.index,
            input.index(),
        ))
    }

    /// Creates the output as a tensor of zero bytes, of any datatype except BYTES.
    pub fn zero(self, datatype: Datatype, shape: &[i64]) -> Result<(), Error> {
        Error::check(unsafe {
            abi::output_zero(
                self.request,
                self.index,
                datatype as i32,
                shape.as_ptr(),
                shape.len(),
            )
        })
    }
}

/// The data of an output that was created. Bytes that are never written are zero.
pub struct OutputData<'batch> {
    output: Output<'batch>,
}

impl OutputData<'_> {
    /// Copies bytes to the data, from `offset` on.
    pub fn write(&self, offset: usize, bytes: &[u8]) -> Result<(), Error> {
        let Output { request, index, .. } = self.output;
        Error::check(unsafe {
            abi::output_write(request, index, offset, bytes.as_ptr(), bytes.len())
        })
    }
}
