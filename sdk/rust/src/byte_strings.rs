//! Data of BYTES tensors: each element is a 32-bit little-endian length, followed by that many bytes.

use std::collections::TryReserveError;

const LENGTH_BYTES: usize = size_of::<u32>();

/// Why the data are not well-formed elements.
pub(crate) enum Fault {
    EndsWithinElement,
    NoMemory,
}

impl From<TryReserveError> for Fault {
    fn from(_: TryReserveError) -> Self {
        Self::NoMemory
    }
}

pub(crate) fn decode(mut data: &[u8]) -> Result<Vec<Vec<u8>>, Fault> {
    let mut elements = Vec::new();
    while !data.is_empty() {
        let (bytes, rest) = split_first(data).ok_or(Fault::EndsWithinElement)?;
        let mut element = Vec::new();
        element.try_reserve_exact(bytes.len())?;
        element.extend_from_slice(bytes);
        elements.try_reserve(1)?;
        elements.push(element);
        data = rest;
    }
    Ok(elements)
}

fn split_first(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = data.split_first_chunk()?;
    rest.split_at_checked(u32::from_le_bytes(*length) as usize)
}

pub(crate) fn encode(elements: &[impl AsRef<[u8]>]) -> Result<Vec<u8>, TryReserveError> {
    let mut data = Vec::new();
    for element in elements {
        let element = element.as_ref();
        data.try_reserve(LENGTH_BYTES + element.len())?;
        data.extend((element.len() as u32).to_le_bytes());
        data.extend_from_slice(element);
    }
    Ok(data)
}
