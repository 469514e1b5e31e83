use crate::{abi, text};

const STRING: i32 = 1;
const INT: i32 = 2;
const BOOL: i32 = 3;
const DOUBLE: i32 = 4;

/// A parameter that the client sent with a request.
#[derive(Clone, Debug, PartialEq)]
pub enum RequestParameter {
    String(String),
    Int(i64),
    Bool(bool),
    /// Triton transports doubles from 24.02 on.
    Double(f64),
}

impl RequestParameter {
    pub(crate) fn read(request: u32, key: &str) -> Option<Self> {
        let (at, length) = (key.as_ptr(), key.len());
        unsafe {
            Some(match abi::request_parameter_type(request, at, length) {
                STRING => Self::String(text::require(|target, capacity| {
                    abi::request_parameter(request, at, length, target, capacity)
                })),
                INT => Self::Int(abi::request_parameter_int(request, at, length)),
                BOOL => Self::Bool(abi::request_parameter_int(request, at, length) != 0),
                DOUBLE => Self::Double(abi::request_parameter_double(request, at, length)),
                _ => return None,
            })
        }
    }
}
