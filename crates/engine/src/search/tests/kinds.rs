//! A graph index answers as the exact one does, in a collection as by itself.

use super::*;

/// Numbers that look random, the same every time.
pub(super) fn values(seed: u32) -> impl Iterator<Item = f32> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as f32 / u32::MAX as f32 - 0.5
    })
}

/// Two collections of the same 400 sheets, an exact and an approximate one.
fn fixture(metric: &str) -> Fixture {
    let fixture = Fixture::new();
    let collections =
        ["flat", "hnsw"].map(|kind| fixture.collection_of_kind(kind, 16, metric, kind));
    for sheet in 0..400 {
        let vector: Vec<f32> = values(sheet).take(16).collect();
        for collection in &collections {
            let group = format!("USD{}", 900_000 + sheet / 8);
            fixture.add(collection, &group, sheet % 8, &vector);
        }
    }
    fixture
}

/// File names and scores, the best group first.
fn found(fixture: &Fixture, collection: &str, request: &SearchRequest) -> Vec<(String, f32)> {
    let request = SearchRequest {
        collections: vec![collection.to_owned()],
        ..request.clone()
    };
    let answer = fixture.engine.search().run(&request).unwrap();
    let groups = answer.results.into_iter();
    groups
        .flat_map(|group| group.pages)
        .map(|page| (page.file_name, page.score))
        .collect()
}

#[test]
fn the_same_pages_are_found_with_the_same_scores() {
    for metric in ["cosine", "ip", "l2"] {
        let fixture = fixture(metric);
        for seed in 1000..1010 {
            let vector: Vec<f32> = values(seed).take(16).collect();
            let plain = request(&vector, &[], Limit::Items(10));
            let of_few = SearchRequest {
                filter: ItemFilter {
                    patent_id: vec!["USD900003".into(), "USD900017".into()],
                    ..ItemFilter::default()
                },
                ..plain.clone()
            };
            let with_front_pages = SearchRequest {
                include_front_page: true,
                ..plain.clone()
            };
            let grouped = request(&vector, &[], Limit::Groups(5));
            for asked in [plain, of_few, with_front_pages, grouped] {
                let asked = SearchRequest {
                    min_score: (metric != "l2").then_some(-100.0),
                    ..asked
                };
                let exact = found(&fixture, "flat", &asked);
                assert!(!exact.is_empty());
                assert_eq!(found(&fixture, "hnsw", &asked), exact, "{metric}, {seed}");
            }
        }
    }
}

#[test]
fn what_comes_and_goes_is_found_and_not_found() {
    let fixture = fixture("cosine");
    let catalog = fixture.engine.stores().catalog();
    let collection = catalog.collection("hnsw").unwrap();
    let vector: Vec<f32> = values(77).take(16).collect();
    let best = || found(&fixture, "hnsw", &request(&vector, &[], Limit::Items(1)));
    assert_eq!(best()[0].0, "USD900009 5.png");
    let id = fixture
        .engine
        .pictures()
        .find("USD900009 5.png", None)
        .unwrap()
        .id as u64;
    catalog
        .write(0, |tx| tx.remove_items(&collection, &[id]))
        .unwrap();
    assert_ne!(
        best().first().map(|hit| hit.0.as_str()),
        Some("USD900009 5.png")
    );
    fixture.add(&collection, "USD999999", 1, &vector);
    assert_eq!(best()[0].0, "USD999999 1.png");
    let report = fixture.engine.collections().report("hnsw").unwrap();
    assert_eq!(report.index.kind, "hnsw");
}
