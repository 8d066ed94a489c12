//! Arrays on their way from a file: the header is checked against what is really there
//! before anything of the announced size is read or reserved.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use lookalike_npy::{Element, ElementError, Header, read_header, transposed};

use crate::BankError;
use crate::error;

/// Longest vectors. The widest encoders in use give a few thousand numbers.
pub(crate) const MAX_DIM: usize = 65_536;

/// An array whose header was read and whose data follows.
pub(crate) struct Array {
    pub(crate) shape: Vec<usize>,
    pub(crate) element: Result<Element, ElementError>,
    fortran_order: bool,
    data: Data,
}

enum Data {
    /// Can be read from any place, starting at `start`.
    File { file: File, start: u64 },
    /// Comes once, from start to end.
    Stream(Box<dyn Read + Send>),
}

impl Array {
    /// Opens a `.npy`.
    ///
    /// # Errors
    /// It is not an array, or shorter than its header says.
    pub(crate) fn open(path: &Path) -> Result<Self, BankError> {
        let failed = |error: io::Error| error::reading(path, error);
        // Before opening: a pipe would wait for somebody to write into it.
        let metadata = fs::metadata(path).map_err(failed)?;
        if !metadata.is_file() {
            return Err(error::malformed(path, "no regular file"));
        }
        let length = metadata.len();
        let file = File::open(path).map_err(failed)?;
        let header = read_header(&mut BufReader::new(&file))
            .map_err(|error| error::malformed(path, error))?;
        let start = header.length;
        Self::new(header, length, Data::File { file, start })
            .map_err(|error| error::malformed(path, error))
    }

    /// Takes an array from a stream of `length` bytes.
    ///
    /// # Errors
    /// It is not an array, or not as long as its header says.
    pub(crate) fn from_stream(
        mut stream: Box<dyn Read + Send>,
        length: u64,
    ) -> Result<Self, String> {
        let header = read_header(&mut stream)?;
        Self::new(header, length, Data::Stream(stream))
    }

    fn new(header: Header, length: u64, data: Data) -> Result<Self, String> {
        let element = Element::parse(&header.descr);
        if let Ok(element) = &element {
            let needed = header
                .shape
                .iter()
                .try_fold(element.size() as u64, |size, &n| size.checked_mul(n as u64))
                .and_then(|size| size.checked_add(header.length));
            // A file may go on with further arrays, as after two calls of numpy.save; a member
            // of an archive may not.
            let fits = needed.is_some_and(|needed| match data {
                Data::File { .. } => needed <= length,
                Data::Stream(_) => needed == length,
            });
            if !fits {
                return Err(format!(
                    "announces the shape {:?} of {}, but holds {length} bytes; it is cut off or \
                     damaged",
                    header.shape, header.descr
                ));
            }
        }
        Ok(Self {
            shape: header.shape,
            element,
            fortran_order: header.fortran_order,
            data,
        })
    }
}

/// Rows of a two-dimensional array of floats, from the first to the last.
pub(crate) struct MatrixReader {
    rows: u64,
    dim: usize,
    element: Element,
    next: u64,
    source: Source,
}

enum Source {
    /// Row after row.
    Rows(Box<dyn Read + Send>),
    /// Column after column: a row is spread over the whole file.
    Columns { file: File, start: u64 },
}

impl MatrixReader {
    /// Reads a matrix, or one row.
    ///
    /// # Errors
    /// The array is not one of N x D floats, or its rows are too long.
    pub(crate) fn new(array: Array) -> Result<Self, String> {
        let element = array.element.map_err(|error| error.to_string())?;
        if !element.is_float() {
            return Err("holds no floats; save it as float32".into());
        }
        let (rows, dim) = match array.shape[..] {
            [dim] => (1, dim),
            [rows, dim] => (rows as u64, dim),
            _ => {
                return Err(format!(
                    "has the shape {:?}; expected N x D numbers",
                    array.shape
                ));
            }
        };
        if dim == 0 || dim > MAX_DIM {
            return Err(format!(
                "holds vectors of {dim} numbers; expected 1 to {MAX_DIM}"
            ));
        }
        let source = match (array.data, array.fortran_order && rows > 1) {
            (Data::Stream(stream), false) => Source::Rows(stream),
            (Data::File { mut file, start }, false) => {
                file.seek(SeekFrom::Start(start))
                    .map_err(|error| error.to_string())?;
                Source::Rows(Box::new(BufReader::new(file)))
            }
            (Data::File { file, start }, true) => Source::Columns { file, start },
            (Data::Stream(stream), true) => Source::Columns {
                file: spooled(stream).map_err(|error| error.to_string())?,
                start: 0,
            },
        };
        Ok(Self {
            rows,
            dim,
            element,
            next: 0,
            source,
        })
    }

    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    pub(crate) fn dim(&self) -> usize {
        self.dim
    }

    /// The next `most` rows, or those that are left, one after another.
    pub(crate) fn read(&mut self, most: usize) -> io::Result<Vec<f32>> {
        let count = (self.rows - self.next).min(most as u64) as usize;
        let values = match &mut self.source {
            Source::Rows(stream) => {
                let mut bytes = vec![0; count * self.dim * self.element.size()];
                stream.read_exact(&mut bytes)?;
                self.element.floats(&bytes)
            }
            Source::Columns { file, start } => {
                let mut columns = Vec::with_capacity(count * self.dim);
                let mut bytes = vec![0; count * self.element.size()];
                for column in 0..self.dim as u64 {
                    let place = column * self.rows + self.next;
                    file.seek(SeekFrom::Start(*start + place * self.element.size() as u64))?;
                    file.read_exact(&mut bytes)?;
                    columns.extend(self.element.floats(&bytes));
                }
                transposed(&columns, count)
            }
        };
        self.next += count as u64;
        Ok(values)
    }
}

/// A one-dimensional array with something about each row.
pub(crate) struct ColumnReader {
    element: Element,
    stream: Box<dyn Read + Send>,
}

impl ColumnReader {
    /// # Errors
    /// The elements are of no type that can be kept.
    pub(crate) fn new(array: Array) -> Result<Self, ElementError> {
        let stream: Box<dyn Read + Send> = match array.data {
            Data::Stream(stream) => stream,
            Data::File { file, .. } => Box::new(BufReader::new(file)),
        };
        Ok(Self {
            element: array.element?,
            stream,
        })
    }

    pub(crate) fn element(&self) -> Element {
        self.element
    }

    /// The next `count` values.
    pub(crate) fn read(&mut self, count: usize) -> io::Result<Vec<serde_json::Value>> {
        let mut bytes = vec![0; self.element.size()];
        (0..count)
            .map(|_| {
                self.stream.read_exact(&mut bytes)?;
                Ok(self.element.value(&bytes))
            })
            .collect()
    }
}

/// The stream's bytes in a file without a name, which vanishes with the process.
fn spooled(mut stream: Box<dyn Read + Send>) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(&mut stream, &mut file)?;
    Ok(file)
}

/// Vectors of one file that holds one: D, or 1 x D.
pub(crate) fn read_single(path: &Path) -> Result<Vec<f32>, BankError> {
    let mut reader =
        MatrixReader::new(Array::open(path)?).map_err(|error| error::malformed(path, error))?;
    if reader.rows() != 1 {
        return Err(BankError::NotOneVector {
            path: path.to_owned(),
            rows: reader.rows(),
        });
    }
    reader.read(1).map_err(|error| error::reading(path, error))
}
