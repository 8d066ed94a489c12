//! The library over small collections.

use lookalike_catalog::{ItemFilter, Patent};
use lookalike_imaging::{RgbImage, encode_png};
use serde_json::json;

use super::*;
use crate::ErrorKind;
use crate::fixture::Fixture;
use crate::import::{Control, ImportRequest, Originals};

fn import(fixture: &Fixture, folder: &str, count: usize) {
    let request = ImportRequest {
        shard: None,
        paths: vec![fixture.pictures(folder, count)],
        only: None,
        collection: "default".into(),
        settings: small(),
        batch_size: None,
        originals: Originals::Reference,
        data_dir: fixture.directory.path().join("data"),
        within: None,
    };
    let report = fixture.engine.importer().run(&request, &Control::default());
    assert_eq!(report.unwrap().failed, 0);
}

fn small() -> crate::CollectionSettings {
    crate::CollectionSettings {
        size: Some(112),
        ..Default::default()
    }
}

fn png(shade: u8) -> Vec<u8> {
    encode_png(&RgbImage::new(24, 16, vec![shade; 24 * 16 * 3]).unwrap()).unwrap()
}

fn upload(fixture: &Fixture, name: &str, shade: u8, fields: serde_json::Value) -> Uploaded {
    fixture
        .engine
        .library()
        .upload(bring(name, shade, fields))
        .unwrap()
}

fn bring(name: &str, shade: u8, fields: serde_json::Value) -> Upload {
    Upload {
        collection: "default".into(),
        bytes: png(shade),
        file_name: name.into(),
        fields: changes(fields),
    }
}

/// An edit by the names of its fields; null takes away.
fn changes(mut fields: serde_json::Value) -> ItemEdit {
    fn given<T: serde::de::DeserializeOwned>(
        fields: &mut serde_json::Value,
        name: &str,
    ) -> Option<Option<T>> {
        let value = fields.as_object_mut()?.remove(name)?;
        Some(serde_json::from_value(value).unwrap())
    }
    let fields = &mut fields;
    ItemEdit {
        description: given(fields, "description"),
        tags: given(fields, "tags"),
        attributes: given(fields, "attributes"),
        external_id: given(fields, "external_id"),
        view: given(fields, "view"),
        patent_id: given(fields, "patent_id"),
        page_num: given(fields, "page_num"),
    }
}

fn ids(page: &ItemPage) -> Vec<i64> {
    page.items.iter().map(|item| item.item.id).collect()
}

#[test]
fn an_upload_is_found_listed_shown_and_gone_when_deleted() {
    let fixture = Fixture::new();
    let engine = &fixture.engine;
    engine.collections().create("default", &small()).unwrap();
    let fields = json!({"description": "two\nlines", "tags": [" red ", "red", ""],
        "attributes": {"category": "cat"}});
    let uploaded = upload(&fixture, "../<b>odd</b>.png", 40, fields);
    let item = &uploaded.items[0].item;
    assert!(uploaded.is_new);
    assert_eq!(item.file_name, "b>.png");
    assert_eq!(item.original_path, None);
    assert_eq!(item.tags, ["red"]);
    assert_eq!(
        (item.width, item.height, item.format.as_str()),
        (24, 16, "png")
    );
    let id = item.id as u64;
    assert_eq!(engine.pictures().original(item).unwrap(), png(40));
    assert!(!engine.pictures().thumbnail_bytes(item).unwrap().is_empty());
    let vector = engine.library().vector(id).unwrap();
    assert_eq!((vector.dim, vector.vector.len()), (vector.dim, vector.dim));

    // The same bytes without a patent stay another item, and keep their copy.
    let again = upload(&fixture, "again.png", 40, json!({}));
    assert!(again.is_new && again.items[0].item.id != item.id);
    let deleted = engine
        .library()
        .delete("default", &Selection::Items(vec![id, id, 99]));
    let deleted = deleted.unwrap();
    assert_eq!(deleted.deleted, 1);
    assert_eq!(
        engine.pictures().original(&again.items[0].item).unwrap(),
        png(40)
    );
    assert_eq!(
        engine.library().item(id).unwrap_err().kind(),
        ErrorKind::NotFound
    );
    engine
        .library()
        .delete(
            "default",
            &Selection::Items(vec![again.items[0].item.id as u64]),
        )
        .unwrap();
    let count = || engine.stores().blobs().usage().unwrap().count;
    assert!(count() > 0, "the trash keeps them");
    let all = InTrash::All("default".to_owned());
    assert_eq!(engine.library().empty_trash(&all).unwrap().deleted, 2);
    assert_eq!(
        count(),
        0,
        "copies and thumbnails are gone with the last item"
    );
}

