//! Models for Triton's WebAssembly backend: the guest ABI `triton_v1` (docs/guest-abi.md).
//!
//! ```no_run
//! use triton_wasm_guest::{export_model, Error, Model, Request, Requests};
//!
//! struct Identity;
//!
//! export_model!(Identity);
//!
//! impl Model for Identity {
//!     fn initialize() -> Result<Self, String> {
//!         Ok(Identity)
//!     }
//!
//!     fn execute(&mut self, requests: Requests) -> Result<(), String> {
//!         for request in requests {
//!             if let Err(error) = answer(&request) {
//!                 request.fail(error);
//!             }
//!         }
//!         Ok(())
//!     }
//! }
//!
//! fn answer(request: &Request) -> Result<(), Error> {
//!     let input = request.input("INPUT0")?;
//!     if let Some(output) = request.output("OUTPUT0") {
//!         output.copy_input(&input)?;
//!     }
//!     Ok(())
//! }
//! ```
//!
//! Sizes and offsets are in bytes, shapes in elements. An invalid call, for example with an offset beyond an output's end,
//! ends the call as a panic does, with an error that names the value.

pub mod abi;
mod byte_strings;
mod call;
mod clock;
mod config;
mod datatype;
mod element;
mod error;
#[doc(hidden)]
pub mod export;
mod files;
mod half;
mod input;
mod instance;
mod log;
mod metric;
mod model;
mod output;
mod parameter;
mod random;
mod request;
mod request_parameter;
mod shape;
mod text;

pub use call::{
    is_model_ready, load_model, unload_model, wait_for_any, Call, CallOutput, Response, Wait,
};
pub use clock::{monotonic, sleep, unix_time};
pub use config::{model_parameter, ModelConfig, TensorConfig};
pub use datatype::Datatype;
pub use element::{bytes_of, bytes_of_mut, Element, Plain};
pub use error::{Error, ErrorCode};
pub use files::{file_names, file_size, read_file, read_file_at};
pub use half::{bf16_from_f32, bf16_to_f32, f16_from_f32, f16_to_f32};
pub use input::Input;
pub use instance::{argument, instance_ordinal, instance_restarts, poll_after};
pub use log::{log, log_enabled, LogLevel};
pub use metric::{Counter, Gauge, Histogram, Labels};
pub use model::{Model, Readiness};
pub use output::{Output, OutputData};
pub use parameter::Parameter;
pub use random::fill_random;
pub use request::{Request, Requests};
pub use request_parameter::RequestParameter;
pub use shape::element_count;

/// Exports a [`Model`] under the names that the host calls. Use it once in a crate. `export_model!(Mine, Readiness)` also exports
/// [`Readiness::is_ready`].
#[macro_export]
macro_rules! export_model {
    ($model:ty) => {
        $crate::export_model!($model, INSTANCE => {});
    };
    ($model:ty, Readiness) => {
        $crate::export_model!($model, INSTANCE => {
            #[unsafe(no_mangle)]
            extern "C" fn triton_is_ready() -> i32 {
                INSTANCE.is_ready()
            }
        });
    };
    ($model:ty, $instance:ident => { $($more:item)* }) => {
        const _: () = {
            static $instance: $crate::export::Instance<$model> = $crate::export::Instance::new();

            $($more)*

            #[unsafe(no_mangle)]
            extern "C" fn triton_initialize() -> i32 {
                $instance.initialize()
            }

            #[unsafe(no_mangle)]
            extern "C" fn triton_poll() -> i32 {
                $instance.poll()
            }

            #[unsafe(no_mangle)]
            extern "C" fn triton_execute() -> i32 {
                $instance.execute()
            }

            #[unsafe(no_mangle)]
            extern "C" fn triton_finalize() {
                $instance.finalize()
            }

            #[unsafe(no_mangle)]
            extern "C" fn triton_auto_complete() -> i32 {
                $instance.auto_complete()
            }
        };
    };
}
