use std::marker::PhantomData;
use std::ops::Range;
use std::time::Duration;

use crate::error::Reason;
use crate::{abi, text, Error, Input, Output, Parameter, RequestParameter};

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

/// A request, its inputs and its outputs are valid until [`Model::execute`](crate::Model::execute) returns.
pub struct Request<'batch> {
    index: u32,
    batch: PhantomData<&'batch ()>,
}

impl<'batch> Request<'batch> {
    /// The request's index in the batch, from 0, for the functions of [`abi`].
    pub fn index(&self) -> u32 {
        self.index
    }

    /// The request's id, which the client chose.
    pub fn id(&self) -> String {
        text::require(|target, capacity| unsafe { abi::request_id(self.index, target, capacity) })
    }

    /// The correlation id; a number in decimal digits.
    pub fn correlation_id(&self) -> String {
        text::require(|target, capacity| unsafe {
            abi::request_correlation_id(self.index, target, capacity)
        })
    }

    /// Whether the correlation id is a text and not a number. Before Triton 24.04 always false.
    pub fn correlation_id_is_text(&self) -> bool {
        abi::request_correlation_id_type(self.index) != 0
    }

    pub fn starts_sequence(&self) -> bool {
        self.flags() & SEQUENCE_START != 0
    }

    pub fn ends_sequence(&self) -> bool {
        self.flags() & SEQUENCE_END != 0
    }

    /// Bit 0: the request starts a sequence; bit 1: it ends one.
    pub fn flags(&self) -> u32 {
        abi::request_flags(self.index)
    }

    /// The request's time-out.
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

    /// One of the client's parameters; `None` if the request does not have it.
    pub fn parameter(&self, key: &str) -> Option<RequestParameter> {
        RequestParameter::read(self.index, key)
    }

    /// All inputs of the request.
    pub fn inputs(&self) -> impl Iterator<Item = Input<'batch>> {
        let request = self.index;
        (0..abi::input_count(request)).map(move |index| Input::new(request, index))
    }

    /// `None` if the request does not have the input.
    pub fn find_input(&self, name: &str) -> Option<Input<'batch>> {
        let index = unsafe { abi::input_find(self.index, name.as_ptr(), name.len()) };
        u32::try_from(index)
            .ok()
            .map(|index| Input::new(self.index, index))
    }

    /// If the input is missing, this is an error of the request.
    pub fn input(&self, name: &str) -> Result<Input<'batch>, Error> {
        self.find_input(name).ok_or_else(|| {
            Error::invalid_arg(format!("the request has no input {}", text::quoted(name)))
        })
    }

    /// All outputs that the client requests.
    pub fn outputs(&self) -> impl Iterator<Item = Output<'batch>> {
        let request = self.index;
        (0..abi::output_count(request)).map(move |index| Output::new(request, index))
    }

    /// `None` if the client does not request the output.
    pub fn output(&self, name: &str) -> Option<Output<'batch>> {
        let index = unsafe { abi::output_find(self.index, name.as_ptr(), name.len()) };
        u32::try_from(index)
            .ok()
            .map(|index| Output::new(self.index, index))
    }

    /// Answers the request with an error and without outputs. Other requests are not affected.
    pub fn fail(&self, error: impl Into<Error>) {
        if let Reason::Said(code, text) = error.into().reason() {
            unsafe { abi::response_error(self.index, *code as i32, text.as_ptr(), text.len()) };
        }
    }

    /// Sets a parameter of the response: a text, an integer, a bool or a double.
    ///
    /// Triton transports them from 25.02 on, but no doubles. Other parameters are dropped.
    pub fn set_parameter<'value>(&self, key: &str, value: impl Into<Parameter<'value>>) {
        value.into().send(self.index, key);
    }
}
