//! Results are the same bits whatever the batch and the number of threads.

use std::sync::Arc;
use std::thread;

use lookalike_encoders::{Builtin, EmbedError, Precision, Registry};
use lookalike_imaging::RgbImage;

use crate::common::{cosine, embed, embed_tokens, fixtures, image, load, load_as, options};

/// Images of several sizes, large enough for several tasks per thread.
fn images() -> Vec<RgbImage> {
    let sizes = [
        (56, 56),
        (280, 140),
        (14, 14),
        (140, 280),
        (56, 56),
        (420, 420),
    ];
    (1..)
        .zip(sizes)
        .map(|(seed, (width, height))| image(seed, width, height))
        .collect()
}

fn bits(embeddings: &[Vec<f32>]) -> Vec<Vec<u32>> {
    embeddings
        .iter()
        .map(|e| e.iter().map(|x| x.to_bits()).collect())
        .collect()
}

#[test]
fn neither_batch_nor_threads_change_a_bit() {
    for (precision, model) in [
        (Precision::F32, "gelu"),
        (Precision::F32, "swiglu-registers"),
        (Precision::Bf16, "npz-prefix-f16/model.npz"),
        (Precision::Bf16, "npz-bf16/model.npz"),
        (Precision::Int8, "npz-prefix-f16/model.npz"),
    ] {
        let folder = format!("{model}, {precision}");
        let path = fixtures().join(model);
        let load = |threads| load_as(precision, &path, threads);
        let images = images();
        let references: Vec<&RgbImage> = images.iter().collect();
        let alone = load(1);
        let expected: Vec<Vec<f32>> = references
            .iter()
            .map(|image| embed(&*alone, &[image]).swap_remove(0))
            .collect();
        for threads in [1, 2, 3, 7] {
            let model = load(threads);
            let batch = embed(&*model, &references);
            assert_eq!(bits(&batch), bits(&expected), "{folder}, {threads} threads");
            let reversed: Vec<&RgbImage> = references.iter().rev().copied().collect();
            let mut reversed = embed(&*model, &reversed);
            reversed.reverse();
            assert_eq!(
                bits(&reversed),
                bits(&expected),
                "{folder}, {threads} threads, reversed"
            );
            let lane = model.device().lane().unwrap();
            let within = lane.run(|| model.embed(&references, &lane).unwrap());
            assert_eq!(bits(&within), bits(&expected), "{folder}, on one thread");
            let from_without = model.embed(&references, &lane).unwrap();
            assert_eq!(
                bits(&from_without),
                bits(&expected),
                "{folder}, from another"
            );
        }
        for (image, expected) in images.iter().zip(&expected) {
            let tokens = embed_tokens(&*load(2), image);
            assert_eq!(
                bits(&[tokens.cls]),
                bits(std::slice::from_ref(expected)),
                "{folder}"
            );
        }
    }
}

#[test]
fn batches_beyond_the_limit_of_tokens_are_cut() {
    let model = load(&fixtures().join("f16"), 2);
    let images: Vec<RgbImage> = (0..12).map(|seed| image(seed, 420, 420)).collect();
    let references: Vec<&RgbImage> = images.iter().collect();
    let batch = embed(&*model, &references);
    assert_eq!(batch.len(), 12);
    assert_eq!(batch[11], embed(&*model, &[&images[11]])[0]);
}

#[test]
fn calls_from_several_threads_do_not_mix() {
    let model = load(&fixtures().join("gelu"), 2);
    let workers: Vec<_> = (0..4)
        .map(|seed| {
            let model = Arc::clone(&model);
            thread::spawn(move || {
                let image = image(seed, 140, 56);
                let first = embed(&*model, &[&image]);
                (0..10).all(|_| embed(&*model, &[&image]) == first)
            })
        })
        .collect();
    assert!(workers.into_iter().all(|worker| worker.join().unwrap()));
}

#[test]
fn no_images_give_no_embeddings() {
    let model = load(&fixtures().join("gelu"), 1);
    assert!(embed(&*model, &[]).is_empty());
}

#[test]
fn sizes_are_checked() {
    let model = load(&fixtures().join("gelu"), 1);
    let whole = model.device().whole();
    let error = model
        .embed(&[&image(1, 14, 14), &image(1, 15, 28)], whole)
        .unwrap_err();
    assert!(matches!(
        error,
        EmbedError::Size {
            index: 1,
            width: 15,
            height: 28,
            patch: 14
        }
    ));
    assert_eq!(
        error.to_string(),
        "image 1 is 15 x 28 pixels; both sides must be multiples of the patch, 14"
    );
    let long = RgbImage::filled(14 * 70_000, 14, [9; 3]);
    let error = model.embed(&[&long], whole).unwrap_err();
    assert!(
        matches!(
            error,
            EmbedError::TooLarge {
                patches: 70_000,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn the_builtin_models_work_and_say_that_they_are_trained() {
    for (which, dim, size) in [(Builtin::Current, 256, 320), (Builtin::First, 192, 112)] {
        let load = |precision| {
            let options = options(precision, 2);
            Registry::default().builtin(which, &options).unwrap()
        };
        let model = load(Precision::F32);
        let description = &model.facts().description;
        assert_eq!((description.dim, description.input.default), (dim, size));
        assert!(description.extra.trained);
        let described = Registry::default().describe_builtin(which).unwrap();
        assert_eq!(described, *description);
        let pictures = [&image(1, size, size), &image(2, size, size)];
        let embeddings = embed(&*model, &pictures);
        assert!(embeddings.iter().flatten().all(|x| x.is_finite()));
        assert_ne!(embeddings[0], embeddings[1]);
        let halves = embed(&*load(Precision::Bf16), &pictures);
        for (half, single) in halves.iter().zip(&embeddings) {
            assert!(cosine(half, single) > 0.9995, "{}", cosine(half, single));
        }
    }
}
