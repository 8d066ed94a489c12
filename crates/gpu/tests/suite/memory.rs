//! A card of which only so much memory may be used.

use std::sync::Arc;

use lookalike_encoders::{DeviceError, LoadError, Precision, Registry};
use lookalike_gpu::{Card, CardOptions};
use lookalike_imaging::RgbImage;

use crate::common::{card_with, cosine, embed, fixture, image, least, load, options};

/// The adapter of the other tests, with a bound on its memory.
fn bounded(bytes: u64) -> Option<Arc<Card>> {
    card_with(CardOptions {
        memory: Some(bytes),
    })
}

#[test]
fn weights_without_room_are_an_error_that_says_so() {
    let Some(card) = bounded(1000) else { return };
    let options = options(Precision::F32, Some(&card));
    let error = Registry::default()
        .load(&fixture("dinov2/gelu"), &options)
        .err()
        .unwrap();
    assert!(
        matches!(error, LoadError::Device(DeviceError::Memory { .. })),
        "{error}"
    );
    let text = error.to_string();
    assert!(
        text.contains("out of memory") && text.contains("1000 are allowed"),
        "{text}"
    );
    assert_eq!(card.memory_in_use(), 0);
}

#[test]
fn batches_without_room_are_halved_and_nothing_is_lost() {
    let path = fixture("dinov2/gelu");
    let Some(card) = card_with(CardOptions::default()) else {
        return;
    };
    let pictures: Vec<RgbImage> = (0..16).map(|seed| image(seed, 140, 140)).collect();
    let references: Vec<&RgbImage> = pictures.iter().collect();
    let alone = load(&path, Precision::F32, Some(&card));
    alone
        .embed(&references[..3], alone.device().whole())
        .unwrap();
    let room = card.memory_in_use();

    let Some(card) = bounded(room) else { return };
    let model = load(&path, Precision::F32, Some(&card));
    let found = model.embed(&references, model.device().whole()).unwrap();
    let expected = embed(&*load(&path, Precision::F32, None), &references);
    for (found, expected) in found.iter().zip(&expected) {
        assert!(cosine(found, expected) >= least(Precision::F32));
    }
    let device = model.device();
    assert_eq!(device.name(), card.summary().name);
    let notes = device.notes().join("\n");
    assert!(
        notes.contains("out of memory") && notes.contains("batches have"),
        "{notes}"
    );
    assert!(model.batch_size(140, device.whole()) < 16);
    assert!(card.memory_in_use() <= room);
}

#[test]
fn memory_comes_back_with_the_last_model() {
    let Some(card) = card_with(CardOptions::default()) else {
        return;
    };
    let model = load(&fixture("dinov2/gelu"), Precision::F32, Some(&card));
    embed(&*model, &[&image(1, 56, 56)]);
    assert!(card.memory_in_use() > 0);
    drop(model);
    assert_eq!(card.memory_in_use(), 0);
}
