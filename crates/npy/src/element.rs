//! Elements of NumPy arrays: floats, integers, truth values and texts of a fixed width.
//!
//! Python objects are refused: reading them means running what the file says.

use serde_json::Value;

/// The type of an array's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element {
    kind: Kind,
    /// Bytes of one element; 0 only for empty texts.
    size: usize,
    big_endian: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Float,
    Signed,
    Unsigned,
    Bool,
    /// UTF-32, padded with zeros.
    Unicode,
    /// Bytes padded with zeros, taken as UTF-8.
    Bytes,
}

/// Why elements can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ElementError {
    /// Pickled Python objects.
    Objects,
    /// A type that is neither number nor text, by NumPy's name.
    Unsupported(String),
}

impl std::fmt::Display for ElementError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Objects => formatter.write_str(
                "holds pickled Python objects, which can run any code when they are read; save \
                 numbers as float32 and texts with .astype('U')",
            ),
            Self::Unsupported(descr) => write!(
                formatter,
                "holds {descr}, which is neither numbers nor texts; save it as float32 or \
                 with .astype('U')"
            ),
        }
    }
}

impl std::error::Error for ElementError {}

impl Element {
    /// Reads NumPy's name of a type, such as `<f4` or `>U12`.
    pub fn parse(descr: &str) -> Result<Self, ElementError> {
        let unsupported = || ElementError::Unsupported(descr.to_owned());
        let (order, rest) = match descr.as_bytes().first() {
            Some(b'<' | b'>' | b'|' | b'=') => descr.split_at(1),
            _ => ("", descr),
        };
        let mut letters = rest.chars();
        let letter = letters.next().ok_or_else(unsupported)?;
        if letter == 'O' {
            return Err(ElementError::Objects);
        }
        let count: usize = letters.as_str().parse().map_err(|_| unsupported())?;
        let (kind, sizes): (_, &[usize]) = match letter {
            'f' => (Kind::Float, &[2, 4, 8]),
            'i' => (Kind::Signed, &[1, 2, 4, 8]),
            'u' => (Kind::Unsigned, &[1, 2, 4, 8]),
            'b' => (Kind::Bool, &[1]),
            'U' => (Kind::Unicode, &[]),
            'S' | 'a' => (Kind::Bytes, &[]),
            _ => return Err(unsupported()),
        };
        if !sizes.is_empty() && !sizes.contains(&count) {
            return Err(unsupported());
        }
        let size = match kind {
            Kind::Unicode => count.checked_mul(4).ok_or_else(unsupported)?,
            _ => count,
        };
        Ok(Self {
            kind,
            size,
            big_endian: order == ">",
        })
    }

    /// Bytes of one element.
    #[must_use]
    pub fn size(self) -> usize {
        self.size
    }

    /// Whether they are floating-point numbers, of any width.
    #[must_use]
    pub fn is_float(self) -> bool {
        self.kind == Kind::Float
    }

    /// The floats in `bytes` as float32, rounded to nearest; incomplete ones at the end are
    /// left out, and so is everything when the elements are not floats.
    pub fn floats(self, bytes: &[u8]) -> Vec<f32> {
        match (self.kind, self.size) {
            (Kind::Float, 2) => self.each(bytes, |bits| {
                half::f16::from_bits(u16::from_le_bytes(bits)).to_f32()
            }),
            (Kind::Float, 4) => self.each(bytes, f32::from_le_bytes),
            (Kind::Float, 8) => self.each(bytes, |bits| f64::from_le_bytes(bits) as f32),
            _ => Vec::new(),
        }
    }

    /// One element as JSON; null for a float that is not a number.
    pub fn value(self, bytes: &[u8]) -> Value {
        match self.kind {
            Kind::Float if self.size == 8 => {
                let numbers = self.each(bytes, f64::from_le_bytes);
                numbers.first().copied().into()
            }
            Kind::Float => self.floats(bytes).first().copied().into(),
            Kind::Bool => Value::Bool(bytes.iter().any(|&byte| byte != 0)),
            Kind::Signed => {
                let bits = self.bits(bytes);
                // Shifted up and back, so that the sign spreads from the top bit.
                let unused = 64 - 8 * self.size as u32;
                ((bits << unused) as i64 >> unused).into()
            }
            Kind::Unsigned => self.bits(bytes).into(),
            Kind::Unicode => self.unicode(bytes).into(),
            Kind::Bytes => {
                let end = bytes.iter().rposition(|&byte| byte != 0);
                let text = bytes.get(..end.map_or(0, |end| end + 1));
                String::from_utf8_lossy(text.unwrap_or_default()).into()
            }
        }
    }

