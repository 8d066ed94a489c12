//! Bilevel pages as TIFF files, laid out like the ones that the patent office publishes.

mod codes;
mod g4;
#[cfg(test)]
mod tests;

use crate::drawing::Page;

/// Resolution of every sheet in dots per inch, as the filing rules ask for.
pub(crate) const DPI: u32 = 300;

const ASCII: u16 = 2;
const SHORT: u16 = 3;
const LONG: u16 = 4;
const RATIONAL: u16 = 5;

pub(crate) use g4::compress as group4;

/// Sheet `number` as a TIFF file: little-endian, one strip, Group 4, white is zero, with the office's
/// description, whose `L` or `P` tells whether the drawing lies on its side.
pub(crate) fn encode(page: &Page, number: usize, landscape: bool) -> Vec<u8> {
    const HEADER: u32 = 8;
    let way = if landscape { 'L' } else { 'P' };
    let description = format!("**DRAWING;PG{number:06};BW;{way}\0");
    let entries: [(u16, u16, u32); 15] = {
        let strip = 0; // filled in below
        [
            (254, LONG, 0),
            (256, LONG, page.width as u32),
            (257, LONG, page.height as u32),
            (258, SHORT, 1),
            (259, SHORT, 4), // Group 4
            (262, SHORT, 0), // white is zero
            (266, SHORT, 1), // first pixel in the highest bit
            (270, ASCII, strip),
            (273, LONG, strip),
            (277, SHORT, 1),
            (278, LONG, page.height as u32),
            (279, LONG, strip),
            (282, RATIONAL, strip),
            (283, RATIONAL, strip),
            (296, SHORT, 2), // inch
        ]
    };
    let directory_bytes = 2 + entries.len() as u32 * 12 + 4;
    let resolution_x = HEADER + directory_bytes;
    let resolution_y = resolution_x + 8;
    let description_at = resolution_y + 8;
    let strip_at = description_at + description.len() as u32;
    let strip = group4(page);

    let mut file = Vec::with_capacity(strip_at as usize + strip.len());
    file.extend(b"II*\0");
    file.extend(HEADER.to_le_bytes());
    file.extend((entries.len() as u16).to_le_bytes());
    for (tag, kind, value) in entries {
        let value = match tag {
            273 => strip_at,
            279 => strip.len() as u32,
            270 => description_at,
            282 => resolution_x,
            283 => resolution_y,
            _ => value,
        };
        file.extend(tag.to_le_bytes());
        file.extend(kind.to_le_bytes());
        let count = if tag == 270 {
            description.len() as u32
        } else {
            1
        };
        file.extend(count.to_le_bytes());
        file.extend(value.to_le_bytes());
    }
    file.extend(0_u32.to_le_bytes());
    for _ in 0..2 {
        file.extend(DPI.to_le_bytes());
        file.extend(1_u32.to_le_bytes());
    }
    file.extend(description.as_bytes());
    file.extend(strip);
    file
}
