//! Calls of other models.

use std::marker::PhantomData;
use std::time::Duration;

use crate::error::Reason;
use crate::{abi, bytes_of, bytes_of_mut, text, Datatype, Element, Error, ErrorCode, Input, Output, Parameter, Request};

const LATEST: i64 = -1;
const RESPONSE: i32 = 1;
const TIMED_OUT: i32 = 0;

/// A call of another model. It is closed when it is dropped; responses that come later are dropped.
///
/// What the host refuses is an [`Error`] with [`ErrorCode::Unavailable`].
pub struct Call<'batch> {
    number: u32,
    batch: PhantomData<&'batch ()>,
}

impl<'batch> Call<'batch> {
    /// A call of the latest version of a model, within the batch of a request.
    pub fn new(_request: &Request<'batch>, model: &str) -> Result<Self, Error> {
        Self::of_version(_request, model, LATEST)
    }

    pub fn of_version(_request: &Request<'batch>, model: &str, version: i64) -> Result<Self, Error> {
        let number = unsafe { abi::call_create(model.as_ptr(), model.len(), version) };
        let number = u32::try_from(number).map_err(|_| refusal())?;
        Ok(Self { number, batch: PhantomData })
    }

    /// The call's number, for the functions of [`abi`].
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Adds an input with these elements and the first datatype of `T`.
    pub fn input<T: Element>(&mut self, name: &str, shape: &[i64], values: &[T]) -> Result<&mut Self, Error> {
        self.input_bytes(name, T::DATATYPES[0], shape, bytes_of(values))
    }

    /// Adds an input and copies its bytes.
    pub fn input_bytes(&mut self, name: &str, datatype: Datatype, shape: &[i64], bytes: &[u8]) -> Result<&mut Self, Error> {
        check(unsafe {
            abi::call_input(
                self.number,
                name.as_ptr(),
                name.len(),
                datatype as i32,
                shape.as_ptr(),
                shape.len(),
                bytes.as_ptr(),
                bytes.len(),
            )
        })?;
        Ok(self)
    }

    /// Adds an input with the content of an input of a request. No byte is copied.
    pub fn input_from(&mut self, name: &str, request: &Request<'batch>, input: &Input<'batch>) -> Result<&mut Self, Error> {
        check(unsafe {
            abi::call_input_from(self.number, name.as_ptr(), name.len(), request.index(), input.index())
        })?;
        Ok(self)
    }

    /// Adds an input with the content of an output of another call. No byte is copied.
    pub fn input_from_call(&mut self, name: &str, output: &CallOutput) -> Result<&mut Self, Error> {
        check(unsafe {
            abi::call_input_from_call(self.number, name.as_ptr(), name.len(), output.call, output.index)
        })?;
        Ok(self)
    }

    /// Asks for an output. Without any, the model sends all its outputs.
    pub fn request_output(&mut self, name: &str) -> &mut Self {
        unsafe { abi::call_output(self.number, name.as_ptr(), name.len()) };
        self
    }

