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
    // SAFETY: the host makes its texts as UTF-8, and this one is whole.
    Some(unsafe { String::from_utf8_unchecked(bytes) })
}

/// A text of something that exists.
pub(crate) fn require(call: impl Fn(*mut u8, usize) -> i32) -> String {
    read(call).unwrap_or_default()
}
