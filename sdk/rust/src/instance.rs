use crate::{abi, text};

/// What the server said when it initialised the instance: `model_config` (JSON), `model_name`, `model_version`,
/// `model_repository` (the model's own folder), `model_instance_kind`, `model_instance_name`, `model_instance_device_id`;
/// `None` for an unknown key.
pub fn argument(key: &str) -> Option<String> {
    text::read(|target, capacity| unsafe {
        abi::argument(key.as_ptr(), key.len(), target, capacity)
    })
}

/// Place of this instance among those of its model version, from 0.
pub fn instance_ordinal() -> u32 {
    abi::instance_ordinal()
}

/// How many guests of this instance before this one trapped or were stopped.
pub fn instance_restarts() -> u32 {
    abi::instance_restarts()
}
