//! Lists in order, against sorting; what people change; what facets are counted from.

use std::cmp::Ordering;

use super::*;

const KEYS: [SortKey; 6] = [
    SortKey::Id,
    SortKey::CreatedAt,
    SortKey::FileName,
    SortKey::PatentId,
    SortKey::PubDate,
    SortKey::FileSize,
];

/// Numbers that look random: SplitMix64.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end
    }
}

/// Items of few values each, so that most keys are shared, in two collections in turn.
pub(super) fn filled(seed: u64) -> Fixture {
    let fixture = Fixture::new();
    let mut random = Random(seed);
    let other = fixture
        .catalog
        .write(NOW, |tx| tx.create_collection(&spec("other")))
        .unwrap();
    for number in 0..random.below(120) {
        let patent = (random.below(3) > 0).then(|| format!("USD{:07}", random.below(9)));
        if let Some(patent_id) = patent.clone().filter(|_| random.below(4) > 0) {
            let patent = Patent {
                patent_id,
                pub_date: (random.below(3) > 0).then(|| 20_200_101 + random.below(4) as u32),
                ..Patent::default()
            };
            fixture
                .catalog
                .write(NOW, |tx| tx.upsert_patent(&patent))
                .unwrap();
        }
        let mut item = picture(&format!("{}", random.below(40)), "/p/x");
        item.path = None;
        item.file_name = format!("{}.png", random.below(10));
        item.content.file_size = 1000 + item.content.md5.parse::<u64>().unwrap() % 5;
        item.patent_id = patent;
        item.page_num = Some(format!("D{number:05}"));
        let collection = match random.below(4) {
            0 => &other,
            _ => &fixture.collection,
        };
        let now = NOW + random.below(5) as i64;
        fixture
            .catalog
            .write(now, |tx| {
                tx.place_item(collection, &item, Some(&[1.0_f32, 2.0, 3.0]))
            })
            .unwrap();
    }
    fixture
}

/// By key, what has none last, ties by id.
fn compare(a: &Item, b: &Item, key: SortKey, direction: Direction) -> Ordering {
    let turn = |ordering: Ordering| match direction {
        Direction::Asc => ordering,
        Direction::Desc => ordering.reverse(),
    };
    let optional = |a: Option<String>, b: Option<String>| match (a, b) {
        (Some(a), Some(b)) => turn(a.cmp(&b)),
        (a, b) => b.is_some().cmp(&a.is_some()),
    };
    let by_key = match key {
        SortKey::Id => Ordering::Equal,
        SortKey::CreatedAt => turn(a.created_at.cmp(&b.created_at)),
        SortKey::FileName => turn(a.file_name.cmp(&b.file_name)),
        SortKey::PatentId => optional(a.patent_id.clone(), b.patent_id.clone()),
        SortKey::PubDate => {
            let date = |item: &Item| item.patent.pub_date.map(|date| date.to_string());
            optional(date(a), date(b))
        }
        SortKey::FileSize => turn(a.file_size.cmp(&b.file_size)),
    };
    by_key.then(turn(a.id.cmp(&b.id)))
}

