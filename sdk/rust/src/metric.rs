//! Metrics on the server's `/metrics`. All instances of a model version share them. The same name gives the same metric.

use crate::{abi, text};

const COUNTER: i32 = 0;
const GAUGE: i32 = 1;

/// A value that only grows.
#[derive(Clone, Copy, Debug)]
pub struct Counter(i32);

impl Counter {
    /// If the host refuses the metric, `Err` has the reason: the name is not valid, or belongs to another kind.
    pub fn new(name: &str, help: &str) -> Result<Self, String> {
        new(COUNTER, name, help).map(Self)
    }

    /// `by` must be finite and not negative. Returns whether it was added.
    pub fn add(self, by: f64) -> bool {
        abi::metric_add(self.0, by) == 0
    }
}

/// A value that can grow and fall.
#[derive(Clone, Copy, Debug)]
pub struct Gauge(i32);

impl Gauge {
    /// As [`Counter::new`].
    pub fn new(name: &str, help: &str) -> Result<Self, String> {
        new(GAUGE, name, help).map(Self)
    }

    /// `by` must be finite. Returns whether it was added.
    pub fn add(self, by: f64) -> bool {
        abi::metric_add(self.0, by) == 0
    }

    /// `value` must be finite. Returns whether it was set.
    pub fn set(self, value: f64) -> bool {
        abi::metric_set(self.0, value) == 0
    }
}

fn new(kind: i32, name: &str, help: &str) -> Result<i32, String> {
    let number =
        unsafe { abi::metric_new(kind, name.as_ptr(), name.len(), help.as_ptr(), help.len()) };
    if number < 0 {
        return Err(text::require(|target, capacity| unsafe {
            abi::last_error(target, capacity)
        }));
    }
    Ok(number)
}
