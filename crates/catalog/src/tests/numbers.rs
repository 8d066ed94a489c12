//! What triggers keep of items, against a look at every item.

use super::listing::{Random, filled};
use super::*;

/// What is kept, and the same counted anew.
const KEPT: [(&str, &str); 6] = [
    (
        "SELECT * FROM collection_numbers",
        "SELECT id, (SELECT count(*) FROM items WHERE collection_id = collections.id), \
         (SELECT count(DISTINCT content_id) FROM items WHERE collection_id = collections.id), \
         (SELECT count(DISTINCT patent_id) FROM items WHERE collection_id = collections.id), \
         (SELECT coalesce(sum(file_size), 0) FROM contents WHERE id IN \
         (SELECT content_id FROM items WHERE collection_id = collections.id)), \
         (SELECT coalesce(sum(length(vector)), 0) FROM embeddings \
         WHERE collection_id = collections.id) FROM collections",
    ),
    (
        "SELECT * FROM collection_formats WHERE items <> 0",
        "SELECT collection_id, format, count(*) FROM items JOIN contents \
         ON contents.id = content_id GROUP BY 1, 2",
    ),
    (
        "SELECT id, size_bytes FROM items",
        "SELECT items.id, file_size FROM items JOIN contents ON contents.id = content_id",
    ),
    (
        "SELECT id, image_format FROM items",
        "SELECT items.id, format FROM items JOIN contents ON contents.id = content_id",
    ),
    (
        "SELECT * FROM item_attributes",
        "SELECT * FROM (SELECT collection_id, key, CASE type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' \
         ELSE CAST(value AS TEXT) END, items.id FROM items, json_each(attributes) \
         WHERE type NOT IN ('null', 'array') AND length(value) <= 100 \
         UNION SELECT collection_id, own.key, CAST(one.value AS TEXT), items.id \
         FROM items, json_each(attributes) AS own, json_each(own.value) AS one \
         WHERE own.type = 'array')",
    ),
    (
        "SELECT * FROM item_tags",
        "SELECT collection_id, value, items.id FROM items, json_each(tags) \
         WHERE length(value) <= 100",
    ),
];

fn check(fixture: &Fixture, after: &str) {
    for (kept, counted) in KEPT {
        let wrong = fixture.sql(&format!(
            "SELECT (SELECT count(*) FROM ({kept} EXCEPT {counted})) \
             + (SELECT count(*) FROM ({counted} EXCEPT {kept}))"
        ));
        assert_eq!(wrong, 0, "{kept} after {after}");
    }
}

fn change(random: &mut Random) -> ItemChanges {
    let mut attributes = serde_json::Map::new();
    for key in ["size", "kind", "note"]
        .iter()
        .take(random.below(4) as usize)
    {
        let value = match random.below(6) {
            0 => serde_json::json!(3),
            1 => serde_json::json!(true),
            2 => serde_json::json!(null),
            3 => serde_json::json!(["a", 1]),
            4 => serde_json::json!("x".repeat(99 + random.below(3) as usize)),
            _ => serde_json::json!("3"),
        };
        attributes.insert((*key).to_owned(), value);
    }
    let tags = ["one", "two", "one"].iter().take(random.below(4) as usize);
    ItemChanges {
        attributes: (random.below(2) == 0).then_some(attributes),
        tags: (random.below(2) == 0).then(|| tags.map(|tag| (*tag).to_owned()).collect()),
        patent_id: (random.below(2) == 0)
            .then(|| (random.below(3) > 0).then(|| format!("USD{:07}", random.below(9)))),
        ..ItemChanges::default()
    }
}

