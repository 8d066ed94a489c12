use super::*;

fn preprocessor(kind: PreprocessKind, size: u32) -> Preprocessor {
    Preprocessor::new(kind, size, 14, ProcessorConfig::dinov2()).unwrap()
}

#[test]
fn names_round_trip() {
    for kind in PreprocessKind::ALL {
        assert_eq!(kind.to_string().parse(), Ok(kind));
        let json = serde_json::to_string(&kind).unwrap();
        assert_eq!(json, format!("\"{kind}\""));
        assert_eq!(serde_json::from_str::<PreprocessKind>(&json).unwrap(), kind);
    }
    let unknown = "square".parse::<PreprocessKind>().unwrap_err().to_string();
    assert!(
        unknown.contains("square") && unknown.contains("letterbox+processor"),
        "{unknown}"
    );
}

#[test]
fn sides_are_multiples_of_the_patch_whatever_the_picture() {
    let sides = [1, 2, 13, 14, 15, 223, 224, 225, 518, 700];
    for kind in PreprocessKind::ALL {
        for size in [14, 60, 224] {
            let preprocessor = preprocessor(kind, size);
            for width in sides {
                for height in sides {
                    let picture = RgbImage::filled(width, height, [9, 9, 9]);
                    let input = match preprocessor.apply(&picture) {
                        Ok(input) => input,
                        Err(error) => {
                            assert!(matches!(error, PreprocessError::TooLong { .. }), "{error}");
                            assert!(width.max(height) / width.min(height) > 60, "{error}");
                            continue;
                        }
                    };
                    assert_eq!(
                        (input.width() % 14, input.height() % 14),
                        (0, 0),
                        "{kind} {size}"
                    );
                }
            }
        }
    }
}

#[test]
fn letterbox_centres_on_white() {
    let input = preprocessor(PreprocessKind::Letterbox, 42)
        .apply(&RgbImage::filled(100, 51, [0, 0, 0]))
        .unwrap();
    // 51 * 0.42 = 21.42 -> 21 rows from (42 - 21) / 2 = 10 on.
    let row = |y: usize| &input.data()[y * 42 * 3..(y + 1) * 42 * 3];
    assert!(row(9).iter().all(|&level| level == 255));
    assert!(row(10).iter().all(|&level| level == 0));
    assert!(row(30).iter().all(|&level| level == 0));
    assert!(row(31).iter().all(|&level| level == 255));
}

#[test]
fn letterbox_never_loses_a_thin_picture() {
    let input = preprocessor(PreprocessKind::Letterbox, 28)
        .apply(&RgbImage::filled(4_000, 1, [0, 0, 0]))
        .unwrap();
    assert!(input.data().contains(&0));
}

#[test]
fn native_keeps_the_aspect_ratio_in_patches() {
    let native = preprocessor(PreprocessKind::Native, 140);
    let sides = |width, height| {
        let input = native
            .apply(&RgbImage::filled(width, height, [0; 3]))
            .unwrap();
        (input.width(), input.height())
    };
    assert_eq!(sides(1000, 1000), (140, 140));
    assert_eq!(sides(1000, 340), (140, 42));
    assert_eq!(sides(1000, 360), (140, 56));
    assert_eq!(sides(3, 4_000), (14, 140));
}

#[test]
fn short_side_cuts_only_the_long_side() {
    let input = preprocessor(PreprocessKind::ShortSide, 28)
        .apply(&RgbImage::filled(100, 233, [0; 3]))
        .unwrap();
    assert_eq!((input.width(), input.height()), (28, 56));
}

#[test]
fn sizes_are_rounded_down_and_bounded() {
    assert_eq!(preprocessor(PreprocessKind::Letterbox, 520).size(), 518);
    let new = |size, patch| {
        Preprocessor::new(
            PreprocessKind::Stretch,
            size,
            patch,
            ProcessorConfig::dinov2(),
        )
    };
    assert_eq!(
        new(13, 14).unwrap_err(),
        PreprocessError::SizeBelowPatch {
            size: 13,
            patch: 14
        }
    );
    assert_eq!(
        new(0, 14).unwrap_err(),
        PreprocessError::SizeBelowPatch { size: 0, patch: 14 }
    );
    assert_eq!(new(224, 0).unwrap_err(), PreprocessError::ZeroPatch);
    assert!(matches!(
        new(100_000, 14),
        Err(PreprocessError::SizeTooLarge { .. })
    ));
}

#[test]
fn long_pictures_do_not_explode() {
    let strip = RgbImage::filled(1, 1 << 20, [0; 3]);
    for kind in PreprocessKind::ALL {
        let result = preprocessor(kind, 518).apply(&strip);
        let refused = matches!(kind, PreprocessKind::Processor | PreprocessKind::ShortSide);
        assert_eq!(result.is_err(), refused, "{kind}: {result:?}");
    }
}

#[test]
fn processor_pads_with_black_and_crops_the_centre() {
    let config = ProcessorConfig::from_json(
        r#"{"do_resize": false, "do_center_crop": true, "crop_size": 28}"#,
    );
    let processor = Preprocessor::new(PreprocessKind::Processor, 28, 14, config.unwrap()).unwrap();
    let input = processor
        .apply(&RgbImage::filled(20, 40, [255; 3]))
        .unwrap();
    assert_eq!((input.width(), input.height()), (28, 28));
    let row: Vec<u8> = input.data()[..28 * 3].iter().step_by(3).copied().collect();
    assert_eq!(row[..4], [0; 4]);
    assert_eq!(row[4..24], [255; 20]);
    assert_eq!(row[24..], [0; 4]);
}

