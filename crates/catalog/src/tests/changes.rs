//! Followers of a collection see what a reader of all of it sees.

use std::collections::BTreeMap;

use super::*;

/// What an index knows of a collection: vectors and flags by item.
#[derive(Clone, Debug, Default, PartialEq)]
struct Follower {
    revision: Revision,
    vectors: BTreeMap<u64, (bool, Vec<Vec<f32>>)>,
}

impl Follower {
    /// Applies what changed; returns each change as a name and an id.
    fn follow(
        &mut self,
        catalog: &Catalog,
        collection: &Collection,
    ) -> Result<Vec<(&'static str, u64)>, CatalogError> {
        let mut log = Vec::new();
        self.revision =
            catalog.changes_since(collection, &self.revision, |change| match change {
                Change::Removed(id) => {
                    log.push(("removed", id));
                    self.vectors.remove(&id);
                }
                Change::Stored(stored) => {
                    log.push(("stored", stored.item_id));
                    let value = (stored.front_page, stored.vectors);
                    self.vectors.insert(stored.item_id, value);
                }
            })?;
        Ok(log)
    }

    /// Follows by one step of at most `most` additions; whether it went on.
    fn step(&mut self, fixture: &Fixture, most: usize) -> Result<bool, CatalogError> {
        let next = (fixture.catalog).next_changes(&fixture.collection, &self.revision, most);
        let (changes, revision) = next?;
        for change in changes {
            match change {
                Change::Removed(id) => drop(self.vectors.remove(&id)),
                Change::Stored(stored) => {
                    let value = (stored.front_page, stored.vectors);
                    self.vectors.insert(stored.item_id, value);
                }
            }
        }
        let went_on = self.revision != revision;
        self.revision = revision;
        Ok(went_on)
    }

    fn of(fixture: &Fixture) -> Self {
        let mut follower = Self::default();
        follower
            .follow(&fixture.catalog, &fixture.collection)
            .unwrap();
        follower
    }
}

impl Fixture {
    fn place_vector(&self, item: &NewItem, vector: [f32; 3]) -> u64 {
        let place =
            |tx: &WriteTransaction<'_>| tx.place_item(&self.collection, item, Some(&vector));
        id(self.catalog.write(NOW, place).unwrap())
    }

    fn remove(&self, ids: &[u64]) -> usize {
        let removed = self
            .catalog
            .write(NOW, |tx| tx.remove_items(&self.collection, ids));
        removed.unwrap().0
    }

    fn forgotten(&self, since: Revision) -> bool {
        let mut calls = 0;
        let changes = self
            .catalog
            .changes_since(&self.collection, &since, |_| calls += 1);
        let unknown = matches!(changes, Err(CatalogError::UnknownRevision { .. }));
        unknown && calls == 0
    }
}

#[test]
fn each_item_that_changed_is_told_once_then_each_that_came() {
    let fixture = Fixture::new();
    let path = |index: u32| format!("/{index}.png");
    let picture = |md5: &str, index| picture(md5, &path(index));
    let ids: Vec<u64> = (0..4)
        .map(|index| fixture.place_vector(&picture(&format!("m{index}"), index), [1.0; 3]))
        .collect();
    let mut follower = Follower::of(&fixture);
    fixture.place_vector(&picture("n1", 1), [2.0; 3]);
    fixture.place_vector(&picture("n2", 1), [3.0; 3]);
    assert_eq!(fixture.remove(&[ids[3], ids[0], 99]), 2);
    let front_page = NewItem {
        front_page: true,
        ..picture("m4", 4)
    };
    let added = fixture.place_vector(&front_page, [4.0; 3]);
    let passing = fixture.place_vector(&picture("m5", 5), [5.0; 3]);
    fixture.place_vector(&picture("n4", 4), [6.0; 3]);
    fixture.remove(&[passing]);
    let changes = follower.follow(&fixture.catalog, &fixture.collection);
    assert_eq!(
        changes.unwrap(),
        [
            ("removed", ids[0]),
            ("stored", ids[1]),
            ("removed", ids[3]),
            ("stored", added)
        ]
    );
    assert_eq!(follower.vectors[&ids[1]], (false, vec![vec![3.0; 3]]));
    assert_eq!(follower.vectors[&added], (true, vec![vec![6.0; 3]]));
    assert_eq!(follower, Follower::of(&fixture));
    let changes = follower.follow(&fixture.catalog, &fixture.collection);
    assert!(changes.unwrap().is_empty());
}

