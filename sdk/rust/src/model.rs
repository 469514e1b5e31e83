use crate::Requests;

/// A model. [`export_model!`](crate::export_model) creates the module's exports from it.
///
/// The text of an `Err` becomes the error of the load or of the batch. So does the text of a panic, after which the next
/// batch gets a new instance.
pub trait Model: Sized {
    /// Called once per instance, before its first batch. An `Err` fails the load.
    fn initialize() -> Result<Self, String>;

    /// Called once per batch. [`Request::fail`](crate::Request::fail) fails one request; an `Err` fails all of them.
    fn execute(&mut self, requests: Requests<'_>) -> Result<(), String>;

    /// Called when a time has come that was asked for with [`poll_after`](crate::poll_after). An `Err` ends all open requests.
    /// A model that calls `poll_after` must have this function.
    fn poll(&mut self) -> Result<(), String> {
        Err("the model called poll_after, but does not implement Model::poll".into())
    }

    /// Called when the server unloads the instance.
    fn finalize(self) {}

    /// Completes the model's configuration, in a separate instance before any other is initialised.
    ///
    /// `config` is the configuration as JSON. So is the result, which the server checks. `None` keeps the configuration.
    /// An `Err` fails the load.
    fn auto_complete(config: &str) -> Result<Option<String>, String> {
        let _ = config;
        Ok(None)
    }
}

/// A model that says itself whether it is ready. `export_model!(Mine, Readiness)` exports it with `triton_is_ready`.
///
/// A model without this trait is ready as soon as it is loaded, and the server does not ask it.
pub trait Readiness: Model {
    /// Called between batches when a client asks whether the model is ready (Triton 26.03 and newer). It must return within a second. A panic
    /// counts as not ready.
    fn is_ready(&mut self) -> bool;
}