#[test]
fn old_and_new_forms_of_the_configuration() {
    let parse = |text: &str| ProcessorConfig::from_json(text);
    let dinov2 = parse(
        r#"{"crop_size": {"height": 224, "width": 224}, "do_center_crop": true,
            "do_convert_rgb": true, "do_normalize": true, "do_rescale": true,
            "do_resize": true, "image_mean": [0.485, 0.456, 0.406],
            "image_processor_type": "BitImageProcessor",
            "image_std": [0.229, 0.224, 0.225], "resample": 3,
            "rescale_factor": 0.00392156862745098, "size": {"shortest_edge": 256}}"#,
    );
    assert_eq!(dinov2.unwrap(), ProcessorConfig::dinov2());

    let old_clip = parse(
        r#"{"crop_size": 224, "do_center_crop": true, "do_normalize": true, "do_resize": true,
            "feature_extractor_type": "CLIPFeatureExtractor", "resample": 3, "size": 224,
            "image_mean": [0.48145466, 0.4578275, 0.40821073],
            "image_std": [0.26862954, 0.26130258, 0.27577711]}"#,
    )
    .unwrap();
    assert_eq!(old_clip.resized(448, 300), Some((334, 224)));
    assert_eq!(old_clip.crop(), Some((224, 224)));
    assert_eq!(old_clip.mean()[0], 0.481_454_66);

    let old_vit = parse(r#"{"do_resize": true, "size": 224, "resample": 2}"#).unwrap();
    assert_eq!(old_vit.resized(448, 300), Some((224, 224)));
    assert_eq!(old_vit.crop(), None);
    assert_eq!(old_vit.filter(), Filter::Bilinear);

    let siglip = parse(
        r#"{"size": {"height": 256, "width": 240}, "image_mean": [0.5, 0.5, 0.5],
            "image_std": [0.5, 0.5, 0.5], "do_rescale": true, "rescale_factor": 0.00392156862745098}"#,
    )
    .unwrap();
    assert_eq!(siglip.resized(10, 2_000), Some((240, 256)));
    assert_eq!((siglip.mean(), siglip.std()), ([0.5; 3], [0.5; 3]));

    let capped = parse(r#"{"size": {"shortest_edge": 100, "longest_edge": 150}}"#).unwrap();
    assert_eq!(capped.resized(100, 120), Some((100, 120)));
    assert_eq!(capped.resized(100, 300), Some((50, 150)));
    let longest = parse(r#"{"size": {"longest_edge": 150}}"#).unwrap();
    assert_eq!(longest.resized(1, 3_000), Some((1, 150)));
}

#[test]
fn other_scalings_fold_into_mean_and_deviation() {
    let parse = |text: &str| ProcessorConfig::from_json(text).unwrap();
    let plain = parse(r#"{"size": 224, "do_normalize": false}"#);
    assert_eq!((plain.mean(), plain.std()), ([0.0; 3], [1.0; 3]));
    // (v / 127.5 - 1) / 1 = (v / 255 - 0.5) / 0.5
    let centred = parse(
        r#"{"size": 224, "rescale_factor": 0.00784313725490196,
            "image_mean": [1, 1, 1], "image_std": [1, 1, 1]}"#,
    );
    for (mean, std) in centred.mean().into_iter().zip(centred.std()) {
        assert!((mean - 0.5).abs() < 1e-6 && (std - 0.5).abs() < 1e-6);
    }
}

#[test]
fn bad_configurations_name_the_field() {
    for (text, expected) in [
        ("{", "EOF"),
        (r#"{"do_resize": true}"#, "size"),
        (r#"{"size": 0}"#, "size"),
        (r#"{"size": {"height": 224}}"#, "size"),
        (
            r#"{"size": {"shortest_edge": 256}, "crop_size": 0}"#,
            "crop_size",
        ),
        (
            r#"{"size": {"shortest_edge": 256}, "crop_size": 100000}"#,
            "crop_size",
        ),
        (r#"{"size": 224, "resample": 9}"#, "resample"),
        (r#"{"size": 224, "image_std": [1, 0, 1]}"#, "image_std"),
        (r#"{"size": 224, "image_mean": [1, 0]}"#, "3"),
        (r#"{"size": 224, "rescale_factor": 0}"#, "rescale_factor"),
        (r#"{"size": -5}"#, "untagged"),
    ] {
        let message = ProcessorConfig::from_json(text).unwrap_err().to_string();
        assert!(message.contains(expected), "{text}: {message}");
    }
}

#[test]
fn a_crop_below_one_patch_is_refused() {
    let config = ProcessorConfig::from_json(r#"{"size": 10, "crop_size": 10}"#).unwrap();
    assert!(Preprocessor::new(PreprocessKind::Processor, 224, 14, config.clone()).is_err());
    assert!(Preprocessor::new(PreprocessKind::Letterbox, 224, 14, config).is_ok());
}