#[test]
fn every_page_of_every_order_is_that_of_a_sorted_list() {
    for seed in 0..12 {
        let fixture = filled(seed);
        let (catalog, collection) = (&fixture.catalog, &fixture.collection);
        let ids = fixture.matching(&ItemFilter::default());
        let items = catalog.items(&ids).unwrap();
        assert_eq!(catalog.count_items(collection).unwrap(), ids.len() as u64);
        let odd = |id: u64| id % 2 == 1;
        let odd_ids: Vec<u64> = ids.iter().copied().filter(|&id| odd(id)).collect();
        let everything = |_: u64| true;
        for (among, of_odd) in [
            (Among::All, false),
            (Among::Passing(Passing::new(&everything)), false),
            (Among::Few(&odd_ids), true),
            (Among::Passing(Passing::new(&odd)), true),
        ] {
            for key in KEYS {
                for direction in [Direction::Asc, Direction::Desc] {
                    let mut sorted: Vec<&Item> = items
                        .iter()
                        .filter(|item| !of_odd || odd(item.id as u64))
                        .collect();
                    sorted.sort_by(|a, b| compare(a, b, key, direction));
                    let sorted: Vec<u64> = sorted.iter().map(|item| item.id as u64).collect();
                    for offset in (0..=sorted.len() + 7).step_by(7) {
                        let window = Window {
                            offset: offset as u64,
                            limit: 7,
                        };
                        let page = catalog
                            .sorted_items(collection, among, key, direction, window)
                            .unwrap();
                        let end = (offset + 7).min(sorted.len());
                        let expected = sorted.get(offset..end).unwrap_or_default();
                        assert_eq!(page, expected, "{seed} {key:?} {direction:?} {offset}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_walk_by_date_keeps_to_the_days_asked_for() {
    let fixture = filled(3);
    let (from, to) = (20_200_102, 20_200_103);
    let filter = ItemFilter {
        pub_date_from: Some(from),
        pub_date_to: Some(to),
        ..ItemFilter::default()
    };
    let ids = fixture.matching(&filter);
    assert!(!ids.is_empty());
    let passes = |id: u64| ids.contains(&id);
    let page = |among| {
        let window = Window {
            offset: 0,
            limit: 100,
        };
        fixture
            .catalog
            .sorted_items(
                &fixture.collection,
                among,
                SortKey::PubDate,
                Direction::Desc,
                window,
            )
            .unwrap()
    };
    let within = Passing {
        passes: &passes,
        pub_date_from: Some(from),
        pub_date_to: Some(to),
    };
    assert_eq!(page(Among::Passing(within)), page(Among::Few(&ids)));
}

#[test]
fn changes_leave_what_they_do_not_name_and_empty_what_they_clear() {
    let fixture = Fixture::new();
    let mut item = sheet("aa", "/a.png", "USD0000001", "D00001");
    item.image_index = Some(1);
    item.tags = vec!["old".into()];
    let id = id(fixture.place(&item));
    let change = |changes: &ItemChanges| {
        let done = fixture.catalog.write(NOW, |tx| tx.change_item(id, changes));
        assert!(done.unwrap());
        fixture.catalog.items(&[id]).unwrap().pop().unwrap()
    };
    let after = change(&ItemChanges {
        description: Some(Some("a watch band".into())),
        page_num: Some(Some("D00002".into())),
        ..ItemChanges::default()
    });
    assert_eq!(after.description.as_deref(), Some("a watch band"));
    assert_eq!(after.page_num.as_deref(), Some("D00002"));
    assert_eq!(
        (after.tags, after.image_index),
        (vec!["old".to_owned()], Some(1))
    );
    let found = |words: &str| {
        let filter = ItemFilter {
            keyword: vec![words.into()],
            ..ItemFilter::default()
        };
        fixture.matching(&filter)
    };
    assert_eq!((found("band wat"), found("atch")), (vec![id], vec![]));
    let after = change(&ItemChanges {
        description: Some(None),
        tags: Some(Vec::new()),
        patent_id: Some(Some("USD0000002".into())),
        ..ItemChanges::default()
    });
    assert_eq!((after.description, after.tags), (None, Vec::new()));
    assert_eq!(after.patent_id.as_deref(), Some("USD0000002"));
    assert_eq!(after.image_index, None, "its place in another patent");
    assert!(found("band").is_empty());
    change(&ItemChanges::default());
    let none = fixture
        .catalog
        .write(NOW, |tx| tx.change_item(99, &ItemChanges::default()));
    assert!(!none.unwrap());
    // What was corrected by hand is not taken back by a grant.
    let grant = SheetFacts {
        patent_id: Some("USD0000001".into()),
        ..SheetFacts::default()
    };
    let sheet = fixture.catalog.sheet_at(&fixture.collection, "/a.png");
    assert_eq!(sheet.unwrap(), None);
    fixture
        .catalog
        .write(NOW, |tx| {
            tx.describe_sheet(&fixture.collection, "/a.png", &grant)
        })
        .unwrap();
    let item = fixture.catalog.items(&[id]).unwrap().pop().unwrap();
    assert_eq!(item.patent_id.as_deref(), Some("USD0000002"));
}

#[test]
fn descriptions_are_found_whoever_wrote_them_and_forgotten_with_their_items() {
    let fixture = Fixture::new();
    let mut item = picture("aa", "/a.png");
    item.description = Some("Crème brûlée dish 花瓶".into());
    let id = id(fixture.place(&item));
    let found = |word: &str| {
        let filter = ItemFilter {
            keyword: vec![word.into()],
            ..ItemFilter::default()
        };
        fixture.matching(&filter)
    };
    assert_eq!((found("creme dish"), found("瓶")), (vec![id], vec![id]));
    fixture
        .catalog
        .write(NOW, |tx| tx.remove_items(&fixture.collection, &[id]))
        .unwrap();
    assert!(found("creme").is_empty());
}

#[test]
fn facets_are_told_every_item_once() {
    let fixture = filled(5);
    let ids = fixture.matching(&ItemFilter::default());
    let items = fixture.catalog.items(&ids).unwrap();
    let mut told: Vec<u64> = Vec::new();
    fixture
        .catalog
        .patents_with_items(&fixture.collection, |facts, ids| {
            for item in fixture.catalog.items(ids).unwrap() {
                assert_eq!(facts.pub_date, item.patent.pub_date);
            }
            told.extend(ids);
        })
        .unwrap();
    told.sort_unstable();
    let known = items
        .iter()
        .filter(|item| !item.patent.patent_id.is_empty());
    let known: Vec<u64> = known.map(|item| item.id as u64).collect();
    assert_eq!(told, known);
    let mut formats = 0;
    fixture
        .catalog
        .items_with_formats(&fixture.collection, |_, format| {
            assert_eq!(format, "tiff");
            formats += 1;
        })
        .unwrap();
    assert_eq!(formats, ids.len());
}

#[test]
fn decisions_hold_for_pairs_and_go_with_their_items() {
    let fixture = Fixture::new();
    let ids: Vec<u64> = ["aa", "bb", "cc"]
        .iter()
        .map(|md5| id(fixture.place(&picture(md5, &format!("/{md5}.png")))))
        .collect();
    let (a, b, c) = (ids[0], ids[1], ids[2]);
    fixture
        .catalog
        .write(NOW, |tx| tx.add_not_duplicates(&[c, a, b, a]))
        .unwrap();
    let pairs = fixture.catalog.not_duplicates().unwrap();
    assert_eq!(pairs, [(a, b), (a, c), (b, c)].into());
    fixture
        .catalog
        .write(NOW, |tx| tx.remove_items(&fixture.collection, &[b]))
        .unwrap();
    assert_eq!(fixture.catalog.not_duplicates().unwrap(), [(a, c)].into());
}
