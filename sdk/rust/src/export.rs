//! The functions from which [`export_model!`](crate::export_model) creates the module's exports.

use std::cell::RefCell;
use std::fmt::{self, Write};
use std::panic;

use crate::{abi, argument, Model, Readiness, Requests};

const OK: i32 = 0;
const FAILED: i32 = 1;

/// The module's only model. It is set by the initialisation.
pub struct Instance<M>(RefCell<Option<M>>);

// SAFETY: a guest has one thread.
unsafe impl<M> Sync for Instance<M> {}

impl<M: Model> Instance<M> {
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Self {
        Self(RefCell::new(None))
    }

    pub fn initialize(&self) -> i32 {
        report_panics();
        status(M::initialize().map(|model| *self.0.borrow_mut() = Some(model)))
    }

    pub fn execute(&self) -> i32 {
        let mut model = self.0.borrow_mut();
        let model = model
            .as_mut()
            .expect("triton_initialize comes before triton_execute");
        status(model.execute(Requests::of_batch()))
    }

    pub fn poll(&self) -> i32 {
        let mut model = self.0.borrow_mut();
        status(model.as_mut().map_or(Ok(()), Model::poll))
    }

    pub fn finalize(&self) {
        if let Some(model) = self.0.take() {
            model.finalize();
        }
    }

    pub fn auto_complete(&self) -> i32 {
        report_panics();
        let config = argument("model_config").unwrap_or_default();
        status(M::auto_complete(&config).map(|completed| {
            if let Some(config) = completed {
                unsafe { abi::set_model_config(config.as_ptr(), config.len()) };
            }
        }))
    }
}

impl<M: Readiness> Instance<M> {
    pub fn is_ready(&self) -> i32 {
        let mut model = self.0.borrow_mut();
        model.as_mut().is_some_and(Readiness::is_ready).into()
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

/// Passes a panic's text to the host before the panic traps: it becomes part of the trap's error.
fn report_panics() {
    panic::set_hook(Box::new(|panic| {
        let mut text = PanicText::new();
        let _ = write!(text, "{panic}");
        unsafe { abi::fail(text.bytes.as_ptr(), text.length) };
    }));
}

/// The beginning of a panic's text. It does not allocate, because a lack of memory may have caused the panic.
struct PanicText {
    bytes: [u8; 4096],
    length: usize,
}

impl PanicText {
    fn new() -> Self {
        Self {
            bytes: [0; 4096],
            length: 0,
        }
    }
}

impl fmt::Write for PanicText {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        let room = &mut self.bytes[self.length..];
        let count = part.len().min(room.len());
        room[..count].copy_from_slice(&part.as_bytes()[..count]);
        self.length += count;
        Ok(())
    }
}

fn fail(text: &str) {
    unsafe { abi::fail(text.as_ptr(), text.len()) };
}
