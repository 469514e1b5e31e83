use crate::abi;

const MOST_PER_CALL: usize = 65_536;

/// Fills the buffer with secure random bytes.
pub fn fill_random(buffer: &mut [u8]) {
    for part in buffer.chunks_mut(MOST_PER_CALL) {
        unsafe { abi::random(part.as_mut_ptr(), part.len()) };
    }
}
