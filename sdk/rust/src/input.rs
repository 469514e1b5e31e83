use std::marker::PhantomData;

use crate::{abi, byte_strings, bytes_of_mut, text, Datatype, Element, Error};

/// More dimensions take a second call of the host.
const COMMON_RANK: usize = 8;

/// An input that a request brings.
#[derive(Clone, Copy)]
pub struct Input<'batch> {
    request: u32,
    index: u32,
    batch: PhantomData<&'batch ()>,
}

impl Input<'_> {
    pub(crate) fn new(request: u32, index: u32) -> Self {
        Self {
            request,
            index,
            batch: PhantomData,
        }
    }

    /// Its place among the request's inputs, from 0: the number that the functions of [`abi`] take.
    pub fn index(&self) -> u32 {
        self.index
    }

    pub fn name(&self) -> String {
        text::require(|target, capacity| unsafe {
            abi::input_name(self.request, self.index, target, capacity)
        })
    }

    pub fn datatype(&self) -> Datatype {
        Datatype::of_number(abi::input_datatype(self.request, self.index))
    }

    /// Dimensions in elements; of a batching model the first is the request's own batch size.
    pub fn shape(&self) -> Vec<i64> {
        let mut shape = vec![0; COMMON_RANK];
        let rank = self.shape_into(&mut shape);
        if rank > shape.len() {
            shape.resize(rank, 0);
            self.shape_into(&mut shape);
        }
        shape.truncate(rank);
        shape
    }

    fn shape_into(&self, shape: &mut [i64]) -> usize {
        unsafe { abi::input_shape(self.request, self.index, shape.as_mut_ptr(), shape.len()) }
    }

    /// Size of the data.
    pub fn byte_size(&self) -> usize {
        abi::input_byte_size(self.request, self.index)
    }

    /// Copies data from `offset` on to `target`: as many bytes as there are, at most those of `target`. Their number.
    pub fn read(&self, offset: usize, target: &mut [u8]) -> usize {
        unsafe {
            abi::input_read(
                self.request,
                self.index,
                offset,
                target.as_mut_ptr(),
                target.len(),
            )
        }
    }

    /// The whole data as elements of `T`. Another datatype is an error of the request.
    ///
    /// `u8` also takes BOOL, and the bytes of BYTES with their lengths; `u16` also takes FP16 and BF16.
    pub fn to_vec<T: Element + Default>(&self) -> Result<Vec<T>, Error> {
        self.require_datatype(T::DATATYPES)?;
        let mut values = vec![T::default(); self.byte_size() / size_of::<T>()];
        self.read(0, bytes_of_mut(&mut values));
        Ok(values)
    }

    /// The whole data as elements of BYTES. Another datatype is an error of the request.
    pub fn to_byte_strings(&self) -> Result<Vec<Vec<u8>>, Error> {
        self.require_datatype(&[Datatype::Bytes])?;
        byte_strings::decode(&self.to_vec()?)
            .ok_or_else(|| Error::invalid_arg(format!("{} ends within an element", self.name())))
    }

    fn require_datatype(&self, wanted: &[Datatype]) -> Result<(), Error> {
        let datatype = self.datatype();
        if wanted.contains(&datatype) {
            return Ok(());
        }
        let name = self.name();
        Err(Error::invalid_arg(format!(
            "{name} has the datatype {datatype}, the model reads {}",
            wanted[0]
        )))
    }
}
