use std::fmt;

/// Triton's error codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    Unknown = 0,
    Internal,
    NotFound,
    InvalidArg,
    Unavailable,
    Unsupported,
    AlreadyExists,
    Cancelled,
}

impl ErrorCode {
    pub(crate) fn of_number(code: i32) -> Self {
        match code {
            0 => Self::Unknown,
            2 => Self::NotFound,
            3 => Self::InvalidArg,
            4 => Self::Unavailable,
            5 => Self::Unsupported,
            6 => Self::AlreadyExists,
            7 => Self::Cancelled,
            _ => Self::Internal,
        }
    }
}

/// Why a request fails, for [`Request::fail`](crate::Request::fail).
///
/// `?` converts any `std::error::Error`, with [`ErrorCode::Internal`]. Therefore this type does not implement that trait
/// itself.
#[derive(Debug)]
pub struct Error(Reason);

#[derive(Debug)]
pub(crate) enum Reason {
    /// The host has recorded the error already.
    Recorded,
    Said(ErrorCode, String),
}

impl Error {
    pub fn new(code: ErrorCode, text: impl Into<String>) -> Self {
        Self(Reason::Said(code, text.into()))
    }

    /// An error that the client caused.
    pub fn invalid_arg(text: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidArg, text)
    }

    /// An error that the model caused.
    pub fn internal(text: impl Into<String>) -> Self {
        Self::new(ErrorCode::Internal, text)
    }

    pub(crate) fn reason(&self) -> &Reason {
        &self.0
    }

    /// Converts a status of the host: a status other than 0 means that the request has failed.
    pub(crate) fn check(status: i32) -> Result<(), Self> {
        if status == 0 {
            Ok(())
        } else {
            Err(Self(Reason::Recorded))
        }
    }
}

impl<E: std::error::Error> From<E> for Error {
    fn from(error: E) -> Self {
        Self::internal(error.to_string())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match &self.0 {
            Reason::Recorded => "the request has failed with an error that the host has recorded",
            Reason::Said(_, text) => text,
        })
    }
}
