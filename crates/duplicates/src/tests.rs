//! Duplicates among hand-made vectors.

use lookalike_catalog::{Collection, Content, IndexKind, Metric, NewCollection, NewItem, Placed};

use super::*;
use lookalike_engine::library::Selection;
use lookalike_engine::{Engine, ErrorKind};

struct Fixture {
    whole: lookalike_engine::fixture::Fixture,
    collection: Collection,
    duplicates: Duplicates,
}

impl Fixture {
    fn new() -> Self {
        let whole = lookalike_engine::fixture::Fixture::new();
        let spec = NewCollection {
            name: "default".into(),
            model: None,
            model_fingerprint: None,
            dim: 2,
            preprocess: None,
            size: None,
            metric: Metric::Cosine,
            index_kind: IndexKind::Flat,
            normalize: true,
        };
        let collection = whole
            .engine
            .stores()
            .catalog()
            .write(0, |tx| tx.create_collection(&spec))
            .unwrap();
        let duplicates = Duplicates::new(&whole.engine);
        Self {
            whole,
            collection,
            duplicates,
        }
    }

    fn engine(&self) -> &Engine {
        &self.whole.engine
    }

    /// A picture of that content, side and direction in degrees.
    fn add(&self, md5: &str, side: u32, angle: f32, sheet: Option<(&str, &str)>) -> u64 {
        let item = NewItem {
            content: Content {
                md5: md5.into(),
                width: side,
                height: side,
                file_size: 1,
                format: "png".into(),
                original_key: None,
                turn: None,
                page: None,
            },
            external_id: None,
            file_name: format!("{md5}.png"),
            path: None,
            patent_id: sheet.map(|(patent, _)| patent.to_owned()),
            page_num: sheet.map(|(_, page)| page.to_owned()),
            image_index: None,
            view: None,
            front_page: sheet.is_some_and(|(_, page)| page == "D00000"),
            description: None,
            tags: Vec::new(),
            attributes: serde_json::Map::new(),
            warnings: Vec::new(),
        };
        let (sine, cosine) = angle.to_radians().sin_cos();
        let placed = self.engine().stores().catalog().write(0, |tx| {
            tx.place_item(&self.collection, &item, Some(&[cosine, sine]))
        });
        match placed.unwrap() {
            Placed::Added(id) => id.unsigned_abs(),
            other => panic!("{other:?}"),
        }
    }

    fn request(&self, degrees: f32, same_patent: bool) -> DuplicatesRequest {
        DuplicatesRequest {
            collection: "default".into(),
            threshold: Some(degrees.to_radians().cos()),
            same_patent,
            across_patents: true,
        }
    }

    /// Representative and members of each group.
    fn groups(&self, degrees: f32, same_patent: bool) -> Vec<(u64, Vec<u64>)> {
        let request = self.request(degrees, same_patent);
        let pairs = self
            .duplicates
            .find_pairs(&request, &SearchProgress::default());
        let grouping = groups::Grouping {
            stores: self.engine().stores(),
            library: self.engine().library(),
        };
        let groups = grouping.groups(&pairs.unwrap()).unwrap();
        let ids = |group: &groups::Group| group.members.iter().map(|(id, _)| *id).collect();
        groups
            .iter()
            .map(|group| (group.representative, ids(group)))
            .collect()
    }
}

#[test]
fn groups_are_stars_around_the_largest_picture_without_chains() {
    let fixture = Fixture::new();
    // Each is near the next, the first and the last are not near each other.
    let chain: Vec<u64> = (0..5)
        .map(|step| fixture.add(&format!("c{step}"), 10, step as f32 * 8.0, None))
        .collect();
    assert_eq!(
        fixture.groups(10.0, false),
        [(chain[0], vec![chain[1]]), (chain[2], vec![chain[3]])]
    );
    // A larger one in the middle draws those around it.
    let large = fixture.add("large", 99, 17.0, None);
    assert_eq!(
        fixture.groups(10.0, false),
        [(large, vec![chain[2], chain[3], chain[1]])]
    );
}

#[test]
fn same_bytes_count_always_and_front_pages_never() {
    let fixture = Fixture::new();
    let one = fixture.add("same", 10, 0.0, Some(("USD1", "D00001")));
    let two = fixture.add("same", 10, 0.0, Some(("USD1", "D00002")));
    fixture.add("same", 10, 0.0, Some(("USD1", "D00000")));
    let near = fixture.add("near", 10, 3.0, Some(("USD1", "D00003")));
    let other = fixture.add("other", 10, 4.0, Some(("USD2", "D00001")));
    assert_eq!(fixture.groups(10.0, false), [(one, vec![two, other])]);
    assert_eq!(fixture.groups(10.0, true), [(one, vec![two, near, other])]);
}

