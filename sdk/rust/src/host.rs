use crate::abi;
use crate::text::text;

/// What the server said when it initialised the instance; None for an unknown key. Keys are in docs/guest-abi.md.
pub fn argument(key: &str) -> Option<String> {
    text(|target, capacity| unsafe { abi::argument(key.as_ptr(), key.len(), target, capacity) })
}

/// The whole configuration of the model as JSON.
pub fn model_config() -> String {
    argument("model_config").unwrap_or_default()
}

/// Place of this instance among those of its model version, from 0.
pub fn instance_ordinal() -> u32 {
    unsafe { abi::instance_ordinal() }
}

/// How many guests there have been in this instance before this one.
pub fn instance_restarts() -> u32 {
    unsafe { abi::instance_restarts() }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Clock {
    /// Since 1970.
    Realtime,
    /// Since some moment; never goes back.
    Monotonic,
}

/// Nanoseconds, in steps of a millisecond.
pub fn clock(which: Clock) -> i64 {
    unsafe { abi::clock(which as i32) }
}

/// Sleeps; the deadline goes on.
pub fn sleep(milliseconds: u32) {
    unsafe { abi::sleep(milliseconds) };
}

/// Fills `target` with secure random numbers of the system.
pub fn random(target: &mut [u8]) {
    /// What the host gives at once.
    const MAX_BYTES: usize = 65_536;
    for piece in target.chunks_mut(MAX_BYTES) {
        unsafe { abi::random(piece.as_mut_ptr(), piece.len()) };
    }
}
