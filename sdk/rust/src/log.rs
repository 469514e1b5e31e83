use crate::abi;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    Info = 0,
    Warning,
    Error,
    Verbose,
}

/// Writes a line to the server's log. The host uses at most 8,192 bytes of the text.
pub fn log(level: LogLevel, text: &str) {
    unsafe { abi::log(level as i32, text.as_ptr(), text.len()) };
}

/// Whether a line at this level would be logged. The result does not change while the instance lives.
pub fn log_enabled(level: LogLevel) -> bool {
    abi::log_enabled(level as i32) != 0
}

/// Writes an info line to the server's log, with the arguments of [`format!`].
#[macro_export]
macro_rules! log_info {
    ($($argument:tt)+) => { $crate::log($crate::LogLevel::Info, &::std::format!($($argument)+)) };
}

/// Writes a warning to the server's log, with the arguments of [`format!`].
#[macro_export]
macro_rules! log_warn {
    ($($argument:tt)+) => { $crate::log($crate::LogLevel::Warning, &::std::format!($($argument)+)) };
}

/// Writes an error line to the server's log, with the arguments of [`format!`].
#[macro_export]
macro_rules! log_error {
    ($($argument:tt)+) => { $crate::log($crate::LogLevel::Error, &::std::format!($($argument)+)) };
}

/// Writes a verbose line to the server's log, with the arguments of [`format!`].
#[macro_export]
macro_rules! log_verbose {
    ($($argument:tt)+) => { $crate::log($crate::LogLevel::Verbose, &::std::format!($($argument)+)) };
}