/// Random numbers, the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % end
    }
}

#[test]
fn followers_from_any_time_arrive_at_the_same() {
    for seed in 0..20 {
        let mut random = Random(seed);
        let fixture = Fixture::new();
        let mut followers = vec![Follower::default()];
        for _ in 0..60 {
            match random.below(4) {
                // A new file, the same one, or another content at a known path.
                0 | 1 => {
                    let md5 = random.below(30);
                    let item = NewItem {
                        front_page: random.below(4) == 0,
                        ..picture(&format!("m{md5}"), &format!("/{}", random.below(12)))
                    };
                    fixture.place_vector(&item, [md5 as f32; 3]);
                }
                2 => {
                    let highest = fixture.catalog.revision(&fixture.collection).unwrap();
                    let highest = highest.last_item as u64 + 1;
                    let ids = [random.below(highest), random.below(highest)];
                    fixture.remove(&ids);
                }
                _ => {
                    let mut follower =
                        followers[random.below(followers.len() as u64) as usize].clone();
                    let mut by_steps = follower.clone();
                    let most = 1 + random.below(4) as usize;
                    while by_steps.step(&fixture, most).unwrap() {
                        // Every step leads to a state that can be gone on from.
                        if random.below(3) == 0 {
                            followers.push(by_steps.clone());
                        }
                    }
                    assert_eq!(by_steps, Follower::of(&fixture), "seed {seed}");
                    follower
                        .follow(&fixture.catalog, &fixture.collection)
                        .unwrap();
                    assert_eq!(follower, Follower::of(&fixture), "seed {seed}");
                    followers.push(follower);
                }
            }
        }
    }
}

#[test]
fn an_embedding_that_comes_after_its_item_is_told() {
    let fixture = Fixture::new();
    let item = picture("aa", "/a.png");
    let without =
        |tx: &WriteTransaction<'_>| tx.place_item(&fixture.collection, &item, NewFigures::Known);
    let first = id(fixture.catalog.write(NOW, without).unwrap());
    let mut follower = Follower::of(&fixture);
    assert!(follower.vectors.is_empty());
    fixture
        .catalog
        .write(NOW, |tx| {
            tx.add_figures(&fixture.collection, "aa", &[7.0_f32; 3])
        })
        .unwrap();
    let changes = follower.follow(&fixture.catalog, &fixture.collection);
    assert_eq!(changes.unwrap(), [("stored", first)]);
}

#[test]
fn what_is_no_earlier_state_of_the_collection_is_told_apart() {
    let fixture = Fixture::new();
    for index in 0..3 {
        fixture.place(&picture(&format!("m{index}"), &format!("/{index}.png")));
    }
    fixture.remove(&[2]);
    let state = |last_item, removals| Revision {
        last_item,
        removals,
    };
    assert!(!fixture.forgotten(state(3, 0)));
    assert!(!fixture.forgotten(state(2, 0)));
    assert!(!fixture.forgotten(state(3, 1)));
    assert!(
        fixture.forgotten(state(3, 2)),
        "more removals than there were"
    );
    assert!(fixture.forgotten(state(4, 1)), "an item that never was");
    assert!(fixture.forgotten(state(4, 0)));
    assert!(
        fixture.forgotten(state(2, 1)),
        "an item that was gone by then"
    );
    fixture
        .catalog
        .write(NOW, |tx| tx.drop_collection(&fixture.collection))
        .unwrap();
    assert!(fixture.forgotten(state(3, 1)));
    assert!(Follower::of(&fixture).vectors.is_empty());
}

#[test]
fn the_log_forgets_what_is_long_ago_and_goes_with_its_collection() {
    let fixture = Fixture::new();
    for index in 0..5 {
        fixture.place(&picture(&format!("m{index}"), &format!("/{index}.png")));
    }
    let since = |fixture: &Fixture| fixture.catalog.revision(&fixture.collection).unwrap();
    let logged = |fixture: &Fixture| fixture.sql("SELECT count(*) FROM changed_items");
    let start = since(&fixture);
    fixture.remove(&[1]);
    fixture.remove(&[2]);
    assert!(!fixture.forgotten(start));
    fixture.sql("UPDATE collections SET removals = 1000000 RETURNING 0");
    fixture.remove(&[3]);
    assert_eq!(logged(&fixture), 2);
    assert!(fixture.forgotten(start));
    let recent = since(&fixture);
    fixture.remove(&[4]);
    assert!(!fixture.forgotten(recent));
    fixture
        .catalog
        .write(NOW, |tx| tx.drop_collection(&fixture.collection))
        .unwrap();
    assert_eq!(logged(&fixture), 0);
}

