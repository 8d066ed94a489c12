//! Every family's models against the same on the CPU in f32, which is compared with the models' own
//! libraries in `lookalike-encoders`.

use lookalike_encoders::{Accelerator, Builtin, Embedder, Precision, Registry};
use lookalike_imaging::RgbImage;

use crate::common::{card, cosine, embed, fixture, image, least, load, options, precisions};

/// Pictures of several sizes through a model on the card, embeddings and tokens.
fn check(model: &dyn Embedder, expected: &dyn Embedder, subject: &str) {
    let precision = model.facts().precision;
    assert_eq!(model.facts().fingerprint, expected.facts().fingerprint);
    let multiple = model.facts().description.input.multiple_of.max(7);
    let pictures: Vec<RgbImage> = (1..)
        .zip([(4, 4), (6, 3), (1, 1), (3, 7), (4, 4)])
        .map(|(seed, (columns, rows))| image(seed, columns * multiple, rows * multiple))
        .collect();
    let references: Vec<&RgbImage> = pictures.iter().collect();
    let mut worst = 1.0_f64;
    let (found, wanted) = (embed(model, &references), embed(expected, &references));
    for (found, wanted) in found.iter().zip(&wanted) {
        worst = worst.min(cosine(found, wanted));
    }
    let tokens = |model: &dyn Embedder| {
        let lane = model.device().whole();
        model
            .patches()
            .unwrap()
            .embed_patches(&references, lane)
            .unwrap()
    };
    for (found, wanted) in tokens(model).iter().zip(tokens(expected)) {
        assert_eq!(
            (found.rows, found.cols, found.dim),
            (wanted.rows, wanted.cols, wanted.dim)
        );
        worst = worst.min(cosine(&found.cls, &wanted.cls));
        let pairs = found
            .patches
            .chunks(found.dim)
            .zip(wanted.patches.chunks(wanted.dim));
        for (found, wanted) in pairs {
            worst = worst.min(cosine(found, wanted));
        }
    }
    println!("{subject}, {precision}: least cosine {worst:.7}");
    assert!(worst >= least(precision), "{subject}, {precision}: {worst}");
}

fn check_folders(family: &str, names: &[&str]) {
    let Some(card) = card() else { return };
    for name in names {
        let path = fixture(&format!("{family}/{name}"));
        let expected = load(&path, Precision::F32, None);
        for precision in precisions(&card) {
            let model = load(&path, precision, Some(&card));
            assert_eq!(model.device().name(), card.name());
            check(&*model, &*expected, &format!("{family}/{name}"));
        }
    }
}

#[test]
fn dinov2_without_and_with_registers() {
    check_folders(
        "dinov2",
        &[
            "gelu",
            "swiglu-registers",
            "swiglu-no-bias",
            "registers-sharded",
            "bf16",
            "f16",
            "npz/model.npz",
            "npz-bf16/model.npz",
            "npz-prefix-f16/model.npz",
        ],
    );
}

#[test]
fn dinov3_with_rotary_positions() {
    check_folders("dinov3", &["plain", "gated"]);
}

const CLIPS: [&str; 4] = ["hub", "hub-old", "open-clip", "multilingual"];

#[test]
fn clip_and_siglip_pictures() {
    check_folders("clip", &CLIPS);
    check_folders("siglip", &["tiles", "left"]);
}

#[test]
fn clip_and_siglip_texts() {
    let Some(card) = card() else { return };
    let clips = CLIPS.iter().map(|name| format!("clip/{name}"));
    for name in clips.chain(["siglip/tiles".to_owned(), "siglip/left".to_owned()]) {
        let texts = [
            "a chair",
            "the design of a lamp with three feet, seen from above",
            "x",
        ];
        let embed = |model: &dyn Embedder| {
            let lane = model.device().whole();
            model.texts().unwrap().embed_texts(&texts, lane).unwrap()
        };
        let expected = embed(&*load(&fixture(&name), Precision::F32, None));
        for precision in precisions(&card) {
            let found = embed(&*load(&fixture(&name), precision, Some(&card)));
            let pairs = found.iter().zip(&expected);
            let worst = pairs
                .map(|(found, wanted)| cosine(&found.embedding, &wanted.embedding))
                .fold(1.0, f64::min);
            println!("{name}, texts, {precision}: least cosine {worst:.7}");
            assert!(worst >= least(precision), "{name}, {precision}: {worst}");
        }
    }
}

#[test]
fn neither_batch_nor_thread_changes_a_bit() {
    let Some(card) = card() else { return };
    for precision in precisions(&card) {
        let model = load(&fixture("dinov2/swiglu-registers"), precision, Some(&card));
        let sizes = [(56, 56), (140, 70), (14, 14), (56, 56), (70, 140)];
        let pictures: Vec<RgbImage> = (1..)
            .zip(sizes)
            .map(|(seed, (width, height))| image(seed, width, height))
            .collect();
        let references: Vec<&RgbImage> = pictures.iter().collect();
        let alone: Vec<Vec<f32>> = references
            .iter()
            .map(|picture| embed(&*model, &[picture]).swap_remove(0))
            .collect();
        assert_eq!(embed(&*model, &references), alone, "{precision}");
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..3 {
                        assert_eq!(embed(&*model, &references), alone, "{precision}");
                    }
                });
            }
        });
    }
}

#[test]
fn the_builtin_models_embed_alike() {
    let Some(card) = card() else { return };
    for which in [Builtin::Current, Builtin::First] {
        let load = |precision, card| {
            let options = options(precision, card);
            Registry::default().builtin(which, &options).unwrap()
        };
        let expected = load(Precision::F32, None);
        for precision in precisions(&card) {
            let model = load(precision, Some(&card));
            check(&*model, &*expected, which.name());
        }
    }
}
