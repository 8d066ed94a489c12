//! Matrices as NumPy arrays.
//!
//! Source: NumPy enhancement proposal 1, "A simple file format for NumPy arrays".

use std::io::{self, Write};

use lookalike_vit::npy::read_header;

use crate::EngineError;

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

/// Reads an array of float32 or float64 with one dimension (one row) or two.
///
/// # Errors
/// The bytes are no such array, or end early.
pub fn read(file: &[u8]) -> Result<Matrix, EngineError> {
    let header = read_header(&mut &file[..]).map_err(EngineError::invalid)?;
    let (rows, dim) = match header.shape[..] {
        [dim] => (1, dim),
        [rows, dim] => (rows, dim),
        _ => {
            return Err(EngineError::invalid(format!(
                "the array has {} dimensions; expected D or N x D numbers",
                header.shape.len()
            )));
        }
    };
    let count = rows.checked_mul(dim).filter(|&count| count > 0);
    let Some(count) = count else {
        return Err(EngineError::invalid("the array is empty"));
    };
    let data = usize::try_from(header.length)
        .ok()
        .and_then(|start| file.get(start..))
        .unwrap_or_default();
    let values: Vec<f32> = match header.descr.as_str() {
        "<f4" => numbers(data, count, f32::from_le_bytes),
        "<f8" => numbers(data, count, |bytes| f64::from_le_bytes(bytes) as f32),
        other => {
            return Err(EngineError::invalid(format!(
                "the array holds {other}; save it as float32 or float64"
            )));
        }
    }
    .ok_or_else(|| {
        EngineError::invalid(format!(
            "the array is truncated: {count} numbers announced, {} bytes there",
            data.len()
        ))
    })?;
    Ok(Matrix { dim, values })
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
    for value in values {
        out.write_all(&value.to_le_bytes())?;
    }
    Ok(())
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
        let padding = std::iter::repeat('\0');
        for character in text.chars().chain(padding).take(width) {
            out.write_all(&u32::from(character).to_le_bytes())?;
        }
    }
    Ok(())
}

fn write_header(out: &mut (impl Write + ?Sized), descr: &str, shape: &[usize]) -> io::Result<()> {
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

fn numbers<const N: usize>(
    data: &[u8],
    count: usize,
    read: impl Fn([u8; N]) -> f32,
) -> Option<Vec<f32>> {
    let (chunks, _) = data.as_chunks::<N>();
    (chunks.len() >= count).then(|| chunks[..count].iter().map(|bytes| read(*bytes)).collect())
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
    }
}
