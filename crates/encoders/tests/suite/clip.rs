//! CLIP of both libraries against them: see `fixtures/clip/README.md`.

use std::fs;
use std::path::{Path, PathBuf};

use lookalike_encoders::{EmbeddedText, Embedder, LoadError, Precision, Registry, TextError};
use serde::Deserialize;

use crate::common::{cosine, embed, embed_tokens, image, least_cosine, load_as, options, vectors};

#[derive(Deserialize)]
pub(crate) struct Golden {
    size: u32,
    seeds: Vec<u64>,
    pub(crate) texts: Vec<GoldenText>,
    /// Of which no embedding was computed.
    #[serde(default)]
    only_ids: Vec<GoldenText>,
}

#[derive(Deserialize)]
pub(crate) struct GoldenText {
    pub(crate) text: String,
    ids: Vec<u32>,
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/clip")
}

pub(crate) fn golden(folder: &Path) -> Golden {
    let text = fs::read_to_string(folder.join("golden.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

pub(crate) fn embed_texts(model: &dyn Embedder, texts: &[&str]) -> Vec<EmbeddedText> {
    let lane = model.device().whole();
    model.texts().unwrap().embed_texts(texts, lane).unwrap()
}

/// The least cosines of pictures and of texts to the reference; ids are compared exactly.
pub(crate) fn compare(precision: Precision, folder: &Path) -> (f64, f64) {
    let model = load_as(precision, folder, 0);
    let dim = model.facts().description.dim;
    let golden = golden(folder);
    let least = |found: &[Vec<f32>], file: &str| {
        let expected = vectors(&folder.join(file), dim);
        assert_eq!(found.len(), expected.len());
        let pairs = found.iter().zip(&expected);
        pairs.map(|(a, b)| cosine(a, b)).fold(1.0, f64::min)
    };
    let pictures: Vec<_> = golden
        .seeds
        .iter()
        .map(|&seed| image(seed, golden.size, golden.size))
        .collect();
    let pictures = embed(&*model, &pictures.iter().collect::<Vec<_>>());
    let words = model.texts().unwrap();
    for GoldenText { text, ids } in golden.texts.iter().chain(&golden.only_ids) {
        assert_eq!(&words.token_ids(text).unwrap(), ids, "{text:?}");
    }
    let texts: Vec<&str> = golden.texts.iter().map(|text| text.text.as_str()).collect();
    let texts = embed_texts(&*model, &texts);
    let texts: Vec<Vec<f32>> = texts.into_iter().map(|text| text.embedding).collect();
    (least(&pictures, "pictures.f32"), least(&texts, "texts.f32"))
}

fn check(folder: &str) {
    for precision in [Precision::F32, Precision::Bf16, Precision::Int8] {
        let (pictures, texts) = compare(precision, &fixtures().join(folder));
        let least = least_cosine(precision);
        let subject = format!("{folder}, {precision}: pictures {pictures:.7}, texts {texts:.7}");
        assert!(pictures >= least && texts >= least, "{subject}");
    }
}

#[test]
fn quick_gelu_and_heads_of_64() {
    check("hub");
}

#[test]
fn gelu_the_old_end_token_and_a_vocabulary_with_merges() {
    check("hub-old");
}

#[test]
fn a_folder_of_open_clip() {
    check("open-clip");
}

#[test]
fn chinese_clip_with_word_pieces() {
    check("chinese");
}

#[test]
fn texts_that_a_roberta_reads() {
    check("multilingual");
}

#[test]
fn what_its_files_tell() {
    let described = |folder: &str| {
        Registry::default()
            .describe(&fixtures().join(folder))
            .unwrap()
    };
    let hub = described("hub");
    assert_eq!(
        (hub.family, hub.architecture.as_str(), hub.dim),
        ("clip", "clip", 48)
    );
    assert_eq!((hub.input.default, hub.input.multiple_of), (32, 8));
    assert_eq!(hub.text_tokens, Some(77));
    let chinese = described("chinese");
    assert_eq!(
        (chinese.architecture.as_str(), chinese.text_tokens),
        ("chinese_clip", Some(52))
    );
    let open_clip = described("open-clip");
    assert_eq!(
        (open_clip.architecture.as_str(), open_clip.dim),
        ("open_clip", 32)
    );
    let model = load_as(Precision::F32, &fixtures().join("open-clip"), 1);
    assert!((model.facts().processor.mean()[0] - 0.481_454_66).abs() < 1e-6);
}

/// The same bits whatever goes through the layers together.
#[test]
fn a_text_is_the_same_in_any_batch_and_on_any_lane() {
    let texts = golden(&fixtures().join("hub")).texts;
    let texts: Vec<&str> = texts.iter().map(|text| text.text.as_str()).collect();
    let of = |folder, precision| (folder, precision);
    for (folder, precision) in [
        of("hub", Precision::F32),
        of("hub", Precision::Bf16),
        of("hub", Precision::Int8),
        of("multilingual", Precision::F32),
        of("multilingual", Precision::Bf16),
    ] {
        let model = load_as(precision, &fixtures().join(folder), 3);
        let all = embed_texts(&*model, &texts);
        let lane = model.device().lane().unwrap();
        for (text, expected) in texts.iter().zip(&all) {
            let alone = model.texts().unwrap().embed_texts(&[text], &lane).unwrap();
            assert_eq!(&alone[0], expected, "{precision}, {text:?}");
        }
    }
}

#[test]
fn a_text_that_is_too_long_is_cut_and_says_so() {
    let model = load_as(Precision::F32, &fixtures().join("hub"), 1);
    let long = "chair ".repeat(500);
    let texts = embed_texts(&*model, &["chair", &long, &long[..2400]]);
    assert_eq!(texts[0].tokens, texts[0].read);
    assert_eq!(texts[1].read, 77);
    assert!(texts[1].tokens >= 502);
    assert_eq!(texts[1].embedding, texts[2].embedding);
    assert!(embed_texts(&*model, &[]).is_empty());
}

#[test]
fn tokens_of_patches_come_with_the_embedding_of_the_whole() {
    let model = load_as(Precision::F32, &fixtures().join("hub"), 1);
    let picture = image(1, 32, 24);
    let tokens = embed_tokens(&*model, &picture);
    assert_eq!((tokens.rows, tokens.cols, tokens.dim), (3, 4, 64));
    assert_eq!(tokens.patches.len(), 12 * 64);
    assert_eq!(tokens.cls, embed(&*model, &[&picture])[0]);
}

fn copy(folder: &str, without: &str) -> tempfile::TempDir {
    copy_of(&fixtures().join(folder), without)
}

pub(crate) fn copy_of(folder: &Path, without: &str) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name() != without {
            fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
        }
    }
    copy
}

#[test]
fn pictures_need_no_tokenizer_and_texts_say_that_they_do() {
    let folder = copy("hub", "tokenizer.json");
    let model = load_as(Precision::F32, folder.path(), 1);
    assert_eq!(embed(&*model, &[&image(1, 32, 32)]).len(), 1);
    let lane = model.device().whole();
    let error = model
        .texts()
        .unwrap()
        .embed_texts(&["a"], lane)
        .unwrap_err();
    assert!(matches!(error, TextError::NoTokenizer { .. }), "{error}");
    assert!(error.to_string().contains("tokenizer.json"), "{error}");
}

#[test]
fn a_tokenizer_that_is_broken_or_of_another_model_is_named() {
    let folder = copy("hub", "");
    fs::write(folder.path().join("tokenizer.json"), "{}").unwrap();
    let load = |folder: &Path| Registry::default().load(folder, &options(Precision::F32, 1));
    let Err(error) = load(folder.path()) else {
        panic!("{{}} is no tokenizer")
    };
    assert!(
        error.to_string().contains("tokenizer.json: malformed"),
        "{error}"
    );

    // The larger vocabulary of the other model has tokens that this one knows nothing of.
    let folder = copy("open-clip", "");
    let other = fixtures().join("hub/tokenizer.json");
    fs::copy(other, folder.path().join("tokenizer.json")).unwrap();
    let model = load(folder.path()).unwrap();
    let lane = model.device().whole();
    let error = model
        .texts()
        .unwrap()
        .embed_texts(&["chair"], lane)
        .unwrap_err();
    assert!(matches!(error, TextError::Tokens { .. }), "{error}");
}

#[test]
fn a_pickle_is_refused_with_what_to_do() {
    let folder = copy("open-clip", "open_clip_model.safetensors");
    fs::write(folder.path().join("open_clip_pytorch_model.bin"), "pickle").unwrap();
    let Err(error) = Registry::default().load(folder.path(), &options(Precision::F32, 1)) else {
        panic!("there are no weights")
    };
    assert!(matches!(error, LoadError::NotFound { .. }), "{error}");
    assert!(
        error.to_string().contains("safetensors.torch.save_file"),
        "{error}"
    );
}

/// Real sizes and a thousand texts: `python tools/golden_clip.py models target/models`, then
/// `cargo test --release --test suite -- --ignored --nocapture clip`.
#[test]
#[ignore = "needs models of real size, which are too large to commit"]
fn real_sizes() {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/models");
    for name in [
        "clip-vit-b-32",
        "clip-vit-b-16",
        "clip-vit-l-14",
        "patentclip-b-32",
        "chinese-clip-b-16",
        "xlmr-clip-b-32",
    ] {
        if !models.join(name).exists() {
            println!("{name}: skipped, not made");
            continue;
        }
        for precision in [Precision::F32, Precision::Bf16, Precision::Int8] {
            let (pictures, texts) = compare(precision, &models.join(name));
            println!("{name}, {precision}: pictures {pictures:.7}, texts {texts:.7}");
            let least = least_cosine(precision);
            assert!(pictures >= least && texts >= least, "{name}, {precision}");
        }
    }
}
