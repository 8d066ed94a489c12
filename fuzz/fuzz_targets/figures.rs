//! Sheets of arbitrary bits, taken apart as they are and upright: boxes lie on the sheet,
//! none holds another, cuts exist.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lookalike_imaging::RgbImage;
use lookalike_imaging::figures::{Part, Turn, UprightSheet, find};

fuzz_target!(|bytes: &[u8]| {
    let [width, scale, colour, bits @ ..] = bytes else { return };
    let width = u32::from(*width) + 1;
    // Every bit is a square of 1 to 4 pixels, so that letters come about too.
    let scale = u32::from(scale % 4) + 1;
    let height = (bits.len() as u32 * 8).div_ceil(width);
    if height == 0 || width * height * scale * scale > 1 << 20 {
        return;
    }
    let mut data = Vec::new();
    for y in 0..height * scale {
        for x in 0..width * scale {
            let index = (y / scale * width + x / scale) as usize;
            let is_ink = bits.get(index / 8).is_some_and(|byte| byte >> (index % 8) & 1 == 1);
            let level = if is_ink { colour / 2 } else { 255 };
            data.extend([level, level, if colour % 16 == 1 { 0 } else { level }]);
        }
    }
    let sheet = RgbImage::new(width * scale, height * scale, data).expect("the data fills it");
    let layout = find(&sheet);
    for (index, figure) in layout.figures.iter().enumerate() {
        let bounds = figure.bounds;
        assert!(bounds.width > 0 && bounds.height > 0);
        assert!(bounds.right() <= sheet.width() && bounds.bottom() <= sheet.height());
        assert!(layout.cut(&sheet, Part::Figure(index)).is_some());
        for other in &layout.figures[index + 1..] {
            assert!(!bounds.contains(&other.bounds) && !other.bounds.contains(&bounds));
        }
    }
    assert!(layout.cut(&sheet, Part::Whole).is_some());
    let (width, height) = (sheet.width(), sheet.height());
    let known = (colour % 2 == 1).then_some(Turn::Clockwise);
    let upright = UprightSheet::new(sheet, known);
    let sides = (upright.image.width(), upright.image.height());
    assert_eq!(sides, upright.turn.sides(width, height));
    for figure in &upright.layout.figures {
        assert!(figure.bounds.right() <= sides.0 && figure.bounds.bottom() <= sides.1);
    }
});
