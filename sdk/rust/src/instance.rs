use std::time::Duration;

use crate::{abi, text};

/// An argument with which the server initialised the instance; `None` for an unknown key. Keys: `model_config` (JSON),
/// `model_name`, `model_version`, `model_repository` (the model's folder), `model_instance_kind`, `model_instance_name`,
/// `model_instance_device_id`.
pub fn argument(key: &str) -> Option<String> {
    text::read(|target, capacity| unsafe {
        abi::argument(key.as_ptr(), key.len(), target, capacity)
    })
}

/// The number of this instance among the instances of its model version, from 0.
pub fn instance_ordinal() -> u32 {
    abi::instance_ordinal()
}

/// The number of earlier guests of this instance, which trapped or were stopped.
pub fn instance_restarts() -> u32 {
    abi::instance_restarts()
}

/// Asks for a call of [`Model::poll`](crate::Model::poll) after this time; the earliest one counts.
pub fn poll_after(time: Duration) {
    let milliseconds = u32::try_from(time.as_millis()).unwrap_or(u32::MAX);
    abi::poll_after(milliseconds);
}
