//! An image of a PDF in the dress of a TIFF.
//!
//! TIFF 6.0 has a tag for everything that a PDF says of an image, so that one
//! set of decoders, with its limits and its rescue of damaged fax data, serves
//! both. The header costs a hundred bytes and one copy of the packed data.

use std::borrow::Cow;

/// How the data is packed (TIFF tag 259).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    None,
    FaxGroup3 {
        two_dimensional: bool,
    },
    FaxGroup4,
    /// Group 3 without end-of-line marks, rows on whole bytes.
    FaxRows,
    Lzw,
    PackBits,
    Deflate,
}

/// What the samples mean (tag 262).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    BlackIsZero,
    WhiteIsZero,
    Rgb,
    Cmyk,
    /// Red, green and blue of each index.
    Palette(Vec<[u8; 3]>),
}

/// An image as TIFF describes it.
#[derive(Clone, Debug)]
pub(crate) struct Image<'a> {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) bits_per_sample: u16,
    pub(crate) packing: Packing,
    pub(crate) meaning: Meaning,
    /// Whether each sample is stored as the difference to the one before.
    pub(crate) is_differenced: bool,
    pub(crate) data: Cow<'a, [u8]>,
}

impl Image<'_> {
    fn samples_per_pixel(&self) -> u16 {
        match self.meaning {
            Meaning::Rgb => 3,
            Meaning::Cmyk => 4,
            _ => 1,
        }
    }

    /// The bytes of the TIFF: header, one directory, what does not fit into it,
    /// one strip.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        const SHORT: u16 = 3;
        const LONG: u16 = 4;
        let mut entries: Vec<(u16, u16, Vec<u32>)> = vec![
            (256, LONG, vec![self.width]),
            (257, LONG, vec![self.height]),
            (
                258,
                SHORT,
                vec![u32::from(self.bits_per_sample); usize::from(self.samples_per_pixel())],
            ),
            (
                259,
                SHORT,
                vec![match self.packing {
                    Packing::None => 1,
                    Packing::FaxRows => 2,
                    Packing::FaxGroup3 { .. } => 3,
                    Packing::FaxGroup4 => 4,
                    Packing::Lzw => 5,
                    Packing::Deflate => 8,
                    Packing::PackBits => 32_773,
                }],
            ),
            (
                262,
                SHORT,
                vec![match self.meaning {
                    Meaning::WhiteIsZero => 0,
                    Meaning::BlackIsZero => 1,
                    Meaning::Rgb => 2,
                    Meaning::Palette(_) => 3,
                    Meaning::Cmyk => 5,
                }],
            ),
            // Filled in below.
            (273, LONG, vec![0]),
            (277, SHORT, vec![u32::from(self.samples_per_pixel())]),
            (278, LONG, vec![self.height]),
            (
                279,
                LONG,
                vec![u32::try_from(self.data.len()).unwrap_or(u32::MAX)],
            ),
        ];
        if let Packing::FaxGroup3 { two_dimensional } = self.packing {
            entries.push((292, LONG, vec![u32::from(two_dimensional)]));
        }
        if self.is_differenced {
            entries.push((317, SHORT, vec![2]));
        }
        if let Meaning::Palette(colours) = &self.meaning {
            let mut map = Vec::with_capacity(3 << self.bits_per_sample);
            for channel in 0..3 {
                for index in 0..1usize << self.bits_per_sample {
                    let level = colours.get(index).map_or(0, |colour| colour[channel]);
                    map.push(u32::from(level) * 257);
                }
            }
            entries.push((320, SHORT, map));
        }
        // Samples of 16 bits are stored with their high byte first, as in PDF.
        let directory_bytes = 2 + 12 * entries.len() + 4;
        let mut extra: Vec<u8> = Vec::new();
        let extra_start = 8 + directory_bytes;
        let extra_bytes: usize = entries
            .iter()
            .map(|entry| beyond(entry.1, entry.2.len()))
            .sum();
        let data_start = (extra_start + extra_bytes) as u32;
        if let Some(entry) = entries.iter_mut().find(|entry| entry.0 == 273) {
            entry.2 = vec![data_start];
        }
        let mut out = b"MM\0\x2a\0\0\0\x08".to_vec();
        out.extend((entries.len() as u16).to_be_bytes());
        for (tag, kind, values) in &entries {
            out.extend(tag.to_be_bytes());
            out.extend(kind.to_be_bytes());
            out.extend((values.len() as u32).to_be_bytes());
            let bytes: Vec<u8> = if *kind == SHORT {
                values
                    .iter()
                    .flat_map(|&value| (value as u16).to_be_bytes())
                    .collect()
            } else {
                values
                    .iter()
                    .flat_map(|&value| value.to_be_bytes())
                    .collect()
            };
            if bytes.len() <= 4 {
                out.extend(&bytes);
                out.extend(std::iter::repeat_n(0, 4 - bytes.len()));
            } else {
                out.extend(((extra_start + extra.len()) as u32).to_be_bytes());
                extra.extend(bytes);
            }
        }
        out.extend([0; 4]);
        out.extend(extra);
        out.extend(&*self.data);
        out
    }
}

/// Bytes of an entry's values that lie outside of the directory.
fn beyond(kind: u16, count: usize) -> usize {
    let bytes = if kind == 3 { 2 * count } else { 4 * count };
    if bytes > 4 { bytes } else { 0 }
}

#[cfg(test)]
mod tests {
    use lookalike_imaging::{DecodeOptions, decode};

    use super::*;

    fn pixels(image: &Image<'_>) -> Vec<u8> {
        let bytes = image.to_bytes();
        decode(&bytes, &DecodeOptions::default())
            .unwrap()
            .image
            .into_data()
    }

    #[test]
    fn samples_of_every_meaning_come_through() {
        let image = |meaning, bits_per_sample, data: &'static [u8]| Image {
            width: 2,
            height: 1,
            bits_per_sample,
            packing: Packing::None,
            meaning,
            is_differenced: false,
            data: Cow::Borrowed(data),
        };
        let grey = image(Meaning::BlackIsZero, 8, &[0, 200]);
        assert_eq!(pixels(&grey), [0, 0, 0, 200, 200, 200]);
        let bits = image(Meaning::WhiteIsZero, 1, &[0b1000_0000]);
        assert_eq!(pixels(&bits), [0, 0, 0, 255, 255, 255]);
        let rgb = image(Meaning::Rgb, 8, &[1, 2, 3, 4, 5, 6]);
        assert_eq!(pixels(&rgb), [1, 2, 3, 4, 5, 6]);
        let palette = vec![[9, 8, 7], [255, 0, 1]];
        let indexed = image(Meaning::Palette(palette), 8, &[1, 0]);
        assert_eq!(pixels(&indexed), [255, 0, 1, 9, 8, 7]);
        let deep = image(Meaning::BlackIsZero, 16, &[0x80, 0, 0xff, 0xff]);
        assert_eq!(pixels(&deep), [128, 128, 128, 255, 255, 255]);
    }
}
