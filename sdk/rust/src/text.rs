use crate::abi;

/// Enough for most ids and names. A longer text needs a second call of the host.
const FIRST_CAPACITY: usize = 64;

/// Reads a text of the host. `call` writes it to a target with a capacity. `None` if the text does not exist.
///
/// `call` returns the length of the whole text, and writes at most the capacity.
pub(crate) fn read(call: impl Fn(*mut u8, usize) -> i32) -> Option<String> {
    let mut bytes = vec![0; FIRST_CAPACITY];
    let length = usize::try_from(call(bytes.as_mut_ptr(), bytes.len())).ok()?;
    if length > bytes.len() {
        bytes.resize(length, 0);
        call(bytes.as_mut_ptr(), bytes.len());
    }
    bytes.truncate(length);
    // The server does not check that names are UTF-8.
    Some(
        String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
    )
}

/// As [`read`], for a text that always exists.
pub(crate) fn require(call: impl Fn(*mut u8, usize) -> i32) -> String {
    read(call).unwrap_or_default()
}

/// The part of a name that an error quotes: whole characters, at most [`abi::QUOTED_NAME_MAX`] bytes.
pub(crate) fn quoted(name: &str) -> &str {
    let mut length = name.len().min(abi::QUOTED_NAME_MAX);
    while !name.is_char_boundary(length) {
        length -= 1;
    }
    &name[..length]
}
