use std::cell::UnsafeCell;

use crate::abi;
use crate::host::model_config;
use crate::request::Requests;

/// A model, as in Triton's Python backend. `export_model!` exports it.
pub trait Model: Sized {
    /// Once per instance, before its first batch. An error fails the load.
    fn initialize() -> Result<Self, String>;

    /// Answers each request of a batch. An error fails them all; that of one request is its [`settle`](crate::Request::settle).
    fn execute(&mut self, requests: Requests) -> Result<(), String>;

    /// When the server unloads the instance.
    fn finalize(&mut self) {}

    /// Completes the configuration, JSON in and out; None leaves it as it is. Exported by `export_model!(Mine, auto_complete)`.
    fn auto_complete(_config: &str) -> Result<Option<String>, String> {
        Ok(None)
    }
}

/// The model of an instance, between its calls. A guest has one thread.
pub struct Slot<M>(UnsafeCell<Option<M>>);

unsafe impl<M> Sync for Slot<M> {}

impl<M: Model> Slot<M> {
    pub const fn empty() -> Self {
        Self(UnsafeCell::new(None))
    }

    pub fn initialize(&self) -> i32 {
        // A panic is a trap, which has no words of its own.
        std::panic::set_hook(Box::new(|panic| fail(&panic.to_string())));
        status(M::initialize().map(|model| unsafe { *self.0.get() = Some(model) }))
    }

    pub fn execute(&self) -> i32 {
        match unsafe { &mut *self.0.get() } {
            Some(model) => status(model.execute(Requests::of_batch())),
            None => status(Err("the model has not been initialised".into())),
        }
    }

    pub fn finalize(&self) {
        if let Some(mut model) = unsafe { (*self.0.get()).take() } {
            model.finalize();
        }
    }

    pub fn auto_complete(&self) -> i32 {
        status(M::auto_complete(&model_config()).map(|completed| {
            if let Some(config) = completed {
                unsafe { abi::set_model_config(config.as_ptr(), config.len()) };
            }
        }))
    }
}

fn status(result: Result<(), String>) -> i32 {
    match result {
        Ok(()) => 0,
        Err(text) => {
            fail(&text);
            1
        }
    }
}

fn fail(text: &str) {
    unsafe { abi::fail(text.as_ptr(), text.len()) };
}

/// Exports a [`Model`] to the host: `export_model!(Mine);`, or `export_model!(Mine, auto_complete);`
#[macro_export]
macro_rules! export_model {
    ($model:ty) => {
        static TRITON_MODEL: $crate::Slot<$model> = $crate::Slot::empty();

        #[no_mangle]
        pub extern "C" fn triton_initialize() -> i32 {
            TRITON_MODEL.initialize()
        }

        #[no_mangle]
        pub extern "C" fn triton_execute() -> i32 {
            TRITON_MODEL.execute()
        }

        #[no_mangle]
        pub extern "C" fn triton_finalize() {
            TRITON_MODEL.finalize()
        }
    };
    ($model:ty, auto_complete) => {
        $crate::export_model!($model);

        #[no_mangle]
        pub extern "C" fn triton_auto_complete() -> i32 {
            TRITON_MODEL.auto_complete()
        }
    };
}
