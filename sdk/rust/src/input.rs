use std::fmt;
use std::marker::PhantomData;

use crate::byte_strings::Fault;
use crate::{abi, byte_strings, bytes_of_mut, shape, text, Datatype, Element, Error};

/// An input with more dimensions needs a second call of the host.
const COMMON_RANK: usize = 8;

/// An input of a request.
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

    /// The input's index in the request, from 0, for the functions of [`abi`].
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

    /// Dimensions in elements. If the model supports batching, the first one is the batch size of the request.
    ///
    /// It is an error of the request if there are more than [`abi::RANK_MAX`], or if they do not fit the size of the data,
    /// which not every release of the server checks.
    pub fn shape(&self) -> Result<Vec<i64>, Error> {
        let shape = self.unchecked_shape()?;
        let (datatype, size) = (self.datatype(), self.byte_size());
        if shape::fits(&shape, datatype, size) {
            return Ok(shape);
        }
        Err(self.error(format_args!(
            "has {size} bytes, which do not fit its shape {shape:?} of datatype {datatype}"
        )))
    }

    fn unchecked_shape(&self) -> Result<Vec<i64>, Error> {
        let mut shape = vec![0; COMMON_RANK];
        let rank = self.shape_into(&mut shape);
        if rank > abi::RANK_MAX {
            return Err(self.error(format_args!(
                "has {rank} dimensions, above the model's limit of {}",
                abi::RANK_MAX
            )));
        }
        if rank > shape.len() {
            shape.resize(rank, 0);
            self.shape_into(&mut shape);
        }
        shape.truncate(rank);
        Ok(shape)
    }

    fn shape_into(&self, shape: &mut [i64]) -> usize {
        unsafe { abi::input_shape(self.request, self.index, shape.as_mut_ptr(), shape.len()) }
    }

    /// Size of the data in bytes.
    pub fn byte_size(&self) -> usize {
        abi::input_byte_size(self.request, self.index)
    }

    /// Copies data from `offset` on to `target`. Returns the number of bytes, which is smaller if the data end before.
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

    /// The whole data as elements of `T`. Another datatype, a size that does not fit the shape, and a lack of memory are
    /// errors of the request.
    ///
    /// `u8` also accepts BOOL, and BYTES as bytes with their lengths. `u16` also accepts FP16 and BF16.
    pub fn to_vec<T: Element + Default>(&self) -> Result<Vec<T>, Error> {
        self.require_one_of(T::DATATYPES)?;
        self.shape()?;
        let count = self.byte_size() / size_of::<T>();
        let mut values = Vec::new();
        values
            .try_reserve_exact(count)
            .map_err(|_| self.no_memory())?;
        values.resize(count, T::default());
        self.read(0, bytes_of_mut(&mut values));
        Ok(values)
    }

    /// The whole data as elements of BYTES. Another datatype, a number of elements that does not fit the shape, and a lack
    /// of memory are errors of the request.
    pub fn to_byte_strings(&self) -> Result<Vec<Vec<u8>>, Error> {
        self.require_datatype(Datatype::Bytes)?;
        let shape = self.shape()?;
        let elements = byte_strings::decode(&self.to_vec()?).map_err(|fault| match fault {
            Fault::EndsWithinElement => self.error(format_args!("ends within an element")),
            Fault::NoMemory => self.no_memory(),
        })?;
        if elements.len() as i64 == shape::element_count(&shape) {
            return Ok(elements);
        }
        Err(self.error(format_args!(
            "has {} elements, but the shape {shape:?}",
            elements.len()
        )))
    }

    /// If the input has another datatype, this is an error of the request.
    pub fn require_datatype(&self, wanted: Datatype) -> Result<(), Error> {
        self.require_one_of(&[wanted])
    }

    fn require_one_of(&self, wanted: &[Datatype]) -> Result<(), Error> {
        let datatype = self.datatype();
        if wanted.contains(&datatype) {
            return Ok(());
        }
        Err(self.error(format_args!(
            "has the datatype {datatype}, the model reads {}",
            wanted[0]
        )))
    }

    fn no_memory(&self) -> Error {
        self.error(format_args!(
            "has {} bytes, for which the model has no memory left",
            self.byte_size()
        ))
    }

    /// An error that the client caused. `what` follows the input's name in its text.
    fn error(&self, what: fmt::Arguments) -> Error {
        Error::invalid_arg(format!("input {} {what}", text::quoted(&self.name())))
    }
}
