//! Searches that were named.

use super::history::record;
use super::*;

fn save(catalog: &Catalog, user: Option<i64>, token: &str, name: &str) -> Saving {
    catalog
        .write_aside(NOW + 9, |tx| tx.save_search(user, token, name))
        .unwrap()
}

fn add(fixture: &Fixture, md5: &str, now: i64) -> i64 {
    let item = picture(md5, &format!("/p/{md5}.png"));
    let place = |tx: &WriteTransaction<'_>| {
        tx.place_item(&fixture.collection, &item, Some(&[1.0_f32, 2.0, 3.0]))
    };
    id(fixture.catalog.write(now, place).unwrap()).cast_signed()
}

/// Name, id, when it last ran, the newest item of then, new ones.
fn saved(catalog: &Catalog, user: Option<i64>) -> Vec<(String, i64, i64, i64, u64)> {
    let searches = catalog.saved_searches(user).unwrap().into_iter();
    let facts = |one: SavedSearch| {
        (
            one.name,
            one.search.id,
            one.ran_at,
            one.seen_item,
            one.new_items,
        )
    };
    searches.map(facts).collect()
}

#[test]
fn what_is_new_to_a_saved_search_is_what_was_added_since_its_last_run() {
    let fixture = Fixture::new();
    let catalog = &fixture.catalog;
    let first = add(&fixture, "a", NOW);
    let id = record(catalog, None, "t", NOW + 5);
    let second = add(&fixture, "b", NOW + 5);
    assert_eq!(save(catalog, None, "t", "Bottles"), Saving::Saved { id });
    // What came in the second of the search may not have been seen.
    let name = || "Bottles".to_owned();
    assert_eq!(saved(catalog, None), [(name(), id, NOW + 5, first, 1)]);
    let run = |user| {
        let noted = catalog.write_aside(NOW + 70, |tx| tx.note_run(user, id));
        noted.unwrap()
    };
    assert!(!run(Some(1)), "of another");
    assert!(run(None));
    assert_eq!(saved(catalog, None), [(name(), id, NOW + 70, second, 0)]);
    // New is what has a higher id, however the clock went.
    let third = add(&fixture, "c", NOW - 100);
    assert_eq!(saved(catalog, None), [(name(), id, NOW + 70, second, 1)]);
    let newer = ItemFilter {
        after_item: Some(second),
        ..ItemFilter::default()
    };
    assert_eq!(fixture.matching(&newer), [third.unsigned_abs()]);
}

#[test]
fn a_name_is_of_one_search_and_of_one_user() {
    let fixture = Fixture::new();
    let catalog = &fixture.catalog;
    assert_eq!(save(catalog, None, "t", "Lamps"), Saving::UnknownSearch);
    let first = record(catalog, None, "t", NOW);
    record(catalog, None, "u", NOW);
    let of_another = record(catalog, Some(1), "t", NOW);
    assert_eq!(
        save(catalog, None, "t", "Lamps"),
        Saving::Saved { id: first }
    );
    assert_eq!(save(catalog, None, "u", "lamps"), Saving::NameTaken);
    let id = of_another;
    assert_eq!(save(catalog, Some(1), "t", "Lamps"), Saving::Saved { id });
    // Named again it has the other name, and has not been run.
    assert_eq!(
        save(catalog, None, "t", "Lights"),
        Saving::Saved { id: first }
    );
    assert_eq!(
        saved(catalog, None),
        [("Lights".to_owned(), first, NOW, 0, 0)]
    );
    let forget = |user| {
        let forgotten = catalog.write_aside(NOW, |tx| tx.forget_saved(user, first));
        forgotten.unwrap()
    };
    assert!(!forget(Some(1)));
    assert!(forget(None));
    assert!(!forget(None));
    assert!(saved(catalog, None).is_empty());
    assert!(catalog.search(None, first).unwrap().is_some());
}

#[test]
fn what_is_saved_stays_in_the_history() {
    let fixture = Fixture::new();
    let catalog = &fixture.catalog;
    let id = record(catalog, None, "old", NOW);
    save(catalog, None, "old", "Kept");
    for number in 0..u64::from(MOST_SEARCHES) + 2 {
        record(catalog, None, &number.to_string(), NOW + 100);
    }
    let total = u64::from(MOST_SEARCHES) + 1;
    assert_eq!(catalog.searches(None, 0, 1).unwrap().0, total);
    let deleted = catalog.write_aside(NOW, |tx| tx.delete_searches(None));
    assert_eq!(deleted.unwrap() as u64, total - 1);
    assert!(catalog.search(None, id).unwrap().is_some());
    // Deleted by itself, it takes its name with it.
    assert!(
        catalog
            .write_aside(NOW, |tx| tx.delete_search(None, id))
            .unwrap()
    );
    assert!(saved(catalog, None).is_empty());
}
