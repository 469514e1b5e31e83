use crate::abi;
use crate::datatype::{bytes_of_mut, Datatype, Element};
use crate::error::{RequestError, RequestResult};
use crate::text::text;

/// An input of a request. Its bytes lie on the host's side until they are read.
#[derive(Clone, Copy)]
pub struct Input {
    pub(crate) request: u32,
    pub(crate) index: u32,
}

impl Input {
    pub fn name(&self) -> String {
        text(|target, capacity| unsafe { abi::input_name(self.request, self.index, target, capacity) })
            .unwrap_or_default()
    }

    pub fn datatype(&self) -> Datatype {
        Datatype::of_number(unsafe { abi::input_datatype(self.request, self.index) })
    }

    /// Of a batching model, the first dimension is the request's own batch size.
    pub fn shape(&self) -> Vec<i64> {
        let read = |target: &mut [i64]| unsafe {
            abi::input_shape(self.request, self.index, target.as_mut_ptr(), target.len())
        };
        let mut shape = vec![0; read(&mut []) as usize];
        read(&mut shape);
        shape
    }

    pub fn byte_size(&self) -> u32 {
        unsafe { abi::input_byte_size(self.request, self.index) }
    }

    /// Copies data from byte `offset` on to `target`. Returns the number of bytes, fewer where the data ends.
    pub fn read(&self, offset: u32, target: &mut [u8]) -> usize {
        unsafe { abi::input_read(self.request, self.index, offset, target.as_mut_ptr(), target.len()) as usize }
    }

    /// As [`read`](Self::read), for elements from element `first` on. Of a tensor whose datatype has another size, it is the bytes that count.
    pub fn read_elements<T: Element>(&self, first: usize, target: &mut [T]) -> usize {
        self.read((first * size_of::<T>()) as u32, bytes_of_mut(target)) / size_of::<T>()
    }

    /// All elements. Another datatype than `T`'s is an error of the request; as `u8` come the bytes of any.
    pub fn elements<T: Element>(&self) -> RequestResult<Vec<T>> {
        let own = self.datatype();
        if own != T::DATATYPE && T::DATATYPE != Datatype::Uint8 {
            let name = self.name();
            return Err(RequestError::invalid_arg(format!(
                "{name} has the datatype {own:?}, the model reads {:?}",
                T::DATATYPE
            )));
        }
        let mut elements = vec![T::default(); self.byte_size() as usize / size_of::<T>()];
        self.read_elements(0, &mut elements);
        Ok(elements)
    }
}
