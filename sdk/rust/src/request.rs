use crate::abi;
use crate::error::{RequestError, RequestResult};
use crate::input::Input;
use crate::output::Output;
use crate::text::text;

/// The requests of a batch, in the server's order.
pub struct Requests {
    next: u32,
    count: u32,
}

impl Requests {
    /// Of the batch that is executed now.
    pub(crate) fn of_batch() -> Self {
        Self { next: 0, count: unsafe { abi::request_count() } }
    }
}

impl Iterator for Requests {
    type Item = Request;

    fn next(&mut self) -> Option<Request> {
        if self.next == self.count {
            return None;
        }
        self.next += 1;
        Some(Request { index: self.next - 1 })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = (self.count - self.next) as usize;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Requests {}

/// Valid, as its inputs and outputs, until `execute` returns.
#[derive(Clone, Copy)]
pub struct Request {
    index: u32,
}

impl Request {
    /// The client's id; empty without one.
    pub fn id(&self) -> String {
        text(|target, capacity| unsafe { abi::request_id(self.index, target, capacity) }).unwrap_or_default()
    }

    /// The correlation id, a number as decimal digits.
    pub fn correlation_id(&self) -> String {
        text(|target, capacity| unsafe { abi::request_correlation_id(self.index, target, capacity) })
            .unwrap_or_default()
    }

    /// Whether the correlation id is a text rather than a number; false before Triton 24.04.
    pub fn correlation_id_is_text(&self) -> bool {
        unsafe { abi::request_correlation_id_type(self.index) != 0 }
    }

    pub fn starts_sequence(&self) -> bool {
        unsafe { abi::request_flags(self.index) & 1 != 0 }
    }

    pub fn ends_sequence(&self) -> bool {
        unsafe { abi::request_flags(self.index) & 2 != 0 }
    }

    /// Microseconds; 0 for none.
    pub fn timeout(&self) -> i64 {
        unsafe { abi::request_timeout(self.index) }
    }

    /// The client's parameters as a JSON object.
    pub fn parameters(&self) -> String {
        text(|target, capacity| unsafe { abi::request_parameters(self.index, target, capacity) }).unwrap_or_default()
    }

    /// Inputs that the request brings.
    pub fn inputs(&self) -> impl ExactSizeIterator<Item = Input> {
        let request = self.index;
        (0..unsafe { abi::input_count(request) }).map(move |index| Input { request, index })
    }

    /// None when the request does not bring the input.
    pub fn find_input(&self, name: &str) -> Option<Input> {
        let index = unsafe { abi::input_find(self.index, name.as_ptr(), name.len()) };
        u32::try_from(index).ok().map(|index| Input { request: self.index, index })
    }

    /// A missing input is an error of the request.
    pub fn input(&self, name: &str) -> RequestResult<Input> {
        self.find_input(name).ok_or_else(|| RequestError::invalid_arg(format!("the request has no input {name}")))
    }

    /// Outputs that the client wants.
    pub fn outputs(&self) -> impl ExactSizeIterator<Item = Output> {
        let request = self.index;
        (0..unsafe { abi::output_count(request) }).map(move |index| Output { request, index })
    }

    /// None when the client does not want the output.
    pub fn output(&self, name: &str) -> Option<Output> {
        let index = unsafe { abi::output_find(self.index, name.as_ptr(), name.len()) };
        u32::try_from(index).ok().map(|index| Output { request: self.index, index })
    }

    /// Makes an error the answer of the request; other requests are not touched.
    pub fn settle(&self, result: RequestResult) {
        if let Err(RequestError::Refused(code, text)) = result {
            unsafe { abi::response_error(self.index, code as i32, text.as_ptr(), text.len()) };
        }
    }

    /// A parameter of the response. Triton carries them from 25.02 on; before that they are dropped.
    pub fn set_string(&self, key: &str, value: &str) {
        unsafe { abi::response_parameter_string(self.index, key.as_ptr(), key.len(), value.as_ptr(), value.len()) };
    }

    /// As [`set_string`](Self::set_string).
    pub fn set_int(&self, key: &str, value: i64) {
        unsafe { abi::response_parameter_int(self.index, key.as_ptr(), key.len(), value) };
    }

    /// As [`set_string`](Self::set_string).
    pub fn set_bool(&self, key: &str, value: bool) {
        unsafe { abi::response_parameter_bool(self.index, key.as_ptr(), key.len(), value as i32) };
    }

    /// As [`set_string`](Self::set_string), but no release carries doubles.
    pub fn set_double(&self, key: &str, value: f64) {
        unsafe { abi::response_parameter_double(self.index, key.as_ptr(), key.len(), value) };
    }
}
