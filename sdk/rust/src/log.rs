use crate::abi;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    Info = 0,
    Warning,
    Error,
    Verbose,
}

/// A line in the server's log; of a longer text the first 8,192 bytes.
pub fn log(level: LogLevel, text: &str) {
    unsafe { abi::log(level as i32, text.as_ptr(), text.len()) };
}

/// Whether lines of the level are worth their making; the same as long as the instance lives.
pub fn log_enabled(level: LogLevel) -> bool {
    abi::log_enabled(level as i32) != 0
}

/// An info line in the server's log, as by [`format!`].
#[macro_export]
macro_rules! log_info {
    ($($argument:tt)+) => { $crate::log($crate::LogLevel::Info, &::std::format!($($argument)+)) };
}

/// A warning in the server's log, as by [`format!`].
#[macro_export]
macro_rules! log_warn {
    ($($argument:tt)+) => { $crate::log($crate::LogLevel::Warning, &::std::format!($($argument)+)) };
}

/// An error line in the server's log, as by [`format!`].
#[macro_export]
macro_rules! log_error {
    ($($argument:tt)+) => { $crate::log($crate::LogLevel::Error, &::std::format!($($argument)+)) };
}

/// A verbose line in the server's log, as by [`format!`].
#[macro_export]
macro_rules! log_verbose {
    ($($argument:tt)+) => { $crate::log($crate::LogLevel::Verbose, &::std::format!($($argument)+)) };
}
