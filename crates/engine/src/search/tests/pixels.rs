//! Searches by pictures of few bytes and many pixels.

use lookalike_imaging::{RgbImage, encode_png};

use super::*;
use crate::CollectionSettings;

/// A blank sheet: more than half of the memory for pixels that tests have.
const SIDE: u32 = 6_000;

/// A file of a few kilobytes.
fn sheet(ink: u8) -> Vec<u8> {
    let mut levels = vec![255; (SIDE * SIDE) as usize];
    levels[..100_000].fill(ink);
    encode_png(&RgbImage::from_grey(SIDE, SIDE, levels).unwrap()).unwrap()
}

fn request(sheets: impl IntoIterator<Item = Vec<u8>>) -> SearchRequest {
    let query = |bytes| Query::Image(QueryFile::new(None, bytes));
    SearchRequest {
        queries: sheets.into_iter().map(query).collect(),
        ..SearchRequest::default()
    }
}

#[test]
fn of_many_large_pictures_one_at_a_time_is_in_memory_and_their_pixels_are_bounded() {
    let fixture = crate::fixture::Fixture::new();
    let engine = &fixture.engine;
    let settings = CollectionSettings::default();
    engine.collections().create("default", &settings).unwrap();
    // Each waits for memory that the one before has to give back, or it waits for ever.
    let few = request([sheet(0), sheet(1), sheet(2)]);
    assert!(engine.search().run(&few).is_ok());
    let regions = SearchRequest {
        regions: vec!["0,0,1,1".parse().unwrap()],
        ..request([sheet(3), sheet(4)])
    };
    assert!(engine.search().run(&regions).is_ok());
    assert!(
        fixture
            .engine
            .stores()
            .budget()
            .try_acquire(u64::MAX)
            .is_some()
    );
    let many = request(std::iter::repeat_n(sheet(0), 12));
    let refused = engine.search().run(&many).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::TooLarge);
    assert!(
        refused
            .to_string()
            .contains("432 megapixels together, above the limit of 400"),
        "{refused}"
    );
}
