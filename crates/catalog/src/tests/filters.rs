//! Filters by what any picture has: folder, format, day, attributes; and what tables say of patents.

use serde_json::json;

use super::listing::filled;
use super::*;

fn attributes(json: serde_json::Value) -> serde_json::Map<String, serde_json::Value> {
    let serde_json::Value::Object(attributes) = json else {
        panic!("{json} is no object");
    };
    attributes
}

fn folders(folders: &[&str]) -> ItemFilter {
    ItemFilter {
        folder: folders.iter().map(|&folder| folder.into()).collect(),
        ..ItemFilter::default()
    }
}

fn pairs(pairs: &[&str]) -> ItemFilter {
    ItemFilter {
        attributes: pairs.iter().map(|&pair| pair.into()).collect(),
        ..ItemFilter::default()
    }
}

#[test]
fn a_folder_lets_through_what_lies_in_it_at_any_depth_and_nothing_beside_it() {
    let fixture = Fixture::new();
    let paths = [
        "/data/a/1.png",
        "/data/a/b/2.png",
        "/data/a.zip!/in/3.png",
        "/data/a b/4.png",
        "/data/a-2/5.png",
        "/data/a0.png",
        "/data/A/6.png",
        "/data/sheets.tif#page=2",
    ];
    let ids = paths.map(|path| id(fixture.place(&picture(path, path))));
    let matching = |wanted: &[&str]| {
        let found = fixture.matching(&folders(wanted));
        let names = found
            .iter()
            .map(|id| ids.iter().position(|other| other == id).unwrap());
        names.map(|index| paths[index]).collect::<Vec<_>>()
    };
    assert_eq!(matching(&["/data/a"]), paths[..2]);
    assert_eq!(matching(&["/data/a.zip"]), paths[2..3]);
    assert_eq!(matching(&["/data/a.zip!/in"]), paths[2..3]);
    assert_eq!(matching(&["/data/a b", "/data/a/b"]), [paths[1], paths[3]]);
    assert_eq!(matching(&["/data"]), paths);
    assert_eq!(matching(&[""]), paths);
    assert_eq!(matching(&["/dat"]), Vec::<&str>::new());
    // Every place where a sheet was seen counts.
    let first = id(fixture.place(&sheet("s", "/x/1.tif", "USD1", "D00001")));
    fixture.place(&sheet("s", "/y/1.tif", "USD1", "D00001"));
    for folder in ["/x", "/y"] {
        assert_eq!(fixture.matching(&folders(&[folder])), [first]);
    }
}

#[test]
fn days_formats_and_folders_narrow_each_other() {
    let fixture = Fixture::new();
    let mut expected = Vec::new();
    for number in 0..200_u32 {
        let format = ["png", "jpeg", "gif"][number as usize % 3];
        let folder = ["/in/a", "/in/b"][number as usize % 2];
        let mut item = picture(&number.to_string(), &format!("{folder}/{number}"));
        item.content.format = format.into();
        // From 2023-11-14 on, four a day.
        let now = NOW + i64::from(number) * 21_600;
        let place = |tx: &WriteTransaction<'_>| {
            tx.place_item(&fixture.collection, &item, Some(&[1.0_f32, 2.0, 3.0]))
        };
        let id = id(fixture.catalog.write(now, place).unwrap());
        let day = (now - 1_699_920_000) / 86_400;
        if format != "gif" && folder == "/in/b" && (6..=20).contains(&day) {
            expected.push(id);
        }
    }
    let filter = ItemFilter {
        format: vec!["png".into(), "jpeg".into()],
        created_from: Some(20_231_120),
        created_to: Some(20_231_204),
        ..folders(&["/in/b"])
    };
    assert!(!expected.is_empty());
    assert_eq!(fixture.matching(&filter), expected);
    let none = ItemFilter {
        created_from: Some(20_231_205),
        ..filter
    };
    assert_eq!(fixture.matching(&none), Vec::<u64>::new());
}

#[test]
fn images_are_looked_up_by_their_sums_and_the_callers_ids() {
    let fixture = Fixture::new();
    let given = NewItem {
        external_id: Some("EXT-1".into()),
        ..picture("0a1b", "/in/a.png")
    };
    let one = id(fixture.place(&given));
    let copy = id(fixture.place(&picture("0a1b", "/in/b.png")));
    let other = id(fixture.place(&picture("ffff", "/in/c.png")));
    let by_sum = |sums: &[&str]| ItemFilter {
        md5: sums.iter().map(|&sum| sum.into()).collect(),
        ..ItemFilter::default()
    };
    assert_eq!(fixture.matching(&by_sum(&["0A1B"])), [one, copy]);
    assert_eq!(
        fixture.matching(&by_sum(&["0a1b", "ffff"])),
        [one, copy, other]
    );
    let by_own = ItemFilter {
        external_id: vec!["EXT-1".into()],
        ..ItemFilter::default()
    };
    assert_eq!(fixture.matching(&by_own), [one]);
}

