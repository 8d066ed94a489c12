//! Image files from arbitrary bytes, through every reader and into a model input.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lookalike_imaging::photo::PreparedPhoto;
use lookalike_imaging::{
    DecodeOptions, Limits, PreprocessKind, Preprocessor, ProcessorConfig, decode, decode_cost,
    probe, thumbnail,
};

fuzz_target!(|bytes: &[u8]| {
    // Small, so that the fuzzer spends its time on headers and not on pixels.
    let limits = Limits { max_pixels: 1 << 18, ..Limits::default() };
    let options = DecodeOptions {
        limits: limits.clone(),
        page: u32::from(bytes.len() % 7 == 6),
        budget: None,
    };
    let Ok(decoded) = decode(bytes, &options) else { return };
    let (width, height) = (decoded.image.width(), decoded.image.height());
    assert!(u64::from(width) * u64::from(height) <= limits.max_pixels);
    assert_eq!(decoded.image.data().len(), width as usize * height as usize * 3);
    if options.page == 0 {
        let probe = probe(bytes, &limits).expect("what decodes has a header");
        assert_eq!((probe.width, probe.height), (width, height));
        assert!(decode_cost(&probe) >= u64::from(width) * u64::from(height));
    }
    let photo = PreparedPhoto::new(&decoded.image);
    let sides = (photo.cut_out.width(), photo.cut_out.height());
    assert_eq!(sides, (photo.drawing.width(), photo.drawing.height()));
    let small = thumbnail(&decoded.image);
    assert!(small.width() <= 300 && small.height() <= 300);
    for kind in PreprocessKind::ALL {
        let preprocessor = Preprocessor::new(kind, 28, 14, ProcessorConfig::dinov2());
        let preprocessor = preprocessor.expect("28 px are two patches");
        if let Ok(input) = preprocessor.apply(&decoded.image) {
            assert_eq!((input.width() % 14, input.height() % 14), (0, 0));
        }
    }
});
