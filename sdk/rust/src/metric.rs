use crate::abi;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum MetricKind {
    Counter,
    Gauge,
}

/// A metric on the server's `/metrics`, with the model's name and version as labels; all instances share its value.
pub struct Metric(u32);

impl Metric {
    /// The same name gives the same metric.
    pub fn new(kind: MetricKind, name: &str, help: &str) -> Self {
        Self(unsafe { abi::metric_new(kind as i32, name.as_ptr(), name.len(), help.as_ptr(), help.len()) })
    }

    /// `by` is finite, and for a counter not negative.
    pub fn add(&self, by: f64) {
        unsafe { abi::metric_add(self.0, by) };
    }

    /// Of a gauge; `value` is finite.
    pub fn set(&self, value: f64) {
        unsafe { abi::metric_set(self.0, value) };
    }
}