#[test]
fn any_value_of_a_list_is_one_of_the_attribute() {
    let fixture = Fixture::new();
    let long = "x".repeat(150);
    let mut ids = Vec::new();
    for (number, own) in [
        json!({"sku": ["7", "9"], "new": true}),
        json!({"sku": "7", "new": "true"}),
        json!({"sku": [9, true], "note": [long]}),
        json!({"note": long}),
    ]
    .into_iter()
    .enumerate()
    {
        let mut item = picture(&number.to_string(), &format!("/{number}.png"));
        item.attributes = attributes(own);
        ids.push(id(fixture.place(&item)));
    }
    let matching = |wanted: &[&str]| fixture.matching(&pairs(wanted));
    assert_eq!(matching(&["sku=7"]), ids[..2]);
    assert_eq!(matching(&["sku=9"]), [ids[0], ids[2]]);
    assert_eq!(matching(&["sku=9", "sku=7"]), ids[..3]);
    assert_eq!(matching(&["new=true"]), ids[..2]);
    assert_eq!(matching(&[&format!("note={long}")]), ids[2..]);
    let few = fixture
        .catalog
        .attributes_of_few_values(&fixture.collection, 2)
        .unwrap();
    let few: Vec<_> = few
        .iter()
        .map(|one| (&*one.key, one.values.len()))
        .collect();
    assert_eq!(few, [("new", 1)], "sku has three");
}

#[test]
fn what_tables_say_of_a_patent_finds_its_sheets() {
    let fixture = Fixture::new();
    let first = id(fixture.place(&sheet("a", "/1.tif", "USD1", "D00001")));
    let second = id(fixture.place(&sheet("b", "/2.tif", "USD2", "D00001")));
    let long = "y".repeat(150);
    let set = |patent: &str, said| {
        let said = attributes(said);
        let set = |tx: &WriteTransaction<'_>| tx.set_annotations(patent, &said);
        fixture.catalog.write(NOW, set).unwrap();
    };
    set("USD1", json!({"legal": "active", "family": ["F1", "F2"]}));
    set("USD2", json!({"legal": "lapsed", "note": long}));
    let matching = |wanted: &[&str]| fixture.matching(&pairs(wanted));
    assert_eq!(matching(&["legal=active"]), [first]);
    assert_eq!(matching(&["family=F2"]), [first]);
    assert_eq!(matching(&["legal=lapsed", "legal=active"]), [first, second]);
    assert_eq!(matching(&[&format!("note={long}")]), [second]);
    let item = &fixture.catalog.items(&[first]).unwrap()[0];
    assert_eq!(item.patent.annotations["legal"], "active");
    let mut counted = Vec::new();
    fixture
        .catalog
        .items_with_attribute(&fixture.collection, "legal", |id, value| {
            counted.push((id, value.to_owned()));
        })
        .unwrap();
    assert_eq!(
        counted,
        [(first, "active".into()), (second, "lapsed".into())]
    );
    set("USD1", json!({}));
    assert_eq!(matching(&["legal=active"]), Vec::<u64>::new());
}

/// However it is put together: conditions that are answered alone give what they give together.
#[test]
fn conditions_answered_alone_agree_with_a_look_at_every_item() {
    for seed in 0..6 {
        let fixture = filled(seed);
        let items = fixture
            .catalog
            .items(&fixture.matching(&ItemFilter::default()));
        for (format, from) in [
            ("tiff", 20_231_114),
            ("tiff", 20_231_115),
            ("png", 20_231_114),
        ] {
            let filter = ItemFilter {
                format: vec![format.into()],
                created_from: Some(from),
                patent_id: vec!["USD0000001".into(), "USD0000002".into()],
                ..ItemFilter::default()
            };
            let expected: Vec<u64> = items
                .as_ref()
                .unwrap()
                .iter()
                .filter(|item| {
                    item.format == format
                        && (from == 20_231_114)
                        && filter
                            .patent_id
                            .iter()
                            .any(|id| item.patent_id.as_ref() == Some(id))
                })
                .map(|item| item.id.unsigned_abs())
                .collect();
            assert_eq!(
                fixture.matching(&filter),
                expected,
                "{seed} {format} {from}"
            );
        }
    }
}
