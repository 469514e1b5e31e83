use std::mem::size_of_val;
use std::slice;

use crate::Datatype;

/// A type whose values can be read from and written as bytes.
///
/// # Safety
///
/// Every byte pattern must be a value of the type, and the type must not have padding.
pub unsafe trait Plain: Copy {}

/// A Rust type for elements of tensors.
pub trait Element: Plain {
    /// Datatypes whose elements the type can hold. Outputs are created with the first one.
    const DATATYPES: &'static [Datatype];
}

/// The bytes of values, for example for [`OutputData::write`](crate::OutputData::write).
pub fn bytes_of<T: Plain>(values: &[T]) -> &[u8] {
    // SAFETY: `Plain` does not have padding, and bytes need no alignment.
    unsafe { slice::from_raw_parts(values.as_ptr().cast(), size_of_val(values)) }
}

/// The bytes of values, for example for [`Input::read`](crate::Input::read).
pub fn bytes_of_mut<T: Plain>(values: &mut [T]) -> &mut [u8] {
    // SAFETY: as above, and every byte pattern that is written is a value.
    unsafe { slice::from_raw_parts_mut(values.as_mut_ptr().cast(), size_of_val(values)) }
}

macro_rules! elements {
    ($($type:ty: $($datatype:ident)+;)+) => {
        $(
            unsafe impl Plain for $type {}

            impl Element for $type {
                const DATATYPES: &'static [Datatype] = &[$(Datatype::$datatype),+];
            }
        )+
    };
}

elements! {
    u8: Uint8 Bool Bytes;
    u16: Uint16 Fp16 Bf16;
    u32: Uint32;
    u64: Uint64;
    i8: Int8;
    i16: Int16;
    i32: Int32;
    i64: Int64;
    f32: Fp32;
    f64: Fp64;
}

#[cfg(target_arch = "wasm32")]
unsafe impl Plain for core::arch::wasm32::v128 {}