#[test]
fn sheets_of_different_patents_are_none_unless_asked_for_and_copies_come_first() {
    let fixture = Fixture::new();
    let one = fixture.add("one", 10, 0.0, Some(("USD1", "D00001")));
    fixture.add("two", 10, 1.0, Some(("USD2", "D00001")));
    // The same bytes in another patent are that patent's sheet.
    fixture.add("one", 10, 0.0, Some(("USD2", "D00002")));
    let photos: Vec<u64> = (0..3)
        .map(|step| fixture.add(&format!("p{step}"), 10, 90.0 + step as f32, None))
        .collect();
    let copies = [(); 2].map(|()| fixture.add("copied", 10, 200.0, None));
    let request = DuplicatesRequest {
        across_patents: false,
        ..fixture.request(10.0, false)
    };
    let duplicates = &fixture.duplicates;
    let found = |request| {
        let pairs = duplicates.find_pairs(request, &SearchProgress::default());
        let groups = duplicates.groups(&pairs.unwrap()).unwrap().into_iter();
        let groups = groups.map(|group| group.representative.item.id.unsigned_abs());
        groups.collect::<Vec<u64>>()
    };
    assert_eq!(found(&request), [copies[0], photos[0]]);
    assert_eq!(
        found(&fixture.request(10.0, false)),
        [one, copies[0], photos[0]]
    );
}

#[test]
fn decisions_are_remembered_and_deletions_seen_without_searching_again() {
    let fixture = Fixture::new();
    let engine = fixture.engine();
    let ids: Vec<u64> = (0..3)
        .map(|step| fixture.add(&format!("c{step}"), 10, step as f32, None))
        .collect();
    let duplicates = &fixture.duplicates;
    let request = fixture.request(10.0, false);
    let ready = || loop {
        let report = duplicates.report(&request, 1, 20).unwrap();
        if report.status == SearchState::Ready {
            return report.found;
        }
        assert!(report.found.groups.is_empty() && !report.found.is_complete);
        std::thread::sleep(std::time::Duration::from_millis(2));
    };
    let first = ready();
    assert_eq!((first.total, first.groups[0].size), (1, 3));
    assert!(first.is_complete && first.groups[0].members[0].score.is_some());
    let apart = Decision::NotDuplicate {
        items: vec![ids[0], ids[1]],
    };
    duplicates.decide(&apart).unwrap();
    let shown = |page: &DuplicatePage| -> Vec<i64> {
        let members = page.groups.iter().flat_map(|group| &group.members);
        members.map(|member| member.item.item.id).collect()
    };
    // Nothing is searched for: the answer is there at once.
    let report = duplicates.report(&request, 1, 20).unwrap();
    assert_eq!(report.status, SearchState::Ready);
    let report = report.found;
    assert_eq!(shown(&report), [ids[2] as i64]);
    let keep = Decision::Keep {
        keep: ids[0],
        delete: vec![ids[2]],
    };
    assert_eq!(duplicates.decide(&keep).unwrap().deleted, 1);
    let report = duplicates.report(&request, 1, 20).unwrap();
    assert_eq!(report.status, SearchState::Ready);
    let report = report.found;
    assert_eq!(report.total, 0);
    // What comes is searched for.
    fixture.add("new", 10, 1.5, None);
    let report = duplicates.report(&request, 1, 20).unwrap();
    assert_eq!(report.status, SearchState::Running);
    assert_eq!(ready().total, 1);
    engine.library().delete("default", &Selection::All).unwrap();
    assert_eq!(ready().total, 0);
    for wrong in [
        Decision::NotDuplicate { items: vec![1] },
        Decision::Keep {
            keep: 1,
            delete: vec![1],
        },
        Decision::Keep {
            keep: 1,
            delete: Vec::new(),
        },
    ] {
        let error = duplicates.decide(&wrong).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{wrong:?}");
    }
}

#[test]
fn a_cancelled_search_ends_and_thresholds_are_bounded() {
    let fixture = Fixture::new();
    fixture.add("one", 10, 0.0, None);
    let progress = SearchProgress::default();
    progress.cancel.cancel();
    let stopped = fixture
        .duplicates
        .find_pairs(&fixture.request(10.0, false), &progress);
    assert_eq!(stopped.unwrap_err().kind(), ErrorKind::Conflict);
    for threshold in [0.2, 1.5, f32::NAN] {
        let request = DuplicatesRequest {
            threshold: Some(threshold),
            ..fixture.request(1.0, false)
        };
        let refused = fixture
            .duplicates
            .find_pairs(&request, &SearchProgress::default());
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidInput);
    }
}

/// Against comparing every pair, for more near ones than are asked for at first.
#[test]
fn every_pair_is_found_among_many() {
    let fixture = Fixture::new();
    let mut angles = Vec::new();
    for number in 0..300 {
        let angle = (number * 7919 % 997) as f32 * 0.36;
        fixture.add(&format!("c{number}"), 10, angle, None);
        angles.push(angle);
    }
    let pairs = fixture
        .duplicates
        .find_pairs(&fixture.request(30.0, false), &SearchProgress::default())
        .unwrap();
    let mut expected = 0;
    for (place, one) in angles.iter().enumerate() {
        for other in &angles[place + 1..] {
            let apart = (one - other).abs();
            let apart = apart.min(360.0 - apart);
            assert!((apart - 30.0).abs() > 1e-3, "no pair at the very edge");
            expected += usize::from(apart < 30.0);
        }
    }
    assert_eq!(pairs.near.len(), expected);
    assert!(pairs.is_complete && expected > 300 * 32 / 2);
}
