/// Triton's error codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum ErrorCode {
    Unknown,
    Internal,
    NotFound,
    InvalidArg,
    Unavailable,
    Unsupported,
    AlreadyExists,
    Cancelled,
}

/// Why a request is answered with an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestError {
    /// By the model, in these words.
    Refused(ErrorCode, String),
    /// By the host, which has recorded why: for instance, no shared memory is left.
    Recorded,
}

impl RequestError {
    pub fn invalid_arg(text: impl Into<String>) -> Self {
        Self::Refused(ErrorCode::InvalidArg, text.into())
    }
}

/// Any other error of the model is an internal one.
impl<T: ToString> From<T> for RequestError {
    fn from(text: T) -> Self {
        Self::Refused(ErrorCode::Internal, text.to_string())
    }
}

pub type RequestResult<T = ()> = Result<T, RequestError>;
