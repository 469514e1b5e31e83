use crate::abi;

/// The value of a response parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Parameter<'value> {
    String(&'value str),
    Int(i64),
    Bool(bool),
    Double(f64),
}

impl Parameter<'_> {
    pub(crate) fn send(self, request: u32, key: &str) {
        let (key, length) = (key.as_ptr(), key.len());
        unsafe {
            match self {
                Self::String(text) => {
                    abi::response_parameter_string(request, key, length, text.as_ptr(), text.len())
                }
                Self::Int(value) => abi::response_parameter_int(request, key, length, value),
                Self::Bool(value) => {
                    abi::response_parameter_bool(request, key, length, value.into())
                }
                Self::Double(value) => abi::response_parameter_double(request, key, length, value),
            };
        }
    }
}

impl<'value> From<&'value str> for Parameter<'value> {
    fn from(value: &'value str) -> Self {
        Self::String(value)
    }
}

impl<'value> From<&'value String> for Parameter<'value> {
    fn from(value: &'value String) -> Self {
        Self::String(value)
    }
}

impl From<i64> for Parameter<'_> {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<i32> for Parameter<'_> {
    fn from(value: i32) -> Self {
        Self::Int(value.into())
    }
}

impl From<u32> for Parameter<'_> {
    fn from(value: u32) -> Self {
        Self::Int(value.into())
    }
}

impl From<bool> for Parameter<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<f64> for Parameter<'_> {
    fn from(value: f64) -> Self {
        Self::Double(value)
    }
}
