use std::marker::PhantomData;

use crate::{abi, byte_strings, bytes_of, text, Datatype, Element, Error, Input};

/// An output that the client wants and that is not made yet: making it takes the value.
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

    /// Its place among the outputs that the client wants, from 0: the number that the functions of [`abi`] take.
    pub fn index(&self) -> u32 {
        self.index
    }

    pub fn name(&self) -> String {
        text::require(|target, capacity| unsafe {
            abi::output_name(self.request, self.index, target, capacity)
        })
    }

    /// Makes the output of zero bytes, to be written.
    ///
    /// `byte_size` is what shape and datatype make; for BYTES the size of all elements with their lengths.
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

    /// Makes the output of these elements, with the first datatype of `T`'s.
    pub fn set<T: Element>(self, shape: &[i64], values: &[T]) -> Result<(), Error> {
        let bytes = bytes_of(values);
        self.create(T::DATATYPES[0], shape, bytes.len())?
            .write(0, bytes)
    }

    /// Makes the output a tensor of BYTES of these elements. When there is no memory left for their bytes, the request fails.
    pub fn set_byte_strings(
        self,
        shape: &[i64],
        elements: &[impl AsRef<[u8]>],
    ) -> Result<(), Error> {
        let bytes = byte_strings::encode(elements)?;
        self.create(Datatype::Bytes, shape, bytes.len())?
            .write(0, &bytes)
    }

    /// Makes the output a copy of an input of the same request; no byte passes through the model's memory.
    pub fn copy_input(self, input: &Input<'batch>) -> Result<(), Error> {
        Error::check(abi::output_copy_input(
            self.request,
            self.index,
            input.index(),
        ))
    }

    /// Makes the output a tensor of zero bytes, of any datatype but BYTES.
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

/// The data of an output that is made. What is never written is zero.
pub struct OutputData<'batch> {
    output: Output<'batch>,
}

impl OutputData<'_> {
    /// Copies bytes to the data from `offset` on.
    pub fn write(&self, offset: usize, bytes: &[u8]) -> Result<(), Error> {
        let Output { request, index, .. } = self.output;
        Error::check(unsafe {
            abi::output_write(request, index, offset, bytes.as_ptr(), bytes.len())
        })
    }
}