#[test]
fn other_collections_are_not_concerned() {
    let fixture = Fixture::new();
    let other = fixture
        .catalog
        .write(NOW, |tx| tx.create_collection(&spec("other")))
        .unwrap();
    let place = |tx: &WriteTransaction<'_>| {
        tx.place_item(&other, &picture("aa", "/a.png"), Some(&[1.0_f32; 3]))
    };
    let first = id(fixture.catalog.write(NOW, place).unwrap());
    fixture.place(&picture("aa", "/a.png"));
    let mut follower = Follower::of(&fixture);
    // Not one of this collection's items.
    assert_eq!(fixture.remove(&[first]), 0);
    let removed = fixture
        .catalog
        .write(NOW, |tx| tx.remove_items(&other, &[first]));
    assert_eq!(removed.unwrap().0, 1);
    let changes = follower.follow(&fixture.catalog, &fixture.collection);
    assert!(changes.unwrap().is_empty());
    assert_eq!(follower.vectors.len(), 1);
}

#[test]
fn standing_and_additions_are_looked_up_in_an_index_that_has_them_in_order() {
    let fixture = Fixture::new();
    let plan = |sql: &str| {
        let file = fixture.directory.path().join("catalog.sqlite");
        let connection = rusqlite::Connection::open(file).unwrap();
        let sql = format!("EXPLAIN QUERY PLAN {sql}");
        let mut statement = connection.prepare(&sql).unwrap();
        let steps = statement.query_map([], |row| row.get(3)).unwrap();
        steps
            .collect::<Result<Vec<String>, _>>()
            .unwrap()
            .join("; ")
    };
    let newest = plan("SELECT max(id) FROM items WHERE collection_id = 1");
    assert!(newest.contains("items_by_collection"), "{newest}");
    let above = plan("SELECT id FROM items WHERE collection_id = 1 AND id > 5 ORDER BY id");
    assert!(above.contains("items_by_collection"), "{above}");
    assert!(!above.contains("TEMP B-TREE"), "{above}");
}

#[test]
fn embeddings_come_back_to_the_bit() {
    let fixture = Fixture::new();
    let vector = [f32::MIN_POSITIVE, -0.0, 1.0 / 3.0];
    let id = fixture.place_vector(&picture("aa", "/a.png"), vector);
    let bits = |values: &[f32]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    let follower = Follower::of(&fixture);
    assert_eq!(bits(&follower.vectors[&id].1.concat()), bits(&vector));
}

#[test]
fn items_are_had_by_their_ids_and_counted_after_one() {
    let fixture = Fixture::new();
    let ids: Vec<u64> = (0..4)
        .map(|index| {
            let item = picture(&format!("m{index}"), &format!("/{index}.png"));
            fixture.place_vector(&item, [index as f32; 3])
        })
        .collect();
    let mut found = Vec::new();
    let asked = [ids[2], 999, ids[0]];
    (fixture.catalog)
        .stored_items(&fixture.collection, &asked, |stored| found.push(stored))
        .unwrap();
    let found: Vec<_> = found
        .iter()
        .map(|item| (item.item_id, item.vectors[0][0]))
        .collect();
    assert_eq!(found, [(ids[0], 0.0), (ids[2], 2.0)]);
    let first = Revision {
        last_item: ids[0] as i64,
        removals: 0,
    };
    let has_grown = |by| (fixture.catalog).has_grown_by(&fixture.collection, &first, by);
    assert!(has_grown(2).unwrap());
    assert!(!has_grown(3).unwrap());
}

#[test]
fn an_item_that_is_given_another_patent_has_changed() {
    let fixture = Fixture::new();
    let id = fixture.place_vector(&picture("m", "/m.png"), [1.0; 3]);
    let mut follower = Follower::of(&fixture);
    let changes = ItemChanges {
        patent_id: Some(Some("USD900001".into())),
        ..ItemChanges::default()
    };
    let change = |tx: &WriteTransaction<'_>| tx.change_item(id, &changes);
    fixture.catalog.write(NOW, change).unwrap();
    let changes = follower.follow(&fixture.catalog, &fixture.collection);
    assert_eq!(changes.unwrap(), [("stored", id)]);
}
