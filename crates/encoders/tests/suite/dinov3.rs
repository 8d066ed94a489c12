//! DINOv3 against transformers: see `fixtures/dinov3/README.md`.

use std::path::{Path, PathBuf};

use lookalike_encoders::{Precision, Registry};

use crate::common::{Distance, embed, embed_tokens, golden, image, load_as};

const PRECISIONS: [Precision; 3] = [Precision::F32, Precision::Bf16, Precision::Int8];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/dinov3")
}

fn check(folder: &Path, precision: Precision) -> f64 {
    let model = load_as(precision, folder, 2);
    let mut least = 1.0_f64;
    for golden in golden(folder) {
        let tokens = embed_tokens(&*model, &golden.image);
        let (width, height) = (golden.image.width(), golden.image.height());
        let subject = format!("{} at {width} x {height}", folder.display());
        let distance = Distance::new(&tokens, &golden);
        distance.check(precision, &subject);
        least = least.min(distance.cosine);
    }
    least
}

#[test]
fn heads_of_other_sizes_and_no_registers() {
    for precision in PRECISIONS {
        check(&fixtures().join("plain"), precision);
    }
}

#[test]
fn heads_in_tiles_registers_and_a_gated_half() {
    for precision in PRECISIONS {
        check(&fixtures().join("gated"), precision);
    }
}

#[test]
fn what_its_files_tell() {
    let described = Registry::default().describe(&fixtures().join("gated"));
    let described = described.unwrap();
    assert_eq!((described.family, described.dim), ("dinov3", 128));
    assert_eq!(
        (described.input.default, described.input.multiple_of),
        (64, 16)
    );
    assert_eq!(described.text_tokens, None);
}

/// Pictures of several grids at once: each is turned by its own.
#[test]
fn a_picture_is_the_same_in_any_batch() {
    for precision in PRECISIONS {
        let model = load_as(precision, &fixtures().join("gated"), 3);
        let pictures = [image(1, 64, 64), image(2, 96, 160), image(3, 16, 32)];
        let all = embed(&*model, &pictures.iter().collect::<Vec<_>>());
        for (picture, expected) in pictures.iter().zip(&all) {
            assert_eq!(&embed(&*model, &[picture])[0], expected, "{precision}");
        }
    }
}

/// Real sizes: `python tools/golden_dinov3.py models target/models`, then
/// `cargo test --release --test suite -- --ignored --nocapture dinov3`.
#[test]
#[ignore = "needs models of real size, which are too large to commit"]
fn real_sizes_of_dinov3() {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/models");
    for name in ["small", "small-plus", "base", "large"] {
        if !models.join(format!("dinov3-{name}")).exists() {
            println!("dinov3-{name}: skipped, not made");
            continue;
        }
        for precision in PRECISIONS {
            let least = check(&models.join(format!("dinov3-{name}")), precision);
            println!("dinov3-{name}, {precision}: {least:.7}");
        }
    }
}