#[test]
fn the_same_sheet_again_is_the_same_item() {
    let fixture = Fixture::new();
    fixture
        .engine
        .collections()
        .create("default", &small())
        .unwrap();
    let name = "USD1107373-20251230-D00001.TIF";
    let first = upload(&fixture, name, 60, json!({}));
    let item = &first.items[0].item;
    assert_eq!(item.patent_id.as_deref(), Some("USD1107373"));
    assert_eq!(item.page_num.as_deref(), Some("D00001"));
    let again = upload(
        &fixture,
        "other.png",
        60,
        json!({"patent_id": "D1,107,373", "page_num": "d1"}),
    );
    assert!(!again.is_new);
    assert_eq!(again.items[0].item.id, item.id);
    let elsewhere = upload(&fixture, name, 60, json!({"patent_id": "USD5"}));
    assert!(elsewhere.is_new);
    assert_eq!(
        elsewhere.items[0].item.page_num, None,
        "the name speaks of another patent"
    );
    let patent = fixture
        .engine
        .library()
        .patent("US D1,107,373 S1", None)
        .unwrap();
    assert_eq!(patent.patent_id, "USD1107373");
    assert_eq!(patent.items.len(), 1);
    let error = fixture.engine.library().patent("USD77", None).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let error = fixture.engine.library().patent("chair", None).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[test]
fn what_is_no_picture_or_out_of_bounds_is_refused_and_leaves_nothing() {
    let fixture = Fixture::new();
    let engine = &fixture.engine;
    let kind = |upload| engine.library().upload(upload).unwrap_err().kind();
    let text = Upload {
        bytes: b"no picture".to_vec(),
        ..bring("a.png", 1, json!({}))
    };
    assert_eq!(kind(text), ErrorKind::UnsupportedMedia);
    for fields in [
        json!({"description": "x".repeat(10_001)}),
        json!({"description": "a\u{0}b"}),
        json!({"tags": vec!["y".repeat(101)]}),
        json!({"tags": (0..101).map(|n| n.to_string()).collect::<Vec<_>>()}),
        json!({"tags": ["a\nb"]}),
        json!({"attributes": {"a": "z".repeat(70_000)}}),
        json!({"patent_id": "chair"}),
        json!({"page_num": "first"}),
        json!({"external_id": "x".repeat(256)}),
    ] {
        let refused = kind(bring("a.png", 1, fields.clone()));
        assert_eq!(refused, ErrorKind::InvalidInput, "{fields}");
    }
    assert!(engine.stores().catalog().collections().unwrap().is_empty());
}

#[test]
fn edits_are_seen_by_filters_and_lists_at_once() {
    let fixture = Fixture::new();
    import(&fixture, "pictures", 5);
    let engine = &fixture.engine;
    let list = |filter: ItemFilter| {
        let request = ListRequest {
            filter,
            sort: SortKey::FileName,
            direction: Direction::Desc,
            page_size: 3,
            ..ListRequest::default()
        };
        engine.library().list(&request).unwrap()
    };
    let first = list(ItemFilter::default());
    assert_eq!((first.total, first.items.len()), (5, 3));
    assert_eq!(first.items[0].item.file_name, "0004.png");
    let tagged = || ItemFilter {
        tags: vec!["chair".into()],
        ..ItemFilter::default()
    };
    assert_eq!(list(tagged()).total, 0);
    let id = first.items[1].item.id;
    let edit = changes(json!({"tags": ["chair"], "view": "front"}));
    let item = engine.library().edit(id as u64, &edit).unwrap().item;
    assert_eq!((item.view.as_deref(), item.tags.len()), (Some("front"), 1));
    assert_eq!(ids(&list(tagged())), [id]);
    let clear = changes(json!({"tags": null}));
    let item = engine.library().edit(id as u64, &clear).unwrap().item;
    assert_eq!((item.view.as_deref(), item.tags.len()), (Some("front"), 0));
    assert_eq!(list(tagged()).total, 0);
    let named = ItemFilter {
        file_name: vec!["003".into()],
        ..ItemFilter::default()
    };
    assert_eq!(list(named).items[0].item.file_name, "0003.png");
    let error = engine.library().edit(999, &clear).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    for (page, page_size) in [(0, 10), (1, 0), (1, 501), (u64::MAX, 10)] {
        let request = ListRequest {
            page,
            page_size,
            ..ListRequest::default()
        };
        let error = engine.library().list(&request).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }
    let beyond = ListRequest {
        page: 1000,
        ..ListRequest::default()
    };
    let beyond = engine.library().list(&beyond).unwrap();
    assert_eq!((beyond.total, beyond.items.len()), (5, 0));
}

#[test]
fn deletions_follow_the_selection_and_counts_follow_them() {
    let fixture = Fixture::new();
    import(&fixture, "pictures", 6);
    let engine = &fixture.engine;
    let total = || {
        engine
            .library()
            .list(&ListRequest::default())
            .unwrap()
            .total
    };
    assert_eq!(total(), 6);
    upload(&fixture, "new.png", 90, json!({"tags": ["mine"]}));
    assert_eq!(total(), 7);
    let empty = Selection::Passing(Box::default());
    let error = engine.library().delete("default", &empty).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let tagged = Selection::Passing(Box::new(ItemFilter {
        tags: vec!["mine".into()],
        ..ItemFilter::default()
    }));
    assert_eq!(
        engine.library().select("default", &tagged).unwrap().len(),
        1
    );
    assert_eq!(
        engine.library().delete("default", &tagged).unwrap().deleted,
        1
    );
    assert_eq!(total(), 6);
    // What is deleted may be imported again.
    assert_eq!(
        engine
            .library()
            .delete("default", &Selection::All)
            .unwrap()
            .deleted,
        6
    );
    assert_eq!(total(), 0);
    import(&fixture, "pictures", 6);
    assert_eq!(total(), 6);
}

#[test]
fn many_items_get_and_lose_tags_at_once() {
    let fixture = Fixture::new();
    import(&fixture, "pictures", 4);
    let engine = &fixture.engine;
    let change = |selection: &Selection, add: &[&str], remove: &[&str]| {
        let texts = |tags: &[&str]| tags.iter().map(|&tag| tag.to_owned()).collect();
        let change = TagChange {
            add: texts(add),
            remove: texts(remove),
        };
        engine.library().tag("default", selection, &change)
    };
    let tags = || -> Vec<Vec<String>> {
        let page = engine.library().list(&ListRequest::default()).unwrap();
        page.items.into_iter().map(|one| one.item.tags).collect()
    };
    let ids = engine.library().select("default", &Selection::All).unwrap();
    let two = Selection::Items(vec![ids[0], ids[1], 9999]);
    assert_eq!(change(&two, &[" red ", "new"], &[]).unwrap().changed, 2);
    assert_eq!(
        change(&Selection::All, &["red"], &["new"]).unwrap().changed,
        4
    );
    assert_eq!(tags(), [["red"]; 4]);
    assert_eq!(
        change(&Selection::All, &["red"], &["blue"])
            .unwrap()
            .changed,
        0
    );
    let passing = Selection::Passing(Box::new(ItemFilter {
        tags: vec!["red".into()],
        ..ItemFilter::default()
    }));
    assert_eq!(
        change(&passing, &["blue"], &["red", "red"])
            .unwrap()
            .changed,
        4
    );
    assert_eq!(tags(), [["blue"]; 4]);

    let many: Vec<String> = (0..100).map(|tag| format!("t{tag}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let error = change(&Selection::All, &many, &[]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(tags(), [["blue"]; 4], "nothing of it");
    let empty = change(&Selection::Passing(Box::default()), &["x"], &[]);
    assert_eq!(empty.unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[test]
fn each_facet_is_counted_without_its_own_filter() {
    let fixture = Fixture::new();
    let engine = &fixture.engine;
    engine.collections().create("default", &small()).unwrap();
    for (number, class, country, expiry) in [
        (1, "10-02", "US", 20_401_230),
        (2, "10-02", "DE", 20_200_101),
        (3, "06-01", "DE", 20_401_230),
    ] {
        let patent = Patent {
            patent_id: format!("USD{number}"),
            loc_class: Some(class.into()),
            applicant_country: Some(country.into()),
            pub_date: Some(20_150_101 + number * 10_000),
            expiry_date: Some(expiry),
            ..Patent::default()
        };
        engine
            .stores()
            .catalog()
            .write(0, |tx| tx.upsert_patent(&patent))
            .unwrap();
        for page in 1..=number {
            let fields = json!({"patent_id": patent.patent_id, "page_num": format!("D{page}"),
                "tags": if page == 1 { vec!["first"] } else { vec![] }});
            upload(&fixture, "a.png", (number * 20 + page) as u8, fields);
        }
    }
    let facets = |filter: ItemFilter| {
        engine
            .library()
            .facets(&FacetRequest {
                collection: "default".into(),
                filter,
                top: 20,
            })
            .unwrap()
    };
    let counts = |counts: &[FacetCount]| {
        let pairs = counts
            .iter()
            .map(|count| (count.value.clone(), count.count));
        pairs.collect::<Vec<_>>()
    };
    let pairs = |expected: &[(&str, u64)]| {
        let pairs = expected
            .iter()
            .map(|(value, count)| ((*value).to_owned(), *count));
        pairs.collect::<Vec<_>>()
    };
    let all = facets(ItemFilter::default());
    assert_eq!(all.total, 6);
    assert_eq!(counts(&all.loc_class), pairs(&[("06-01", 3), ("10-02", 3)]));
    assert_eq!(
        counts(&all.pub_year),
        pairs(&[("2018", 3), ("2017", 2), ("2016", 1)])
    );
    assert_eq!(
        counts(&all.status),
        pairs(&[("in_force", 4), ("expired", 2)])
    );
    assert_eq!(counts(&all.tags), pairs(&[("first", 3)]));
    assert_eq!(counts(&all.format), pairs(&[("png", 6)]));
    let german = facets(ItemFilter {
        country: vec!["de".into()],
        ..ItemFilter::default()
    });
    assert_eq!(german.total, 5);
    assert_eq!(counts(&german.country), pairs(&[("DE", 5), ("US", 1)]));
    assert_eq!(
        counts(&german.loc_class),
        pairs(&[("06-01", 3), ("10-02", 2)])
    );
    assert_eq!(counts(&german.tags), pairs(&[("first", 2)]));
    // Kept until something changes.
    assert!(std::ptr::eq(&*all, &*facets(ItemFilter::default())));
    upload(&fixture, "b.png", 200, json!({"tags": ["first"]}));
    assert_eq!(
        counts(&facets(ItemFilter::default()).tags),
        pairs(&[("first", 4)])
    );
}

#[test]
fn uploads_edits_and_deletions_go_on_beside_an_import() {
    let fixture = Fixture::new();
    import(&fixture, "before", 3);
    let engine = &fixture.engine;
    std::thread::scope(|scope| {
        let importing = scope.spawn(|| import(&fixture, "more", 80));
        for shade in 0..10 {
            let item = upload(&fixture, "mine.png", 200 + shade, json!({}));
            let id = item.items[0].item.id as u64;
            if shade % 2 == 0 {
                let one = Selection::Items(vec![id]);
                assert_eq!(engine.library().delete("default", &one).unwrap().deleted, 1);
            }
        }
        importing.join().unwrap();
    });
    // The pictures of both folders begin alike, and stay items of their own.
    let total = engine
        .library()
        .list(&ListRequest::default())
        .unwrap()
        .total;
    assert_eq!(total, 3 + 80 + 5);
    for item in engine
        .library()
        .list(&ListRequest {
            page_size: 500,
            ..ListRequest::default()
        })
        .unwrap()
        .items
    {
        engine.library().vector(item.item.id as u64).unwrap();
        engine.pictures().original(&item.item).unwrap();
    }
}

#[test]
fn a_deletion_is_undone_with_all_that_was_said_of_its_images() {
    let fixture = Fixture::new();
    import(&fixture, "pictures", 6);
    let engine = &fixture.engine;
    let library = engine.library();
    let mine = upload(
        &fixture,
        "new.png",
        90,
        json!({"tags": ["mine"], "description": "a cup"}),
    );
    let (mine, id) = (mine.items[0].item.id, mine.items[0].item.id.unsigned_abs());
    let other = library.list(&ListRequest::default()).unwrap().items[0]
        .item
        .id;
    let deleted = library
        .delete("default", &Selection::Items(vec![id, other.unsigned_abs()]))
        .unwrap();
    let number = deleted.deletion.unwrap();
    assert_eq!(library.item(id).unwrap_err().kind(), ErrorKind::NotFound);
    assert!(!engine.pictures().trashed_thumbnail(id).unwrap().is_empty());
    let trash = library.trash("default", 1, 50).unwrap();
    assert_eq!((trash.total, trash.items.len(), trash.days), (2, 2, 30));
    assert_eq!(
        library
            .restore(&InTrash::Deletion(number))
            .unwrap()
            .restored,
        2
    );
    let item = library.item(id).unwrap().item;
    assert_eq!(
        (item.id, item.tags, item.description.as_deref()),
        (mine, vec!["mine".to_owned()], Some("a cup"))
    );
    assert_eq!(library.trash("default", 1, 50).unwrap().total, 0);
    let again = library.restore(&InTrash::Deletion(number)).unwrap_err();
    assert_eq!(again.kind(), ErrorKind::NotFound);
}

#[test]
fn the_trash_is_emptied_by_age() {
    let fixture = Fixture::new();
    import(&fixture, "pictures", 2);
    let library = fixture.engine.library();
    let first = library.list(&ListRequest::default()).unwrap().items[0]
        .item
        .id;
    let delete = |id: i64| library.delete("default", &Selection::Items(vec![id.unsigned_abs()]));
    delete(first).unwrap();
    assert_eq!(library.empty_old_trash().unwrap().deleted, 0);
    let catalog = fixture.engine.stores().catalog();
    let collection = catalog.collection("default").unwrap();
    let long_ago = fixture.engine.stores().now().as_second() - 31 * 24 * 60 * 60;
    let second = first.unsigned_abs() + 1;
    catalog
        .write(long_ago, |tx| {
            let deletion = tx.begin_deletion(&collection)?;
            tx.trash_items(&collection, deletion, &[second])
        })
        .unwrap();
    assert_eq!(library.empty_old_trash().unwrap().deleted, 1);
    let left = library.trash("default", 1, 50).unwrap();
    assert_eq!(left.items[0].id, first.unsigned_abs());
}
