use crate::Requests;

/// A model: [`export_model!`](crate::export_model) makes the module's exports of it.
///
/// The text of an `Err` becomes the error of the load or of the batch. A panic does the same with its own text, and the
/// next batch gets a fresh instance.
pub trait Model: Sized {
    /// Called once per instance, before its first batch. An `Err` fails the load.
    fn initialize() -> Result<Self, String>;

    /// Called with each batch. An error of one request is [`Request::fail`](crate::Request::fail); an `Err` fails them all.
    fn execute(&mut self, requests: Requests<'_>) -> Result<(), String>;

    /// Called when the server unloads the instance.
    fn finalize(self) {}

    /// Completes the model's configuration, in an instance of its own before any is initialised.
    ///
    /// `config` is the configuration as JSON, and so is the result, which the server checks; `None` leaves it as it is.
    /// An `Err` fails the load.
    fn auto_complete(config: &str) -> Result<Option<String>, String> {
        let _ = config;
        Ok(None)
    }
}
