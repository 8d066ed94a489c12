//! NumPy's arrays: headers, elements and matrices, read and written.
//!
//! Source: NumPy enhancement proposal 1, "A simple file format for NumPy arrays".

mod element;
mod error;
mod header;

use std::io::{self, Write};

pub use element::{Element, ElementError};
pub use error::ArrayError;
pub use header::{Header, read_header};

/// Headers are padded so that the data begins at a multiple of this, as NumPy does.
const ALIGNMENT: usize = 64;

/// Rows of numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// Numbers in a row, at least 1.
    pub dim: usize,
    /// `rows * dim` numbers, row by row.
    pub values: Vec<f32>,
}

impl Matrix {
    /// The rows.
    pub fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.values.chunks_exact(self.dim)
    }
}

/// Reads an array of float16, float32 or float64 with one dimension (one row) or two, of
/// either byte order and either order of dimensions.
///
/// # Errors
/// The bytes are not such an array, or end early.
pub fn read(file: &[u8]) -> Result<Matrix, ArrayError> {
    let header = read_header(&mut &file[..]).map_err(ArrayError::Header)?;
    let (rows, dim) = match header.shape[..] {
        [dim] => (1, dim),
        [rows, dim] => (rows, dim),
        _ => {
            return Err(ArrayError::Dimensions {
                found: header.shape.len(),
            });
        }
    };
    let element = Element::parse(&header.descr)?;
    if !element.is_float() {
        return Err(ArrayError::NoFloats {
            descr: header.descr,
        });
    }
    let count = rows.checked_mul(dim).filter(|&count| count > 0);
    let Some(count) = count else {
        return Err(ArrayError::Empty);
    };
    let data = usize::try_from(header.length)
        .ok()
        .and_then(|start| file.get(start..))
        .unwrap_or_default();
    let needed = count.checked_mul(element.size());
    let Some(data) = needed.and_then(|needed| data.get(..needed)) else {
        return Err(ArrayError::Truncated {
            announced: count,
            bytes: data.len(),
        });
    };
    let mut values = element.floats(data);
    if header.fortran_order {
        values = transposed(&values, rows);
    }
    Ok(Matrix { dim, values })
}

/// Columns of `rows` numbers, as rows.
pub fn transposed(columns: &[f32], rows: usize) -> Vec<f32> {
    (0..rows)
        .flat_map(|row| columns[row..].iter().step_by(rows).copied())
        .collect()
}

/// Writes float32 numbers of the given shape.
///
/// # Errors
/// Those of `out`.
///
/// # Panics
/// The number of values is not what the shape says.
pub fn write(out: &mut (impl Write + ?Sized), shape: &[usize], values: &[f32]) -> io::Result<()> {
    assert_eq!(values.len(), shape.iter().product::<usize>(), "shape");
    write_header(out, "<f4", shape)?;
    write_values(out, values)
}

/// Writes float32 numbers behind a header.
pub fn write_values(out: &mut (impl Write + ?Sized), values: &[f32]) -> io::Result<()> {
    values
        .iter()
        .try_for_each(|value| out.write_all(&value.to_le_bytes()))
}

/// Writes texts as a one-dimensional array of fixed-width Unicode strings (`<U`).
///
/// # Errors
/// Those of `out`.
pub fn write_texts(out: &mut (impl Write + ?Sized), texts: &[&str]) -> io::Result<()> {
    let width = texts
        .iter()
        .map(|text| text.chars().count())
        .max()
        .unwrap_or(0)
        .max(1);
    write_header(out, &format!("<U{width}"), &[texts.len()])?;
    for text in texts {
        write_text(out, text, width)?;
    }
    Ok(())
}

/// Writes one element of an array of texts of `width` characters.
pub fn write_text(out: &mut (impl Write + ?Sized), text: &str, width: usize) -> io::Result<()> {
    let padding = std::iter::repeat('\0');
    for character in text.chars().chain(padding).take(width) {
        out.write_all(&u32::from(character).to_le_bytes())?;
    }
    Ok(())
}

/// Writes what stands in front of an array's data: NumPy's name of the type, and the sizes of
/// the dimensions, the last one varying fastest.
pub fn write_header(
    out: &mut (impl Write + ?Sized),
    descr: &str,
    shape: &[usize],
) -> io::Result<()> {
    let sizes: Vec<String> = shape.iter().map(ToString::to_string).collect();
    // One size needs a comma to be a tuple in Python.
    let comma = if shape.len() == 1 { "," } else { "" };
    let text = format!(
        "{{'descr': '{descr}', 'fortran_order': False, 'shape': ({}{comma}), }}",
        sizes.join(", ")
    );
    let prefix = b"\x93NUMPY\x01\x00";
    let unpadded = prefix.len() + 2 + text.len() + 1;
    let length = text.len() + 1 + (ALIGNMENT - unpadded % ALIGNMENT) % ALIGNMENT;
    out.write_all(prefix)?;
    out.write_all(&(length as u16).to_le_bytes())?;
    write!(out, "{text:<width$}", width = length - 1)?;
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut file = Vec::new();
        write(
            &mut file,
            &[2, 3],
            &[1.0, -2.5, 3.0, f32::MIN_POSITIVE, 0.0, 7.0],
        )
        .unwrap();
        assert_eq!((file.len() - 24) % 64, 0);
        let matrix = read(&file).unwrap();
        assert_eq!(matrix.rows().count(), 2);
        assert_eq!(matrix.values[3], f32::MIN_POSITIVE);
    }

    /// `numpy.save` of `numpy.array([0.5, 2.0])`, NumPy 2.
    #[test]
    fn numpys_default_type_is_read() {
        let mut file = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
        let text = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }";
        file.extend(format!("{text:<117}\n").bytes());
        file.extend(0.5_f64.to_le_bytes());
        file.extend(2.0_f64.to_le_bytes());
        assert_eq!(read(&file).unwrap().values, [0.5, 2.0]);
    }

    #[test]
    fn wrong_arrays_are_refused_with_their_fault() {
        let mut file = Vec::new();
        write(&mut file, &[4], &[1.0; 4]).unwrap();
        let message = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
        assert!(message(&file[..file.len() - 1]).contains("truncated"));
        assert!(message(b"PK").contains("header"));
        let mut empty = Vec::new();
        write(&mut empty, &[0, 4], &[]).unwrap();
        assert_eq!(message(&empty), "the array is empty");
        let mut texts = Vec::new();
        write_texts(&mut texts, &["a"]).unwrap();
        assert!(message(&texts).contains("<U1; save it as float32"));
    }

    #[test]
    fn columns_become_rows() {
        assert_eq!(
            transposed(&[1.0, 4.0, 2.0, 5.0, 3.0, 6.0], 2),
            [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
        );
        let mut file = Vec::new();
        write(&mut file, &[2, 2], &[1.0, 2.0, 3.0, 4.0]).unwrap();
        let text = String::from_utf8_lossy(&file[10..128]).replace("False", "True ");
        file[10..128].copy_from_slice(text.as_bytes());
        assert_eq!(read(&file).unwrap().values, [1.0, 3.0, 2.0, 4.0]);
    }
}
