use crate::abi;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum LogLevel {
    Info,
    Warning,
    Error,
    Verbose,
}

/// A line in the server's log.
pub fn log(level: LogLevel, line: &str) {
    unsafe { abi::log(level as i32, line.as_ptr(), line.len()) };
}

/// False for verbose when the server was not started with `--log-verbose`.
pub fn log_enabled(level: LogLevel) -> bool {
    unsafe { abi::log_enabled(level as i32) != 0 }
}
