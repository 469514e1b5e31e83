//! Metrics on the server's `/metrics`, which all instances of a model version share. The same name gives the same metric.

use crate::abi;

const COUNTER: i32 = 0;
const GAUGE: i32 = 1;

/// A figure that grows.
#[derive(Clone, Copy, Debug)]
pub struct Counter(u32);

impl Counter {
    /// A name that the server refuses ends the call.
    pub fn new(name: &str, help: &str) -> Self {
        Self(new(COUNTER, name, help))
    }

    /// `by` is finite and not negative.
    pub fn add(self, by: f64) {
        abi::metric_add(self.0, by);
    }
}

/// A figure that goes up and down.
#[derive(Clone, Copy, Debug)]
pub struct Gauge(u32);

impl Gauge {
    /// A name that the server refuses ends the call.
    pub fn new(name: &str, help: &str) -> Self {
        Self(new(GAUGE, name, help))
    }

    /// `by` is finite.
    pub fn add(self, by: f64) {
        abi::metric_add(self.0, by);
    }

    /// `value` is finite.
    pub fn set(self, value: f64) {
        abi::metric_set(self.0, value);
    }
}

fn new(kind: i32, name: &str, help: &str) -> u32 {
    unsafe { abi::metric_new(kind, name.as_ptr(), name.len(), help.as_ptr(), help.len()) }
}