    fn each<const N: usize, T>(self, bytes: &[u8], read: impl Fn([u8; N]) -> T) -> Vec<T> {
        let (chunks, _) = bytes.as_chunks::<N>();
        let little_endian = |mut bits: [u8; N]| {
            if self.big_endian {
                bits.reverse();
            }
            bits
        };
        chunks
            .iter()
            .map(|&bits| read(little_endian(bits)))
            .collect()
    }

    /// An integer of at most eight bytes.
    fn bits(self, bytes: &[u8]) -> u64 {
        let push = |number, byte: &u8| number << 8 | u64::from(*byte);
        if self.big_endian {
            bytes.iter().fold(0, push)
        } else {
            bytes.iter().rev().fold(0, push)
        }
    }

    fn unicode(self, bytes: &[u8]) -> String {
        let (points, _) = bytes.as_chunks::<4>();
        let number = |point: &[u8; 4]| {
            if self.big_endian {
                u32::from_be_bytes(*point)
            } else {
                u32::from_le_bytes(*point)
            }
        };
        let end = points.iter().rposition(|point| number(point) != 0);
        points[..end.map_or(0, |end| end + 1)]
            .iter()
            .map(|point| char::from_u32(number(point)).unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(descr: &str, bytes: &[u8]) -> Value {
        Element::parse(descr).unwrap().value(bytes)
    }

    #[test]
    fn numbers_and_texts_of_either_byte_order_are_read() {
        assert_eq!(value("<i2", &(-3_i16).to_le_bytes()), -3);
        assert_eq!(value(">i8", &i64::MIN.to_be_bytes()), i64::MIN);
        assert_eq!(value("<u8", &u64::MAX.to_le_bytes()), u64::MAX);
        assert_eq!(value("|i1", &[0xff]), -1);
        assert_eq!(value("|b1", &[1]), true);
        assert_eq!(value(">f8", &0.1_f64.to_be_bytes()), 0.1);
        assert_eq!(value("<f4", &f32::NAN.to_le_bytes()), Value::Null);
        assert_eq!(value("|S4", b"ab\0\0"), "ab");
        let wide = |text: &str| -> Vec<u8> {
            text.chars()
                .flat_map(|c| u32::from(c).to_be_bytes())
                .collect()
        };
        assert_eq!(value(">U4", &wide("é杯\0\0")), "é杯");
        assert_eq!(value("<U1", &0xd800_u32.to_le_bytes()), "\u{fffd}");
        assert_eq!(value("<U0", &[]), "");
    }

    #[test]
    fn floats_keep_their_bits() {
        let half = Element::parse(">f2").unwrap();
        assert_eq!(half.floats(&[0x3c, 0x00, 0x80, 0x00]), [1.0, -0.0]);
        let single = Element::parse("<f4").unwrap();
        let bits = [0x8000_0000_u32, 1, 0x7f7f_ffff];
        let bytes: Vec<u8> = bits.iter().flat_map(|bits| bits.to_le_bytes()).collect();
        let read: Vec<u32> = single.floats(&bytes).iter().map(|f| f.to_bits()).collect();
        assert_eq!(read, bits);
    }

    #[test]
    fn other_types_are_refused_by_name() {
        assert_eq!(Element::parse("|O"), Err(ElementError::Objects));
        for descr in [
            "",
            "<",
            "<f16",
            "<c8",
            "<M8[ns]",
            "|V2",
            "<U99999999999999999999",
            "<i3",
        ] {
            let error = Element::parse(descr).unwrap_err();
            assert!(error.to_string().contains(descr), "{error}");
        }
    }
}
