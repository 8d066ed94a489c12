//! Figures of items: stored, told to followers, migrated.

use super::*;

fn figure(number: &str, x: u32) -> Figure {
    Figure {
        number: Some(number.into()),
        label: Some(format!("FIG. {number}")),
        view: Some("front".into()),
        area: Some(Area {
            x,
            y: 20,
            width: 300,
            height: 400,
        }),
        turn: Turn::Clockwise,
    }
}

fn parts(count: u32) -> Vec<NewFigure> {
    let part = |number: u32| NewFigure {
        figure: figure(&number.to_string(), number * 10),
        vector: vec![1.0, number as f32, 0.0],
    };
    (0..count).map(part).collect()
}

impl Fixture {
    fn place_parts(&self, item: &NewItem, parts: &[NewFigure]) -> Result<u64, CatalogError> {
        let place = |tx: &WriteTransaction<'_>| tx.place_item(&self.collection, item, parts);
        self.catalog.write(NOW, place).map(id)
    }

    fn changes(&self, since: Revision) -> Vec<Change> {
        let mut changes = Vec::new();
        self.catalog
            .changes_since(&self.collection, &since, |change| changes.push(change))
            .unwrap();
        changes
    }
}

#[test]
fn figures_come_back_as_they_were_and_are_shared_by_the_same_bytes() {
    let fixture = Fixture::new();
    let parts = parts(3);
    let first = fixture
        .place_parts(&picture("a", "/a.tif"), &parts)
        .unwrap();
    let whole = id(fixture.place(&picture("b", "/b.tif")));
    let known = |tx: &WriteTransaction<'_>| {
        let copy = picture("a", "/copy.tif");
        tx.place_item(&fixture.collection, &copy, NewFigures::Known)
    };
    let copy = id(fixture.catalog.write(NOW, known).unwrap());
    let asked = [(first, 2), (copy, 0), (whole, 0), (whole, 1), (first, 3)];
    let found = fixture.catalog.figures(&asked).unwrap();
    assert_eq!(found.len(), 3);
    assert_eq!(found[&(first, 2)], parts[2].figure);
    assert_eq!(found[&(copy, 0)], parts[0].figure);
    assert_eq!(found[&(whole, 0)], Figure::default());
    let vectors: Vec<Vec<f32>> = parts.iter().map(|part| part.vector.clone()).collect();
    for item in [first, copy] {
        let stored = fixture
            .catalog
            .embeddings_of_item(&fixture.collection, item);
        assert_eq!(stored.unwrap(), vectors);
    }
    let nobody = fixture.catalog.embeddings_of_item(&fixture.collection, 99);
    assert_eq!(nobody.unwrap(), Vec::<Vec<f32>>::new());
    let stored = |item_id, vectors: &[Vec<f32>]| {
        Change::Stored(StoredItem {
            item_id,
            front_page: false,
            vectors: vectors.to_vec(),
        })
    };
    let expected = [
        stored(first, &vectors),
        stored(whole, &[vec![1.0, 2.0, 3.0]]),
        stored(copy, &vectors),
    ];
    assert_eq!(fixture.changes(Revision::default()), expected);
}

#[test]
fn a_replaced_file_has_its_own_figures_and_is_told_in_order() {
    let fixture = Fixture::new();
    let ids = ["a", "b", "c"].map(|name| {
        let item = picture(name, &format!("/{name}.tif"));
        fixture.place_parts(&item, &parts(2)).unwrap()
    });
    let since = fixture.catalog.revision(&fixture.collection).unwrap();
    let replaced = fixture.place_parts(&picture("d", "/a.tif"), &parts(1));
    assert_eq!(replaced.unwrap(), ids[0]);
    let remove = |tx: &WriteTransaction<'_>| tx.remove_items(&fixture.collection, &ids[1..2]);
    fixture.catalog.write(NOW, remove).unwrap();
    let added = fixture
        .place_parts(&picture("e", "/e.tif"), &parts(2))
        .unwrap();
    let told: Vec<(u64, usize)> = (fixture.changes(since).into_iter())
        .map(|change| match change {
            Change::Removed(id) => (id, 0),
            Change::Stored(stored) => (stored.item_id, stored.vectors.len()),
        })
        .collect();
    assert_eq!(told, [(ids[0], 1), (ids[1], 0), (added, 2)]);
}

#[test]
fn duplicates_are_looked_for_figure_by_figure() {
    let fixture = Fixture::new();
    let first = fixture
        .place_parts(&picture("a", "/a.tif"), &parts(5))
        .unwrap();
    let second = fixture
        .place_parts(&picture("b", "/b.tif"), &parts(2))
        .unwrap();
    for limit in 1..9 {
        let mut seen = Vec::new();
        loop {
            let after = seen.last().copied();
            let page = fixture
                .catalog
                .embeddings_after(&fixture.collection, after, limit)
                .unwrap();
            if page.is_empty() {
                break;
            }
            seen.extend(page.iter().map(|one| (one.item_id, one.figure_index)));
        }
        let of = |item: u64, count: u8| (0..count).map(move |figure| (item, figure));
        assert_eq!(seen, of(first, 5).chain(of(second, 2)).collect::<Vec<_>>());
    }
}

#[test]
fn no_figure_and_too_many_are_refused() {
    let fixture = Fixture::new();
    for count in [0, 257] {
        let refused = fixture.place_parts(&picture("a", "/a.tif"), &parts(count));
        let error = refused.unwrap_err();
        assert!(matches!(error, CatalogError::FigureCount { .. }), "{error}");
    }
    assert!(
        fixture
            .place_parts(&picture("a", "/a.tif"), &parts(256))
            .is_ok()
    );
    let mut odd = parts(2);
    odd[1].vector.pop();
    let refused = fixture.place_parts(&picture("b", "/b.tif"), &odd);
    assert!(matches!(refused, Err(CatalogError::WrongDimension { .. })));
    assert_eq!(fixture.embeddings().len(), 1);
}