    /// Sets a parameter of the request: a text, an integer or a bool. The server accepts no doubles from a call: they are dropped.
    pub fn parameter<'value>(&mut self, key: &str, value: impl Into<Parameter<'value>>) -> &mut Self {
        let (key, length) = (key.as_ptr(), key.len());
        unsafe {
            match value.into() {
                Parameter::String(text) => {
                    abi::call_parameter_string(self.number, key, length, text.as_ptr(), text.len())
                }
                Parameter::Int(value) => abi::call_parameter_int(self.number, key, length, value),
                Parameter::Bool(value) => {
                    abi::call_parameter_bool(self.number, key, length, value.into())
                }
                Parameter::Double(_) => 0,
            };
        }
        self
    }

    /// Sets the id of the request.
    pub fn id(&mut self, id: &str) -> &mut Self {
        unsafe { abi::call_request_id(self.number, id.as_ptr(), id.len()) };
        self
    }

    pub fn correlation_id(&mut self, id: u64) -> &mut Self {
        abi::call_correlation_id(self.number, id as i64);
        self
    }

    /// A correlation id that is a text. Before Triton 24.04 the host refuses it.
    pub fn correlation_text(&mut self, id: &str) -> Result<&mut Self, Error> {
        check(unsafe { abi::call_correlation_id_string(self.number, id.as_ptr(), id.len()) })?;
        Ok(self)
    }

    /// Bit 0: the request starts a sequence; bit 1: it ends one.
    pub fn flags(&mut self, flags: u32) -> &mut Self {
        abi::call_flags(self.number, flags);
        self
    }

    /// Sets the time-out that the scheduler of the called model applies.
    pub fn timeout(&mut self, timeout: Duration) -> &mut Self {
        abi::call_timeout(self.number, i64::try_from(timeout.as_micros()).unwrap_or(i64::MAX));
        self
    }

    /// Makes the call a part of the trace of a request.
    pub fn trace_from(&mut self, request: &Request<'batch>) -> &mut Self {
        abi::call_trace_from(self.number, request.index());
        self
    }

    /// Sends the call.
    pub fn send(&mut self) -> Result<(), Error> {
        check(abi::call_send(self.number, 0))
    }

    /// Sends the call to a model that may be decoupled.
    pub fn send_for_stream(&mut self) -> Result<(), Error> {
        check(abi::call_send(self.number, 1))
    }

    /// Sends the call and waits for its response. An error of the called model is an `Err`.
    pub fn execute(&mut self) -> Result<Response<'_>, Error> {
        self.send()?;
        match self.next_response() {
            Some(response) => response,
            None => Err(Error::internal("the called model has sent no response")),
        }
    }

    /// Waits for the next response; `None` if no other one follows. An error of the called model is an `Err`.
    ///
    /// `while let Some(response) = call.next_response() { … }` visits a stream.
    pub fn next_response(&mut self) -> Option<Result<Response<'_>, Error>> {
        (abi::call_wait(self.number, u32::MAX) == RESPONSE).then(|| self.current())
    }

    /// As [`Call::next_response`], for a limited time.
    pub fn wait(&mut self, timeout: Duration) -> Wait<'_> {
        let milliseconds = u32::try_from(timeout.as_millis()).unwrap_or(u32::MAX);
        match abi::call_wait(self.number, milliseconds) {
            RESPONSE => Wait::Response(self.current()),
            TIMED_OUT => Wait::TimedOut,
            _ => Wait::Complete,
        }
    }

    /// Asks the server to cancel a call with a stream of responses: 25.04 and later. Returns whether it was asked.
    pub fn cancel(&mut self) -> bool {
        abi::call_cancel(self.number) == 0
    }

    fn current(&self) -> Result<Response<'_>, Error> {
        let number = self.number;
        let code = abi::call_error_code(number);
        if code < 0 {
            return Ok(Response { call: number, life: PhantomData });
        }
        let message = text::require(|target, capacity| unsafe { abi::call_error(number, target, capacity) });
        Err(Error::new(ErrorCode::of_number(code), message))
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        abi::call_close(self.number);
    }
}

/// What [`Call::wait`] has seen.
pub enum Wait<'call> {
    Response(Result<Response<'call>, Error>),
    TimedOut,
    /// No other response follows.
    Complete,
}

/// A response of another model, until the next one is taken.
pub struct Response<'call> {
    call: u32,
    life: PhantomData<&'call ()>,
}

impl<'call> Response<'call> {
    /// The parameters as a JSON object; empty before 25.02.
    pub fn parameters(&self) -> String {
        text::require(|target, capacity| unsafe {
            abi::call_response_parameters(self.call, target, capacity)
        })
    }

    pub fn outputs(&self) -> impl Iterator<Item = CallOutput<'call>> {
        let call = self.call;
        (0..abi::call_output_count(call)).map(move |index| CallOutput { call, index, life: PhantomData })
    }

    /// `None` if the response does not have the output.
    pub fn find_output(&self, name: &str) -> Option<CallOutput<'call>> {
        let index = unsafe { abi::call_output_find(self.call, name.as_ptr(), name.len()) };
        u32::try_from(index).ok().map(|index| CallOutput { call: self.call, index, life: PhantomData })
    }

    /// If the output is missing, this is an error.
    pub fn output(&self, name: &str) -> Result<CallOutput<'call>, Error> {
        self.find_output(name).ok_or_else(|| {
            Error::internal(format!("the called model has sent no output {}", text::quoted(name)))
        })
    }
}

