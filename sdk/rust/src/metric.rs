//! Metrics on the server's `/metrics`. All instances of a model version share them. The same name gives the same metric.

use crate::{abi, text};

const COUNTER: i32 = 0;
const GAUGE: i32 = 1;
const HISTOGRAM: i32 = 2;

/// Labels of a metric, beside those of the model: pairs of name and value.
pub type Labels<'label> = &'label [(&'label str, &'label str)];

/// A value that only grows.
#[derive(Clone, Copy, Debug)]
pub struct Counter(i32);

impl Counter {
    /// If the host refuses the metric, `Err` has the reason: the name is not valid, or belongs to another kind.
    pub fn new(name: &str, help: &str) -> Result<Self, String> {
        new(COUNTER, name, help).map(Self)
    }

    /// As [`Counter::new`], with labels. Metrics of one name and other labels are one family.
    pub fn with_labels(name: &str, help: &str, labels: Labels) -> Result<Self, String> {
        create(COUNTER, name, help, labels, &[]).map(Self)
    }

    /// The value over all instances of the model version, with all changes so far.
    pub fn value(self) -> Result<f64, String> {
        value(self.0)
    }

    /// Releases the metric: the server removes it when no other instance uses it.
    pub fn delete(self) -> Result<(), String> {
        delete(self.0)
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

    /// As [`Gauge::new`], with labels. Metrics of one name and other labels are one family.
    pub fn with_labels(name: &str, help: &str, labels: Labels) -> Result<Self, String> {
        create(GAUGE, name, help, labels, &[]).map(Self)
    }

    /// The value over all instances of the model version, with all changes so far.
    pub fn value(self) -> Result<f64, String> {
        value(self.0)
    }

    /// Releases the metric: the server removes it when no other instance uses it.
    pub fn delete(self) -> Result<(), String> {
        delete(self.0)
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

/// Observations, counted in buckets. Triton has histograms from 24.08 on.
#[derive(Clone, Copy, Debug)]
pub struct Histogram(i32);

impl Histogram {
    /// `buckets` are ascending upper bounds. If the host refuses the metric, `Err` has the reason.
    pub fn new(name: &str, help: &str, labels: Labels, buckets: &[f64]) -> Result<Self, String> {
        create(HISTOGRAM, name, help, labels, buckets).map(Self)
    }

    /// `value` must be finite. Returns whether it was added.
    pub fn observe(self, value: f64) -> bool {
        abi::metric_observe(self.0, value) == 0
    }

    /// As [`Counter::delete`].
    pub fn delete(self) -> Result<(), String> {
        delete(self.0)
    }
}

fn new(kind: i32, name: &str, help: &str) -> Result<i32, String> {
    checked(unsafe {
        abi::metric_new(kind, name.as_ptr(), name.len(), help.as_ptr(), help.len())
    })
}

fn create(
    kind: i32,
    name: &str,
    help: &str,
    labels: Labels,
    buckets: &[f64],
) -> Result<i32, String> {
    let place = |text: &str| (text.as_ptr() as usize as u32, text.len() as u32);
    let table: Vec<[u32; 4]> = labels
        .iter()
        .map(|(name, value)| {
            let ((name, name_length), (value, value_length)) = (place(name), place(value));
            [name, name_length, value, value_length]
        })
        .collect();
    checked(unsafe {
        abi::metric_create(
            kind,
            name.as_ptr(),
            name.len(),
            help.as_ptr(),
            help.len(),
            table.as_ptr(),
            table.len(),
            buckets.as_ptr(),
            buckets.len(),
        )
    })
}

fn value(number: i32) -> Result<f64, String> {
    let mut value = 0.0;
    checked(unsafe { abi::metric_value(number, &mut value) })?;
    Ok(value)
}

fn delete(number: i32) -> Result<(), String> {
    checked(abi::metric_delete(number)).map(|_| ())
}

/// A number of the host; a negative one is a refusal, whose reason the host has.
fn checked(number: i32) -> Result<i32, String> {
    if number >= 0 {
        return Ok(number);
    }
    Err(text::require(|target, capacity| unsafe {
        abi::last_error(target, capacity)
    }))
}
