//! One page as its directory describes it, checked and ready to decode.

use super::chunks::Chunks;
use super::colour::{Alpha, Colour};
use super::directory::{Source, malformed};
use super::interpret::{Coding, alpha, bits, coding, colour, predictor, samples};
use super::pages::in_full;
use super::samples::Kind;
use super::stretch::square_sides;
use super::tag;
use super::unpack::{ByteCoding, window_bytes};
use crate::Limits;
use crate::error::DecodeError;
use crate::figures::PageOrientation;
use crate::orientation::Orientation;

/// A page that can be decoded, as far as its directory tells.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    pub(super) source: Source<'a>,
    /// Sides as stored, before orientation.
    pub(super) width: u32,
    pub(super) height: u32,
    /// The same with pixels as high as wide.
    pub(super) square: (u32, u32),
    pub(super) orientation: Orientation,
    /// What the office says about the sheet, which is another matter than the orientation tag.
    pub(crate) page_orientation: Option<PageOrientation>,
    pub(super) coding: Coding,
    /// 1, 2, 4, 8, 12, 16 or 32.
    pub(super) bits: u32,
    pub(super) kind: Kind,
    pub(super) samples: usize,
    /// Samples lie in separate strips, one plane after the other.
    pub(super) planar: bool,
    pub(super) predictor: bool,
    /// The low bit of a byte is the leftmost.
    pub(super) bits_reversed: bool,
    pub(super) colour: Colour,
    /// Which sample is the alpha, and of which kind.
    pub(super) alpha: Option<(usize, Alpha)>,
    pub(super) chunks: Chunks,
    pub(super) jpeg_tables: Option<&'a [u8]>,
}

impl<'a> Page<'a> {
    /// Reads the directory of a page, counted from zero.
    pub(crate) fn open(bytes: &'a [u8], page: u32, limits: &Limits) -> Result<Self, DecodeError> {
        let (source, first) = Source::open(bytes)?;
        let directory = in_full(source, source.page(first, page)?);
        let side = |tag, name| {
            let missing = || malformed(format!("the {name} tag ({tag}) is missing"));
            directory.number(tag).ok_or_else(missing)
        };
        let (width, height) = (side(tag::WIDTH, "width")?, side(tag::HEIGHT, "height")?);
        let (width, height) = limits.check_sides(crate::Format::Tiff, width, height)?;

        let photometric = directory.number(tag::PHOTOMETRIC);
        let coding = coding(&directory, photometric)?;
        let samples = samples(&directory, photometric)?;
        let planar = match directory.number(tag::PLANAR).unwrap_or(1) {
            2 => samples > 1,
            _ => false,
        };
        let (bits, kind) = bits(&directory, coding)?;
        let colour = colour(&directory, photometric, coding, bits, (samples, planar))?;
        let alpha = alpha(&directory, &colour, samples);
        let chunks = Chunks::open(&directory, source, (width, height), {
            let planes = if planar { samples } else { 1 };
            let raw_row = u64::from(width) * u64::from(bits) * (samples / planes) as u64;
            let raw_row = (coding == Coding::Bytes(ByteCoding::None)).then(|| raw_row.div_ceil(8));
            (planes, raw_row)
        })?;
        Ok(Self {
            source,
            width,
            height,
            square: square_sides(&directory, (width, height), limits),
            orientation: Orientation::from_tag(directory.number(tag::ORIENTATION).unwrap_or(1)),
            page_orientation: directory
                .bytes(tag::DESCRIPTION)
                .and_then(PageOrientation::from_description),
            predictor: predictor(&directory, coding)?,
            // JPEG streams have an order of their own.
            bits_reversed: directory.number(tag::FILL_ORDER) == Some(2) && !coding.is_jpeg(),
            jpeg_tables: directory.bytes(tag::JPEG_TABLES),
            coding,
            bits,
            kind,
            samples,
            planar,
            colour,
            alpha,
            chunks,
        })
    }

    /// Sides in pixels, orientation applied.
    pub(crate) fn sides(&self) -> (u32, u32) {
        self.orientation.sides(self.square.0, self.square.1)
    }

    /// Whether rows that are there are worth something without the rest.
    pub(super) fn is_bilevel(&self) -> bool {
        self.bits == 1 && self.samples == 1 && matches!(self.colour, Colour::Grey { .. })
    }

    /// Bytes that unpacking a strip keeps, twice while its buffer grows.
    fn window_bytes(&self) -> u64 {
        let Coding::Bytes(coding @ ByteCoding::Zstandard) = self.coding else {
            return 0;
        };
        let strips = (0..self.chunks.count).filter_map(|number| self.packed(number));
        let windows = strips.map(|packed| window_bytes(coding, packed));
        3 * windows.max().unwrap_or(0)
    }

    /// Bytes of memory that decoding takes at its peak, the result included.
    pub(crate) fn peak_bytes(&self) -> u64 {
        let pixels = u64::from(self.width) * u64::from(self.height);
        let result = pixels * self.colour.channels() as u64;
        let squared = u64::from(self.square.0) * u64::from(self.square.1);
        let squared = squared * self.colour.channels() as u64;
        let turned = if self.orientation.is_upright() && squared == result {
            0
        } else {
            // The stretched one, and what it is turned to or stretched from.
            2 * squared
        };
        let planes = if self.planar {
            pixels * self.samples as u64
        } else {
            0
        };
        // A JPEG chunk is decoded whole: samples, and coefficients of two bytes
        // each if it is progressive.
        let chunk = match self.coding {
            Coding::Jpeg { .. } => {
                3 * self.samples as u64
                    * u64::from(self.chunks.width)
                    * u64::from(self.chunks.height.min(self.height))
            }
            _ => 0,
        };
        let largest = self
            .chunks
            .ranges
            .iter()
            .map(|&(_, length)| length)
            .max()
            .unwrap_or(0);
        let reordered = if self.bits_reversed { largest } else { 0 };
        let rows = 8 * u64::from(self.chunks.width) * self.samples as u64;
        result + turned.max(planes + chunk + reordered + rows + self.window_bytes())
    }
}