/// An output of a response of another model.
#[derive(Clone, Copy)]
pub struct CallOutput<'call> {
    call: u32,
    index: u32,
    life: PhantomData<&'call ()>,
}

impl CallOutput<'_> {
    pub fn name(&self) -> String {
        text::require(|target, capacity| unsafe {
            abi::call_output_name(self.call, self.index, target, capacity)
        })
    }

    pub fn datatype(&self) -> Datatype {
        Datatype::of_number(abi::call_output_datatype(self.call, self.index))
    }

    pub fn shape(&self) -> Vec<i64> {
        let rank = unsafe { abi::call_output_shape(self.call, self.index, [].as_mut_ptr(), 0) };
        let mut shape = vec![0; rank];
        unsafe { abi::call_output_shape(self.call, self.index, shape.as_mut_ptr(), rank) };
        shape
    }

    /// Size of the data in bytes.
    pub fn byte_size(&self) -> usize {
        abi::call_output_byte_size(self.call, self.index)
    }

    /// Copies data from `offset` on to `target`. Returns the number of bytes, which is smaller if the data end before.
    pub fn read(&self, offset: usize, target: &mut [u8]) -> usize {
        unsafe { abi::call_output_read(self.call, self.index, offset, target.as_mut_ptr(), target.len()) }
    }

    /// The whole data as elements of `T`. Another datatype is an error.
    pub fn to_vec<T: Element + Default>(&self) -> Result<Vec<T>, Error> {
        let datatype = self.datatype();
        if !T::DATATYPES.contains(&datatype) {
            let name = self.name();
            return Err(Error::internal(format!(
                "output {} of the called model has the datatype {datatype}, the model reads {}",
                text::quoted(&name),
                T::DATATYPES[0]
            )));
        }
        let count = self.byte_size() / size_of::<T>();
        let mut values = Vec::new();
        values.try_reserve_exact(count)?;
        values.resize(count, T::default());
        self.read(0, bytes_of_mut(&mut values));
        Ok(values)
    }

    /// Makes an output of a request with the content of this one. No byte is copied.
    pub fn forward_to(&self, output: Output) -> Result<(), Error> {
        let (request, index) = output.place();
        Error::check(abi::output_forward(request, index, self.call, self.index))
    }
}

/// The number of a call ([`Call::number`]) with a response that was not taken; `None` after the time-out, or when no call
/// is in flight.
pub fn wait_for_any(timeout: Duration) -> Option<u32> {
    let milliseconds = u32::try_from(timeout.as_millis()).unwrap_or(u32::MAX);
    u32::try_from(abi::call_wait_any(milliseconds)).ok()
}

/// Lets the server load a model. `config` is a configuration as JSON in place of the one of the repository.
pub fn load_model(name: &str, config: Option<&str>) -> Result<(), Error> {
    let config = config.unwrap_or_default();
    check(unsafe { abi::model_load(name.as_ptr(), name.len(), config.as_ptr(), config.len()) })
}

/// Lets the server unload a model; with `dependents`, also the models of an ensemble that no other one uses.
pub fn unload_model(name: &str, dependents: bool) -> Result<(), Error> {
    check(unsafe { abi::model_unload(name.as_ptr(), name.len(), dependents.into()) })
}

/// Whether a version of a model is ready. Without a version: the latest.
pub fn is_model_ready(name: &str, version: Option<i64>) -> Result<bool, Error> {
    let version = version.unwrap_or(LATEST);
    match unsafe { abi::model_is_ready(name.as_ptr(), name.len(), version) } {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(refusal()),
    }
}

fn check(status: i32) -> Result<(), Error> {
    if status == 0 {
        Ok(())
    } else {
        Err(refusal())
    }
}

/// Why the host refused the last call.
fn refusal() -> Error {
    let reason = text::require(|target, capacity| unsafe { abi::last_error(target, capacity) });
    Error::new(ErrorCode::Unavailable, reason)
}

impl Error {
    /// The code; `None` if the host has recorded the error already.
    pub fn code(&self) -> Option<ErrorCode> {
        match self.reason() {
            Reason::Recorded => None,
            Reason::Said(code, _) => Some(*code),
        }
    }
}
