//! The files beside the model: the folder `files` of its version, and folders below it.

use crate::{abi, text};

/// The paths of the files, such as `vocabulary.txt` or `en/words.txt`, in their order.
pub fn file_names() -> Vec<String> {
    (0..abi::file_count())
        .map(|file| {
            text::require(|target, capacity| unsafe { abi::file_name(file, target, capacity) })
        })
        .collect()
}

/// The size of a file in bytes; `None` if the model does not have it.
pub fn file_size(name: &str) -> Option<u64> {
    u64::try_from(unsafe { abi::file_size(name.as_ptr(), name.len()) }).ok()
}

/// Copies bytes of a file, from `offset` on, to `target`.
///
/// Returns the number of bytes, which is less than `target` has if the file ends before. `Err` if the model does not have
/// the file, or it cannot be read.
pub fn read_file_at(name: &str, offset: u64, target: &mut [u8]) -> Result<usize, String> {
    let read = unsafe {
        let (at, length) = (target.as_mut_ptr(), target.len());
        abi::file_read(name.as_ptr(), name.len(), offset as i64, at, length)
    };
    usize::try_from(read).map_err(|_| {
        let reason =
            text::require(|target, capacity| unsafe { abi::last_error(target, capacity) });
        format!("file {}: {reason}", text::quoted(name))
    })
}

/// All bytes of a file. `Err` as [`read_file_at`], and if the model has no memory left for them.
pub fn read_file(name: &str) -> Result<Vec<u8>, String> {
    let size = usize::try_from(file_size(name).unwrap_or(0)).unwrap_or(usize::MAX);
    let mut bytes = Vec::new();
    bytes
        .try_reserve_exact(size)
        .map_err(|_| format!("file {} has {size} bytes, for which the model has no memory left", text::quoted(name)))?;
    bytes.resize(size, 0);
    let mut at = 0;
    loop {
        let read = read_file_at(name, at as u64, &mut bytes[at..])?;
        at += read;
        if read == 0 || at == size {
            bytes.truncate(at);
            return Ok(bytes);
        }
    }
}
