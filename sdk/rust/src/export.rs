//! What [`export_model!`](crate::export_model) makes the exported functions of.

use std::cell::RefCell;
use std::panic;

use crate::{abi, argument, Model, Requests};

const OK: i32 = 0;
const FAILED: i32 = 1;

/// The module's one model, from its initialisation on.
pub struct Instance<M>(RefCell<Option<M>>);

// SAFETY: a guest has one thread.
unsafe impl<M> Sync for Instance<M> {}

impl<M: Model> Instance<M> {
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Self {
        Self(RefCell::new(None))
    }

    pub fn initialize(&self) -> i32 {
        tell_panics();
        status(M::initialize().map(|model| *self.0.borrow_mut() = Some(model)))
    }

    pub fn execute(&self) -> i32 {
        let mut model = self.0.borrow_mut();
        let model = model
            .as_mut()
            .expect("triton_initialize comes before triton_execute");
        status(model.execute(Requests::of_batch()))
    }

    pub fn finalize(&self) {
        if let Some(model) = self.0.take() {
            model.finalize();
        }
    }

    pub fn auto_complete(&self) -> i32 {
        tell_panics();
        let config = argument("model_config").unwrap_or_default();
        status(M::auto_complete(&config).map(|completed| {
            if let Some(config) = completed {
                unsafe { abi::set_model_config(config.as_ptr(), config.len()) };
            }
        }))
    }
}

fn status(result: Result<(), String>) -> i32 {
    match result {
        Ok(()) => OK,
        Err(text) => {
            fail(&text);
            FAILED
        }
    }
}

/// A panic traps; what is said before becomes part of the trap's error.
fn tell_panics() {
    panic::set_hook(Box::new(|panic| fail(&panic.to_string())));
}

fn fail(text: &str) {
    unsafe { abi::fail(text.as_ptr(), text.len()) };
}
