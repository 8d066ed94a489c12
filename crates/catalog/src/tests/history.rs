//! Recorded searches.

use super::*;

fn search(token: &str) -> Search {
    Search {
        kind: "pictures".into(),
        collections: vec!["default".into()],
        parameters: serde_json::json!({"top_k": 5, "loc_class": ["10-02"]})
            .as_object()
            .unwrap()
            .clone(),
        hits: vec![SearchHit {
            id: 7,
            group_id: "USD1107373".into(),
            score: 0.75,
        }],
        total_matched: 1,
        total_ms: 12.5,
        query_token: token.into(),
    }
}

fn queries() -> Vec<SearchQuery> {
    let query = |vectors: &[(&str, &[f32])], thumbnail: Option<&[u8]>| SearchQuery {
        description: "{}".into(),
        vectors: vectors
            .iter()
            .map(|(embedding, vector)| SearchVector {
                embedding: (*embedding).to_owned(),
                vector: vector.to_vec(),
                evidence: (vector.len() == 2).then(|| vec![1, 2, 3]),
            })
            .collect(),
        thumbnail: thumbnail.map(<[u8]>::to_vec),
        whole: None,
    };
    vec![
        query(&[("a", &[1.0, 2.0]), ("b", &[0.5])], None),
        query(&[("a", &[3.0, 4.0])], Some(b"jpeg")),
    ]
}

pub(super) fn record(catalog: &Catalog, user: Option<i64>, token: &str, now: i64) -> i64 {
    catalog
        .write_aside(now, |tx| tx.record_search(user, &search(token), &queries()))
        .unwrap()
}

#[test]
fn a_search_comes_back_as_it_was() {
    let fixture = Fixture::new();
    let catalog = &fixture.catalog;
    let id = record(catalog, None, "t", NOW);
    let stored = catalog.search(None, id).unwrap().unwrap();
    assert_eq!(stored.search, search("t"));
    assert_eq!(stored.created_at, NOW);
    let listed = |has_thumbnail| StoredQuery {
        description: "{}".into(),
        has_thumbnail,
        has_whole: false,
    };
    assert_eq!(stored.queries, [listed(false), listed(true)]);
    assert_eq!(catalog.search_queries(&stored).unwrap(), queries());
    assert_eq!(
        catalog.search_by_token(None, "t").unwrap().unwrap().id,
        stored.id
    );
    let which = QueryThumbnail::SearchedFor;
    let thumbnail = |position| {
        let jpeg = catalog.search_thumbnail(None, id, position, which);
        jpeg.unwrap()
    };
    assert_eq!(thumbnail(1).as_deref(), Some(&b"jpeg"[..]));
    assert_eq!((thumbnail(0), thumbnail(2)), (None, None));
}

#[test]
fn what_is_noted_of_a_search_is_kept_with_it() {
    let fixture = Fixture::new();
    let catalog = &fixture.catalog;
    record(catalog, Some(1), "t", NOW);
    let nothing = SearchMarks::default();
    assert_eq!(catalog.search_marks(Some(1), "t").unwrap(), nothing);
    let mark = HitMark {
        chosen: true,
        starred: false,
        note: "the same handle".into(),
    };
    let marks = SearchMarks {
        matter: "2026/17".into(),
        hits: [("USD1".to_owned(), mark)].into(),
        ..SearchMarks::default()
    };
    let note = |user, marks: &SearchMarks| {
        let noted = catalog.write_aside(NOW, |tx| tx.mark_search(user, "t", marks));
        noted.unwrap()
    };
    assert!(note(Some(1), &marks));
    assert_eq!(catalog.search_marks(Some(1), "t").unwrap(), marks);
    // Nobody else notes anything of it, nor sees it.
    assert!(!note(Some(2), &marks));
    assert_eq!(catalog.search_marks(None, "t").unwrap(), nothing);
    assert!(note(Some(1), &nothing));
    assert_eq!(catalog.search_marks(Some(1), "t").unwrap(), nothing);
}

