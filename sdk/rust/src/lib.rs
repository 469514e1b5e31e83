//! Models for Triton's WebAssembly backend in Rust: the guest ABI `triton_v1` (docs/guest-abi.md).
//!
//! A model is a type with the trait [`Model`], and `export_model!` of it. Sizes and offsets are bytes, shapes are in elements.

pub mod abi;
mod datatype;
mod error;
mod host;
mod input;
mod log;
mod metric;
mod model;
mod output;
mod request;
mod text;

pub use datatype::{Datatype, Element};
pub use error::{ErrorCode, RequestError, RequestResult};
pub use host::{argument, clock, instance_ordinal, instance_restarts, model_config, random, sleep, Clock};
pub use input::Input;
pub use log::{log, log_enabled, LogLevel};
pub use metric::{Metric, MetricKind};
pub use model::{Model, Slot};
pub use output::Output;
pub use request::{Request, Requests};
