use crate::abi;

/// Enough for most ids and names: a longer text takes a second call of the host.
const FIRST_CAPACITY: usize = 64;

/// A text of the host, which `call` writes to a target of some capacity; `None` when there is no such thing.
///
/// The result of `call` is the text's whole length, of which it writes at most the capacity.
pub(crate) fn read(call: impl Fn(*mut u8, usize) -> i32) -> Option<String> {
    let mut bytes = vec![0; FIRST_CAPACITY];
    let length = usize::try_from(call(bytes.as_mut_ptr(), bytes.len())).ok()?;
    if length > bytes.len() {
        bytes.resize(length, 0);
        call(bytes.as_mut_ptr(), bytes.len());
    }
    bytes.truncate(length);
    // Names are the server's own bytes, which nobody has looked at.
    Some(
        String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
    )
}

/// A text of something that exists.
pub(crate) fn require(call: impl Fn(*mut u8, usize) -> i32) -> String {
    read(call).unwrap_or_default()
}

/// The beginning of a name that an error quotes: at most [`abi::QUOTED_NAME_MAX`] bytes, and no part of a character.
pub(crate) fn quoted(name: &str) -> &str {
    let mut length = name.len().min(abi::QUOTED_NAME_MAX);
    while !name.is_char_boundary(length) {
        length -= 1;
    }
    &name[..length]
}
