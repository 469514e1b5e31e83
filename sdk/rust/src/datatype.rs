/// Triton's datatypes, by their numbers in the ABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Datatype {
    Bool = 1,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    Int8,
    Int16,
    Int32,
    Int64,
    Fp16,
    Fp32,
    Fp64,
    Bytes,
    Bf16,
}

use Datatype::*;

const ALL: [Datatype; 14] =
    [Bool, Uint8, Uint16, Uint32, Uint64, Int8, Int16, Int32, Int64, Fp16, Fp32, Fp64, Bytes, Bf16];

impl Datatype {
    /// The host passes no other numbers than those of the ABI.
    pub(crate) fn of_number(number: i32) -> Self {
        ALL[number as usize - 1]
    }
}

/// A Rust type whose values lie in a tensor as they lie in memory.
///
/// # Safety
/// Any bytes are a value of the type, it has no padding, and its size is that of the datatype's elements.
pub unsafe trait Element: Copy + Default {
    const DATATYPE: Datatype;
}

macro_rules! elements {
    ($($rust:ty: $datatype:ident),*) => {
        $(unsafe impl Element for $rust { const DATATYPE: Datatype = Datatype::$datatype; })*
    };
}

elements!(u8: Uint8, u16: Uint16, u32: Uint32, u64: Uint64, i8: Int8, i16: Int16, i32: Int32, i64: Int64, f32: Fp32, f64: Fp64);

/// The bytes of elements, in the tensor's order.
pub(crate) fn bytes_of<T: Element>(elements: &[T]) -> &[u8] {
    // An element has no padding.
    unsafe { std::slice::from_raw_parts(elements.as_ptr().cast(), size_of_val(elements)) }
}

/// As [`bytes_of`], to be written.
pub(crate) fn bytes_of_mut<T: Element>(elements: &mut [T]) -> &mut [u8] {
    // Any bytes are an element.
    unsafe { std::slice::from_raw_parts_mut(elements.as_mut_ptr().cast(), size_of_val(elements)) }
}
