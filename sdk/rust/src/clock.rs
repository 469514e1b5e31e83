use std::time::Duration;

use crate::abi;

const REALTIME: i32 = 0;
const MONOTONIC: i32 = 1;

/// Time since 1970, in steps of a millisecond.
pub fn unix_time() -> Duration {
    Duration::from_nanos(abi::clock(REALTIME) as u64)
}

/// Time since some moment, which never runs backwards, in steps of a millisecond.
pub fn monotonic() -> Duration {
    Duration::from_nanos(abi::clock(MONOTONIC) as u64)
}

/// Sleeps for whole milliseconds, the last one begun included. The deadline ends it.
pub fn sleep(duration: Duration) {
    let milliseconds = duration.as_nanos().div_ceil(1_000_000);
    abi::sleep(milliseconds.try_into().unwrap_or(u32::MAX));
}
