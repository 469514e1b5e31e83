use std::time::Duration;

use crate::abi;

const REALTIME: i32 = 0;
const MONOTONIC: i32 = 1;

/// Time since 1970, with a resolution of one millisecond.
pub fn unix_time() -> Duration {
    Duration::from_nanos(abi::clock(REALTIME) as u64)
}

/// Time since an arbitrary moment, monotonic, with a resolution of one millisecond.
pub fn monotonic() -> Duration {
    Duration::from_nanos(abi::clock(MONOTONIC) as u64)
}

/// Sleeps; the duration is rounded up to whole milliseconds. The deadline can end the sleep.
pub fn sleep(duration: Duration) {
    let milliseconds = duration.as_nanos().div_ceil(1_000_000);
    abi::sleep(milliseconds.try_into().unwrap_or(u32::MAX));
}
