//! Headers of NumPy arrays, format versions 1 to 3.
//!
//! Source: NumPy enhancement proposal 1, "A simple file format for NumPy arrays".

use std::io::Read;

/// Most bytes of a header. NumPy writes 128 for usual shapes and refuses to read more than
/// 10,000 itself.
const MAX_HEADER: usize = 10_000;

/// What stands in front of an array's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Bytes in front of the data.
    pub length: u64,
    /// Sizes of the dimensions.
    pub shape: Vec<usize>,
    /// Whether the first dimension varies fastest instead of the last.
    pub fortran_order: bool,
    /// NumPy's name of the type, such as `<f4`.
    pub descr: String,
}

/// Reads a header from the start of an array.
///
/// # Errors
/// A sentence on what is wrong.
pub fn read_header(reader: &mut impl Read) -> Result<Header, String> {
    let mut prefix = [0; 8];
    reader
        .read_exact(&mut prefix)
        .map_err(|error| format!("no array header: {error}"))?;
    let [.., major, _] = prefix;
    if !prefix.starts_with(b"\x93NUMPY") {
        return Err("no NumPy array".into());
    }
    let mut length = [0; 4];
    let length_bytes = match major {
        1 => 2,
        2 | 3 => 4,
        _ => return Err(format!("array format version {major}, expected 1 to 3")),
    };
    reader
        .read_exact(&mut length[..length_bytes])
        .map_err(|error| format!("no array header: {error}"))?;
    let length = u32::from_le_bytes(length) as usize;
    if length > MAX_HEADER {
        return Err(format!(
            "array header of {length} bytes, expected at most {MAX_HEADER}"
        ));
    }
    let mut text = vec![0; length];
    reader
        .read_exact(&mut text)
        .map_err(|error| format!("no array header: {error}"))?;
    let text = String::from_utf8(text).map_err(|_| "array header is not text".to_owned())?;
    let total = prefix.len() + length_bytes + length;
    parse(&text, total as u64).ok_or_else(|| format!("array header not understood: {text:?}"))
}

/// Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (384, 3, 14, 14), }`.
fn parse(text: &str, length: u64) -> Option<Header> {
    let descr = value(text, "descr")?.strip_prefix('\'')?;
    let descr = &descr[..descr.find('\'')?];
    let order = value(text, "fortran_order")?;
    let fortran_order = order.starts_with("True");
    if !fortran_order && !order.starts_with("False") {
        return None;
    }
    let shape = value(text, "shape")?.strip_prefix('(')?;
    let shape = shape[..shape.find(')')?]
        .split(',')
        .map(str::trim)
        .filter(|size| !size.is_empty())
        .map(str::parse)
        .collect::<Result<_, _>>()
        .ok()?;
    Some(Header {
        length,
        shape,
        fortran_order,
        descr: descr.to_owned(),
    })
}

/// What follows `'key':`.
fn value<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("'{key}'"))?;
    Some(rest.trim_start().strip_prefix(':')?.trim_start())
}

#[cfg(test)]
mod tests {
    use super::{Header, read_header};

    fn array(version: u8, text: &str) -> Vec<u8> {
        let mut bytes = b"\x93NUMPY".to_vec();
        bytes.extend([version, 0]);
        let length = (text.len() as u32).to_le_bytes();
        bytes.extend(&length[..if version == 1 { 2 } else { 4 }]);
        bytes.extend(text.as_bytes());
        bytes
    }

    fn read(version: u8, text: &str) -> Result<Header, String> {
        read_header(&mut array(version, text).as_slice())
    }

    #[test]
    fn reads_what_numpy_writes() {
        let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }  \n";
        let header = read(1, text).unwrap();
        assert_eq!(header.shape, [2, 3]);
        assert_eq!(header.descr, "<f4");
        assert_eq!(header.length, 10 + text.len() as u64);
        let header = read(
            2,
            "{'descr': '<f2', 'fortran_order': False, 'shape': (7,), }",
        )
        .unwrap();
        assert_eq!((header.shape, header.descr.as_str()), (vec![7], "<f2"));
        let header = read(3, "{'descr': '|V2', 'fortran_order': False, 'shape': (), }").unwrap();
        assert_eq!((header.shape, header.descr.as_str()), (vec![], "|V2"));
        assert!(!header.fortran_order);
        let text = "{'descr': '>f8', 'fortran_order': True, 'shape': (2, 3), }";
        assert!(read(1, text).unwrap().fortran_order);
    }

    #[test]
    fn says_what_is_wrong() {
        let error = |version, text| read(version, text).unwrap_err();
        assert!(
            error(
                1,
                "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (2, 3), }"
            )
            .contains("not understood")
        );
        assert!(error(9, "").contains("version 9"));
        assert!(error(1, "{'descr': '<f4'").contains("not understood"));
        assert!(
            error(
                1,
                "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }"
            )
            .contains("not understood")
        );
        assert!(error(2, &" ".repeat(20_000)).contains("20000 bytes"));
        assert!(
            read_header(&mut &b"PK"[..])
                .unwrap_err()
                .contains("no array header")
        );
        assert!(
            read_header(&mut &b"not an array at all"[..])
                .unwrap_err()
                .contains("no NumPy")
        );
    }
}
