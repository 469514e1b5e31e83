use std::marker::PhantomData;
use std::ops::Range;
use std::time::Duration;

use crate::error::Reason;
use crate::{abi, text, Error, Input, Output, Parameter};

const SEQUENCE_START: u32 = 1;
const SEQUENCE_END: u32 = 2;

/// The requests of a batch, one after the other.
pub struct Requests<'batch> {
    rest: Range<u32>,
    batch: PhantomData<&'batch ()>,
}

impl Requests<'_> {
    pub(crate) fn of_batch() -> Self {
        Self {
            rest: 0..abi::request_count(),
            batch: PhantomData,
        }
    }
}

impl<'batch> Iterator for Requests<'batch> {
    type Item = Request<'batch>;

    fn next(&mut self) -> Option<Self::Item> {
        self.rest.next().map(|index| Request {
            index,
            batch: PhantomData,
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.rest.size_hint()
    }
}

impl ExactSizeIterator for Requests<'_> {}

/// Valid, as its inputs and outputs, until [`Model::execute`](crate::Model::execute) returns.
pub struct Request<'batch> {
    index: u32,
    batch: PhantomData<&'batch ()>,
}

impl<'batch> Request<'batch> {
    /// Its place in the batch, from 0: the number that the functions of [`abi`] take.
    pub fn index(&self) -> u32 {
        self.index
    }

    /// The client's id.
    pub fn id(&self) -> String {
        text::require(|target, capacity| unsafe { abi::request_id(self.index, target, capacity) })
    }

    /// The correlation id, a number as decimal digits.
    pub fn correlation_id(&self) -> String {
        text::require(|target, capacity| unsafe {
            abi::request_correlation_id(self.index, target, capacity)
        })
    }

    /// Whether the correlation id is a text rather than a number; false before Triton 24.04.
    pub fn correlation_id_is_text(&self) -> bool {
        abi::request_correlation_id_type(self.index) != 0
    }

    pub fn starts_sequence(&self) -> bool {
        self.flags() & SEQUENCE_START != 0
    }

    pub fn ends_sequence(&self) -> bool {
        self.flags() & SEQUENCE_END != 0
    }

    /// Bit 0: a sequence starts, bit 1: it ends.
    pub fn flags(&self) -> u32 {
        abi::request_flags(self.index)
    }

    /// How long the client wants to wait.
    pub fn timeout(&self) -> Option<Duration> {
        let microseconds = u64::try_from(abi::request_timeout(self.index)).unwrap_or(0);
        (microseconds > 0).then(|| Duration::from_micros(microseconds))
    }

    /// The client's parameters as a JSON object.
    pub fn parameters(&self) -> String {
        text::require(|target, capacity| unsafe {
            abi::request_parameters(self.index, target, capacity)
        })
    }

    /// All inputs that the request brings.
    pub fn inputs(&self) -> impl Iterator<Item = Input<'batch>> {
        let request = self.index;
        (0..abi::input_count(request)).map(move |index| Input::new(request, index))
    }

    /// `None` when the request does not bring the input.
    pub fn find_input(&self, name: &str) -> Option<Input<'batch>> {
        let index = unsafe { abi::input_find(self.index, name.as_ptr(), name.len()) };
        u32::try_from(index)
            .ok()
            .map(|index| Input::new(self.index, index))
    }

    /// A missing input is an error of the request.
    pub fn input(&self, name: &str) -> Result<Input<'batch>, Error> {
        self.find_input(name).ok_or_else(|| {
            Error::invalid_arg(format!("the request has no input {}", text::quoted(name)))
        })
    }

    /// All outputs that the client wants.
    pub fn outputs(&self) -> impl Iterator<Item = Output<'batch>> {
        let request = self.index;
        (0..abi::output_count(request)).map(move |index| Output::new(request, index))
    }

    /// `None` when the client does not want the output.
    pub fn output(&self, name: &str) -> Option<Output<'batch>> {
        let index = unsafe { abi::output_find(self.index, name.as_ptr(), name.len()) };
        u32::try_from(index)
            .ok()
            .map(|index| Output::new(self.index, index))
    }

    /// Answers the request with an error; it has no outputs then, and other requests are not touched.
    pub fn fail(&self, error: impl Into<Error>) {
        if let Reason::Said(code, text) = error.into().reason() {
            unsafe { abi::response_error(self.index, *code as i32, text.as_ptr(), text.len()) };
        }
    }

    /// A parameter of the response: a text, an integer, a bool or a double.
    ///
    /// Triton carries them from 25.02 on, doubles in no release; others are dropped.
    pub fn set_parameter<'value>(&self, key: &str, value: impl Into<Parameter<'value>>) {
        value.into().send(self.index, key);
    }
}
