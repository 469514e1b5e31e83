/// A text of the host by the rule of all texts: its length first, then its bytes. None when there is no such thing.
pub(crate) fn text(read: impl Fn(*mut u8, usize) -> i32) -> Option<String> {
    let length = usize::try_from(read(std::ptr::null_mut(), 0)).ok()?;
    let mut bytes = vec![0; length];
    read(bytes.as_mut_ptr(), length);
    Some(match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    })
}
