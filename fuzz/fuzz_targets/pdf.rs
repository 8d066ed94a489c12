//! PDFs from arbitrary bytes: pages, text, patents.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lookalike_imaging::Limits;
use lookalike_pdf::Document;

fuzz_target!(|bytes: &[u8]| {
    // Small, so that a picture of honest size does not take all the time.
    let limits = Limits {
        max_pixels: 10_000_000,
        ..Limits::default()
    };
    let Ok(document) = Document::open(bytes.to_vec(), &limits) else {
        return;
    };
    for page in 0..document.page_count().min(4) {
        let stated = document.page_pixels(page);
        if let Ok(page) = document.page_image(page) {
            let (width, height) = (page.image.width(), page.image.height());
            let pixels = u64::from(width) * u64::from(height);
            assert!(pixels <= limits.max_pixels);
            // What room is made for.
            assert!(pixels <= stated.expect("a page with a picture states its size"));
        }
        let _ = document.words(page);
    }
    if document.page_count() <= 4
        && let Some(patent) = document.patent(None)
    {
        for sheet in patent.sheets {
            let page = document
                .page_image(sheet.page)
                .expect("a sheet has a picture");
            let crop = sheet.crop;
            let drawn = page
                .image
                .crop(crop.left, crop.top, crop.width, crop.height);
            assert!(drawn.is_some(), "{crop:?}");
        }
    }
});
