//! A GIF's screen, made large enough for its first frame.
//!
//! Some writers announce a screen smaller than the frame on it. Browsers and Pillow show the frame;
//! the decoder cuts it off.

use std::borrow::Cow;

/// The file, with a screen that its first frame fits on. What can't be followed is left as it is: the
/// decoder says what is wrong with it.
pub(crate) fn with_room_for_the_frame(bytes: &[u8]) -> Cow<'_, [u8]> {
    let Some(needed) = first_frame(bytes) else {
        return Cow::Borrowed(bytes);
    };
    let [w0, w1, h0, h1] = bytes[6..10] else {
        return Cow::Borrowed(bytes);
    };
    let screen = [u16::from_le_bytes([w0, w1]), u16::from_le_bytes([h0, h1])];
    // A screen of nothing is a damaged head.
    let is_empty = screen.contains(&0);
    if is_empty || (needed[0] <= screen[0] && needed[1] <= screen[1]) {
        return Cow::Borrowed(bytes);
    }
    let mut larger = bytes.to_vec();
    larger[6..8].copy_from_slice(&needed[0].max(screen[0]).to_le_bytes());
    larger[8..10].copy_from_slice(&needed[1].max(screen[1]).to_le_bytes());
    Cow::Owned(larger)
}

/// Right and lower edge of the first frame (GIF89a, 20).
fn first_frame(bytes: &[u8]) -> Option<[u16; 2]> {
    let mut at = 13 + table_bytes(*bytes.get(10)?);
    loop {
        match *bytes.get(at)? {
            // An extension: its label, and blocks up to an empty one.
            0x21 => {
                at += 2;
                loop {
                    let length = usize::from(*bytes.get(at)?);
                    at += 1 + length;
                    if length == 0 {
                        break;
                    }
                }
            }
            0x2c => {
                let number = |place: usize| {
                    let bytes = bytes.get(at + place..at + place + 2)?;
                    Some(u16::from_le_bytes([bytes[0], bytes[1]]))
                };
                return Some([
                    number(1)?.checked_add(number(5)?)?,
                    number(3)?.checked_add(number(7)?)?,
                ]);
            }
            _ => return None,
        }
    }
}

/// Bytes of the table of colours that these flags announce.
fn table_bytes(flags: u8) -> usize {
    if flags & 0x80 == 0 {
        0
    } else {
        3 << ((flags & 7) + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A head with a table of two colours, a comment, and the description of a frame.
    fn file(screen: [u8; 2], frame: [u8; 4]) -> Vec<u8> {
        let mut bytes = b"GIF89a".to_vec();
        bytes.extend([screen[0], 0, screen[1], 0, 0x80, 0, 0]);
        bytes.extend([0; 6]);
        bytes.extend([0x21, 0xfe, 2, b',', b',', 1, 9, 0]);
        bytes.push(0x2c);
        bytes.extend(frame.iter().flat_map(|&number| [number, 0]));
        bytes
    }

    #[test]
    fn the_screen_holds_the_first_frame() {
        let fits = file([60, 40], [10, 0, 50, 40]);
        assert!(matches!(with_room_for_the_frame(&fits), Cow::Borrowed(_)));
        let beyond = file([60, 40], [10, 5, 120, 20]);
        let larger = with_room_for_the_frame(&beyond);
        assert_eq!(larger[6..10], [130, 0, 40, 0]);
        assert_eq!(larger[10..], beyond[10..]);
        for length in 0..fits.len() {
            assert_eq!(&*with_room_for_the_frame(&fits[..length]), &fits[..length]);
        }
    }
}