#[test]
fn numbers_and_values_follow_whatever_is_done() {
    for seed in 0..8 {
        let fixture = filled(seed);
        let (catalog, collection) = (&fixture.catalog, &fixture.collection);
        check(&fixture, "filling");
        let mut random = Random(seed);
        let ids = fixture.matching(&ItemFilter::default());
        for &id in &ids {
            let changes = change(&mut random);
            let changed = catalog.write(NOW, |tx| tx.change_item(id, &changes));
            assert!(changed.unwrap());
        }
        check(&fixture, "changes");
        for path in ["/p/a", "/p/b", "/p/a"] {
            let mut item = picture(&format!("new{}", random.below(100)), path);
            item.content.file_size = random.below(1000);
            item.content.format = "png".into();
            item.attributes = serde_json::Map::from_iter([("a".into(), "b".into())]);
            fixture.place(&item);
            check(&fixture, "a file that is new or has changed");
        }
        let gone: Vec<u64> = ids.iter().copied().filter(|id| id % 3 == 0).collect();
        catalog
            .write(NOW, |tx| tx.remove_items(collection, &gone))
            .unwrap();
        check(&fixture, "removal");
        let successor = catalog
            .write(NOW, |tx| tx.create_successor(&spec("default")))
            .unwrap();
        for item in catalog.items(&ids).unwrap() {
            if random.below(4) > 0 {
                let vector: &[f32] = &[0.5, 0.5, 0.5];
                let add = |tx: &WriteTransaction<'_>| {
                    if tx.has_embedding(&successor, &item.content_md5)? {
                        return Ok(());
                    }
                    tx.add_figures(&successor, &item.content_md5, Some(vector))
                };
                catalog.write(NOW, add).unwrap();
            }
        }
        check(&fixture, "embeddings of a successor");
        if seed % 2 == 0 {
            catalog
                .write(NOW, |tx| tx.succeed(collection, &successor))
                .unwrap();
        } else {
            catalog
                .write(NOW, |tx| {
                    tx.copy_to_successor(collection, &successor, "copy")
                })
                .unwrap();
        }
        check(&fixture, "succession");
        let other = catalog.collection("other").unwrap();
        catalog.write(NOW, |tx| tx.drop_collection(&other)).unwrap();
        check(&fixture, "a drop");
    }
}

#[test]
fn long_values_are_found_as_short_ones_are() {
    let fixture = Fixture::new();
    let (short, long) = ("x".repeat(100), "x".repeat(101));
    let of = |text: &str, path: &str| {
        let mut item = picture(path, path);
        item.attributes = serde_json::Map::from_iter([("note".into(), text.into())]);
        item.tags = vec![text.into()];
        id(fixture.place(&item))
    };
    let (first, second) = (of(&short, "/a"), of(&long, "/b"));
    for (text, expected) in [(&short, first), (&long, second)] {
        let by_attribute = ItemFilter {
            attributes: vec![format!("note={text}")],
            ..ItemFilter::default()
        };
        let by_tag = ItemFilter {
            tags: vec![text.clone()],
            ..ItemFilter::default()
        };
        assert_eq!(fixture.matching(&by_attribute), [expected]);
        assert_eq!(fixture.matching(&by_tag), [expected]);
        let both = ItemFilter {
            attributes: vec![format!("note={short}"), format!("note={long}")],
            tags: vec![text.clone()],
            ..ItemFilter::default()
        };
        assert_eq!(fixture.matching(&both), [expected]);
    }
}

#[test]
fn other_collections_items_do_not_pass() {
    let fixture = Fixture::new();
    let other = fixture
        .catalog
        .write(NOW, |tx| tx.create_collection(&spec("other")))
        .unwrap();
    let patent = Patent {
        patent_id: "USD1".into(),
        title: Some("Chair".into()),
        ..Patent::default()
    };
    let mut item = sheet("aa", "/a.tif", "USD1", "D00001");
    item.description = Some("a chair".into());
    item.attributes = serde_json::Map::from_iter([("kind".into(), "chair".into())]);
    item.tags = vec!["chair".into()];
    let vector: &[f32] = &[1.0, 2.0, 3.0];
    fixture
        .catalog
        .write(NOW, |tx| {
            tx.upsert_patent(&patent)?;
            tx.place_item(&other, &item, Some(vector))
        })
        .unwrap();
    for filter in [
        ItemFilter {
            keyword: vec!["chair".into()],
            ..ItemFilter::default()
        },
        ItemFilter {
            attributes: vec!["kind=chair".into()],
            ..ItemFilter::default()
        },
        ItemFilter {
            tags: vec!["chair".into()],
            ..ItemFilter::default()
        },
    ] {
        assert!(fixture.matching(&filter).is_empty(), "{filter:?}");
        let found = fixture
            .catalog
            .matching_items(&other, &filter.expression(TODAY));
        assert_eq!(found.unwrap().len(), 1, "{filter:?}");
    }
}
