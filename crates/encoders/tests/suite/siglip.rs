//! SigLIP against transformers: see `fixtures/siglip/README.md`.

use std::path::{Path, PathBuf};

use lookalike_encoders::{Precision, Registry};

use crate::clip::{compare, copy_of, embed_texts, golden};
use crate::common::{embed, embed_tokens, image, least_cosine, load_as};

const PRECISIONS: [Precision; 3] = [Precision::F32, Precision::Bf16, Precision::Int8];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/siglip")
}

fn check(folder: &Path) -> Vec<String> {
    let found = |precision| {
        let (pictures, texts) = compare(precision, folder);
        let least = least_cosine(precision);
        let subject = format!(
            "{}, {precision}: pictures {pictures:.7}, texts {texts:.7}",
            folder.display()
        );
        assert!(pictures >= least && texts >= least, "{subject}");
        subject
    };
    PRECISIONS.into_iter().map(found).collect()
}

#[test]
fn heads_in_tiles_and_texts_filled_up_on_the_right() {
    check(&fixtures().join("tiles"));
}

#[test]
fn heads_of_other_sizes_and_texts_filled_up_on_the_left() {
    check(&fixtures().join("left"));
}

#[test]
fn what_its_files_tell() {
    let described = Registry::default().describe(&fixtures().join("tiles"));
    let described = described.unwrap();
    assert_eq!((described.family, described.dim), ("siglip", 64));
    assert_eq!(described.text_tokens, Some(64));
    let model = load_as(Precision::F32, &fixtures().join("tiles"), 1);
    let sigmoid = model.texts().unwrap().sigmoid().unwrap();
    assert!((sigmoid.scale - 4.7_f32.exp()).abs() < 1e-3 && sigmoid.bias == -16.5);
    assert!((sigmoid.probability(16.5 / sigmoid.scale) - 0.5).abs() < 1e-4);
    assert!(sigmoid.probability(0.05) < 1e-3 && sigmoid.probability(0.3) > 0.999);
}

#[test]
fn a_text_and_a_picture_are_the_same_in_any_batch() {
    let texts = golden(&fixtures().join("tiles")).texts;
    let texts: Vec<&str> = texts.iter().map(|text| text.text.as_str()).collect();
    for precision in PRECISIONS {
        let model = load_as(precision, &fixtures().join("tiles"), 3);
        let all = embed_texts(&*model, &texts);
        for (text, expected) in texts.iter().zip(&all) {
            assert_eq!(&embed_texts(&*model, &[text])[0], expected, "{precision}");
        }
        let pictures = [image(1, 32, 32), image(2, 40, 64), image(3, 8, 16)];
        let all = embed(&*model, &pictures.iter().collect::<Vec<_>>());
        for (picture, expected) in pictures.iter().zip(&all) {
            assert_eq!(&embed(&*model, &[picture])[0], expected, "{precision}");
            assert_eq!(&embed_tokens(&*model, picture).cls, expected);
        }
    }
}

#[test]
fn pictures_need_no_tokenizer() {
    let folder = copy_of(&fixtures().join("left"), "tokenizer.json");
    let model = load_as(Precision::F32, folder.path(), 1);
    assert_eq!(embed(&*model, &[&image(1, 32, 32)]).len(), 1);
    let lane = model.device().whole();
    assert!(model.texts().unwrap().embed_texts(&["a"], lane).is_err());
}

/// Real size: `python tools/golden_siglip.py models target/models`, then
/// `cargo test --release --test suite -- --ignored --nocapture siglip`.
#[test]
#[ignore = "needs a model of real size, which is too large to commit"]
fn real_size_of_siglip() {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/models");
    for line in check(&models.join("siglip2-base")) {
        println!("{line}");
    }
}