#[test]
fn others_see_nothing_of_it() {
    let fixture = Fixture::new();
    let catalog = &fixture.catalog;
    let id = record(catalog, Some(1), "t", NOW);
    for other in [None, Some(2)] {
        assert!(catalog.search(other, id).unwrap().is_none());
        assert!(catalog.search_by_token(other, "t").unwrap().is_none());
        let which = QueryThumbnail::SearchedFor;
        let thumbnail = catalog.search_thumbnail(other, id, 1, which);
        assert!(thumbnail.unwrap().is_none());
        assert!(catalog.shared_search("another").unwrap().is_none());
        // Unless they were given its token.
        assert_eq!(catalog.shared_search("t").unwrap().unwrap().id, id);
        assert_eq!(catalog.searches(other, 0, 10).unwrap(), (0, Vec::new()));
        let deleted = catalog.write(NOW, |tx| tx.delete_search(other, id));
        assert!(!deleted.unwrap());
        let deleted = catalog.write(NOW, |tx| tx.delete_searches(other));
        assert_eq!(deleted.unwrap(), 0);
    }
    assert!(
        catalog
            .write(NOW, |tx| tx.delete_search(Some(1), id))
            .unwrap()
    );
    assert!(catalog.search(Some(1), id).unwrap().is_none());
}

#[test]
fn the_same_search_soon_again_is_one_entry() {
    let fixture = Fixture::new();
    let catalog = &fixture.catalog;
    let first = record(catalog, None, "t", NOW);
    let other = record(catalog, None, "u", NOW + 1);
    assert_eq!(record(catalog, None, "t", NOW + 59), first);
    assert_ne!(record(catalog, Some(1), "t", NOW + 59), first);
    let later = record(catalog, None, "t", NOW + 119);
    assert_ne!(later, first);
    let (total, page) = catalog.searches(None, 0, 10).unwrap();
    let ids: Vec<i64> = page.iter().map(|stored| stored.id).collect();
    assert_eq!((total, ids), (3, vec![later, first, other]));
    let (total, page) = catalog.searches(None, 1, 1).unwrap();
    assert_eq!((total, page[0].id), (3, first));
}

#[test]
fn the_oldest_go_when_there_are_too_many() {
    let fixture = Fixture::new();
    let catalog = &fixture.catalog;
    record(catalog, Some(1), "of another", NOW);
    catalog
        .write_aside(NOW, |tx| {
            (0..MOST_SEARCHES + 3).try_for_each(|number| {
                let search = search(&number.to_string());
                tx.record_search(None, &search, &queries()).map(|_| ())
            })
        })
        .unwrap();
    let (total, page) = catalog.searches(None, 999, 10).unwrap();
    assert_eq!((total, page[0].search.query_token.as_str()), (1000, "3"));
    assert_eq!(catalog.searches(Some(1), 0, 1).unwrap().0, 1);
    // What hangs on the deleted went with them.
    let rows: u64 = catalog
        .read(|connection| {
            let count = "SELECT count(*) FROM search_vectors";
            Ok(connection.query_row(count, [], |row| row.get(0))?)
        })
        .unwrap();
    assert_eq!(rows, 3 * 1001);
}

#[test]
fn what_is_remembered_of_searches_outlives_their_recording() {
    let fixture = Fixture::new();
    let catalog = &fixture.catalog;
    let version = catalog.version().unwrap();
    record(catalog, None, "t", NOW);
    assert_eq!(catalog.version().unwrap(), version);
    let other = |now| {
        let mark = |tx: &WriteTransaction<'_>| tx.add_job("default", "{}");
        catalog.write(now, mark).unwrap();
    };
    other(NOW);
    record(catalog, None, "u", NOW);
    let later = catalog.version().unwrap();
    assert_ne!(later, version, "the job before it is not passed over");
    other(NOW);
    assert_ne!(catalog.version().unwrap(), later);
}
