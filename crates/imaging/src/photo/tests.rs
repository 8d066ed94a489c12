use proptest::prelude::*;

use super::*;

const WIDTH: u32 = 300;
const HEIGHT: u32 = 240;

/// A red box with a dark band across, on a ground that grows lighter from left to right.
fn box_on(ground: impl Fn(u32, u32) -> [u8; 3]) -> RgbImage {
    let mut data = Vec::new();
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            let inside = (90..210).contains(&x) && (60..180).contains(&y);
            let line = (108..132).contains(&y);
            data.extend(match (inside, line) {
                (true, true) => [60, 20, 20],
                (true, false) => [180, 50, 40],
                (false, _) => ground(x, y),
            });
        }
    }
    RgbImage::new(WIDTH, HEIGHT, data).unwrap()
}

fn gradient(x: u32, _: u32) -> [u8; 3] {
    [
        150 + (x / 4) as u8,
        155 + (x / 4) as u8,
        160 + (x / 4) as u8,
    ]
}

#[test]
fn a_subject_on_a_plain_or_graded_ground_is_cut_out_on_white() {
    for photo in [
        box_on(|_, _| [235; 3]),
        box_on(|_, _| [40, 44, 50]),
        box_on(gradient),
    ] {
        let prepared = PreparedPhoto::new(&photo);
        assert!(prepared.is_cut);
        let cut = &prepared.cut_out;
        // A box of 120 pixels with six of white on each side, within some pixels.
        assert!(cut.width().abs_diff(132) <= 8, "{cut:?}");
        assert!(cut.height().abs_diff(132) <= 8, "{cut:?}");
        let pixel = |x: u32, y: u32| {
            let at = (y * cut.width() + x) as usize * 3;
            [cut.data()[at], cut.data()[at + 1], cut.data()[at + 2]]
        };
        assert_eq!(pixel(0, 0), [255; 3]);
        assert_eq!(pixel(cut.width() / 2, cut.height() / 4), [180, 50, 40]);
    }
}

#[test]
fn a_subject_is_drawn_by_its_outline_and_what_is_on_it() {
    let prepared = PreparedPhoto::new(&box_on(gradient));
    let drawing = &prepared.drawing;
    assert_eq!(
        (drawing.width(), drawing.height()),
        (prepared.cut_out.width(), prepared.cut_out.height())
    );
    let grey = drawing.to_grey();
    let inked = |x: u32, y: u32| grey[(y * drawing.width() + x) as usize] < 128;
    // Down the middle: the upper edge, two edges of the band, the lower edge.
    let column: Vec<bool> = (0..drawing.height())
        .map(|y| inked(drawing.width() / 2, y))
        .collect();
    let strokes = column.windows(2).filter(|pair| !pair[0] && pair[1]).count();
    assert!((3..=4).contains(&strokes), "{strokes}");
    let ink = grey.iter().filter(|level| **level < 128).count() as f64 / grey.len() as f64;
    assert!((0.02..0.15).contains(&ink), "{ink}");
    assert_eq!(
        crate::figures::find(drawing).kind,
        crate::figures::SheetKind::Drawing
    );
}

#[test]
fn where_no_subject_stands_out_the_photo_stays_whole() {
    let stripes = |x: u32, y: u32| ((x / 3 + y / 5) % 2 * 200) as u8;
    let data = (0..HEIGHT).flat_map(|y| (0..WIDTH).flat_map(move |x| [stripes(x, y); 3]));
    let busy = RgbImage::new(WIDTH, HEIGHT, data.collect()).unwrap();
    for photo in [RgbImage::filled(200, 100, [120, 130, 140]), busy] {
        let prepared = PreparedPhoto::new(&photo);
        assert!(!prepared.is_cut);
        assert_eq!(prepared.cut_out, photo);
    }
}

#[test]
fn large_photos_are_looked_at_small() {
    let photo = box_on(gradient);
    let large = resize(&photo, 3000, 2400, Filter::Bilinear, Reference::Pillow);
    let prepared = PreparedPhoto::new(&large);
    assert!(prepared.is_cut);
    assert!(prepared.cut_out.width() <= SIDE && prepared.cut_out.height() <= SIDE);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever the pixels and sides, both pictures come out, of one size and within bounds.
    #[test]
    fn any_picture_is_prepared(
        width in 1_u32..80,
        height in 1_u32..80,
        seed in any::<u64>(),
        levels in 1_u64..256,
    ) {
        let mut state = seed;
        let data = (0..width * height * 3).map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            ((state >> 33) % levels) as u8
        });
        let photo = RgbImage::new(width, height, data.collect()).unwrap();
        let prepared = PreparedPhoto::new(&photo);
        let (cut, drawing) = (&prepared.cut_out, &prepared.drawing);
        prop_assert_eq!((cut.width(), cut.height()), (drawing.width(), drawing.height()));
        // The margin may reach beyond the photo.
        prop_assert!(cut.width() <= width + width.max(height) / 5 + 4);
        prop_assert!(cut.height() <= height + width.max(height) / 5 + 4);
        if !prepared.is_cut {
            prop_assert_eq!(cut, &photo);
        }
    }
}

#[test]
fn without_its_ground_a_photo_keeps_its_size_and_its_subject_where_it_is() {
    let photo = box_on(gradient);
    // Larger than what the subject is looked for in.
    let (width, height) = (3 * WIDTH, 3 * HEIGHT);
    let large = resize(&photo, width, height, Filter::Bicubic, Reference::Pillow);
    for (photo, scale) in [(photo, 1), (large, 3)] {
        let bare = without_ground(&photo).unwrap();
        assert_eq!(
            (bare.width(), bare.height()),
            (photo.width(), photo.height())
        );
        let pixel = |picture: &RgbImage, x: u32, y: u32| {
            let at = ((y * scale + scale / 2) * picture.width() + x * scale + scale / 2) as usize;
            picture.data()[at * 3..][..3].to_vec()
        };
        for place in [(10, 10), (290, 120), (150, 230), (80, 120)] {
            assert_eq!(pixel(&bare, place.0, place.1), [255; 3], "{place:?}");
        }
        for place in [(150, 90), (150, 120), (200, 170)] {
            let of_photo = pixel(&photo, place.0, place.1);
            assert_eq!(pixel(&bare, place.0, place.1), of_photo, "{place:?}");
        }
    }
    assert!(without_ground(&RgbImage::filled(80, 60, [120; 3])).is_none());
}
