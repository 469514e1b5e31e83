use std::fmt;

/// The datatype of a tensor's elements, with Triton's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// Each element is a 32-bit little-endian length, followed by that many bytes.
    Bytes,
    Bf16,
}

use Datatype::*;

/// The datatypes in the order of their numbers, from 1.
const ALL: [Datatype; 14] = [
    Bool, Uint8, Uint16, Uint32, Uint64, Int8, Int16, Int32, Int64, Fp16, Fp32, Fp64, Bytes, Bf16,
];

impl Datatype {
    pub(crate) fn of_number(number: i32) -> Self {
        ALL[number as usize - 1]
    }

    /// `None` for a number that no datatype has.
    pub(crate) fn from_number(number: i32) -> Option<Self> {
        ALL.get(usize::try_from(number).ok()?.checked_sub(1)?).copied()
    }

    /// Bytes of an element; `None` for [`Datatype::Bytes`], whose elements have various sizes.
    pub fn byte_size(self) -> Option<usize> {
        match self {
            Bool | Uint8 | Int8 => Some(1),
            Uint16 | Int16 | Fp16 | Bf16 => Some(2),
            Uint32 | Int32 | Fp32 => Some(4),
            Uint64 | Int64 | Fp64 => Some(8),
            Bytes => None,
        }
    }

    /// The datatype's name in Triton's protocols, such as FP32.
    pub fn name(self) -> &'static str {
        match self {
            Bool => "BOOL",
            Uint8 => "UINT8",
            Uint16 => "UINT16",
            Uint32 => "UINT32",
            Uint64 => "UINT64",
            Int8 => "INT8",
            Int16 => "INT16",
            Int32 => "INT32",
            Int64 => "INT64",
            Fp16 => "FP16",
            Fp32 => "FP32",
            Fp64 => "FP64",
            Bytes => "BYTES",
            Bf16 => "BF16",
        }
    }
}

impl fmt::Display for Datatype {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
