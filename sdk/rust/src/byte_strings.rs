//! Data of BYTES tensors: of each element a 32-bit little-endian length and that many bytes.

/// `None` when the data ends within an element.
pub(crate) fn decode(mut data: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut elements = Vec::new();
    while !data.is_empty() {
        let (length, rest) = data.split_first_chunk()?;
        let (element, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        elements.push(element.to_vec());
        data = rest;
    }
    Some(elements)
}

pub(crate) fn encode(elements: &[impl AsRef<[u8]>]) -> Vec<u8> {
    let mut data = Vec::new();
    for element in elements {
        let element = element.as_ref();
        data.extend((element.len() as u32).to_le_bytes());
        data.extend(element);
    }
    data
}
