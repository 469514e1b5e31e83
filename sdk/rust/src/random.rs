use crate::abi;

/// Fills the buffer with secure random bytes.
pub fn fill_random(buffer: &mut [u8]) {
    unsafe { abi::random(buffer.as_mut_ptr(), buffer.len()) };
}
