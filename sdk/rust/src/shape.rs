//! Checks of shapes, whose numbers the clients choose.

use crate::Datatype;

/// Bytes of the length before each element of BYTES.
const LENGTH_BYTES: usize = 4;

/// The host refuses an output with a larger dimension.
const DIMENSION_MAX: i64 = (1 << 53) - 1;

/// Number of elements: 1 for no dimensions, `i64::MAX` for larger numbers and for a negative dimension.
pub fn element_count(shape: &[i64]) -> i64 {
    if shape.iter().any(|&dimension| dimension < 0) {
        return i64::MAX;
    }
    shape
        .iter()
        .fold(1, |product, &dimension| product.saturating_mul(dimension))
}

/// Whether a tensor of this shape and datatype can have `byte_size` bytes of data.
pub(crate) fn fits(shape: &[i64], datatype: Datatype, byte_size: usize) -> bool {
    if !shape
        .iter()
        .all(|dimension| (0..=DIMENSION_MAX).contains(dimension))
    {
        return false;
    }
    match datatype.byte_size() {
        None => element_count(shape) <= (byte_size / LENGTH_BYTES) as i64,
        Some(size) => byte_size % size == 0 && element_count(shape) == (byte_size / size) as i64,
    }
}
