//! A data directory with a store that writes, one that reads, and the model beside them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use lookalike_catalog::{
    Catalog, CatalogError, Collection, Content, Figure, KnownPath, NewCollection, NewFigure,
    NewItem, Patent, Placed, WriteTransaction,
};
use lookalike_index::{Effort, Filter, IndexKind, Metric};
use tempfile::TempDir;

use super::model::{Model, ModelItem, Narrowed};
use super::random::{DIM, Random};
use super::{OpenVectors, check_query};
use crate::vectors::{FrontPages, IndexState, Scope, Selection, VectorQuery, VectorStore};
use crate::{Hit, Upkeep};

/// Patents that items are of.
const PATENTS: u32 = 5;

/// The process that writes, and one that reads beside it.
struct Stores {
    owner: Box<dyn VectorStore>,
    reader: Box<dyn VectorStore>,
}

pub(super) struct World<'a> {
    pub(super) catalog: Arc<Catalog>,
    pub(super) collection: Collection,
    pub(super) model: Model,
    /// Never `None` but while they are opened again.
    stores: Option<Stores>,
    open: &'a OpenVectors<'a>,
    directory: TempDir,
    /// Items made so far.
    made: u32,
}

impl<'a> World<'a> {
    pub(super) fn new(
        name: &str,
        kind: IndexKind,
        metric: Metric,
        open: &'a OpenVectors<'a>,
    ) -> Self {
        let directory = TempDir::new().expect("there is room for a folder");
        let catalog = Catalog::open_for_writing(directory.path());
        let catalog = Arc::new(catalog.expect("a catalogue can be made"));
        let spec = NewCollection {
            name: name.into(),
            model: None,
            model_fingerprint: None,
            dim: DIM,
            preprocess: None,
            size: None,
            metric,
            index_kind: kind,
            normalize: false,
        };
        let collection = catalog.write(0, |tx| tx.create_collection(&spec));
        let patents = |tx: &WriteTransaction<'_>| -> Result<(), CatalogError> {
            (0..PATENTS).try_for_each(|number| {
                tx.upsert_patent(&Patent {
                    patent_id: patent(number),
                    ..Patent::default()
                })
            })
        };
        catalog.write(0, patents).expect("patents can be stored");
        let stores = Stores::open(open, &catalog, directory.path());
        Self {
            collection: collection.expect("a collection can be made"),
            stores: Some(stores),
            model: Model {
                metric,
                items: BTreeMap::new(),
            },
            catalog,
            open,
            directory,
            made: 0,
        }
    }

    /// Items that are not stored yet.
    pub(super) fn prepared(&mut self, random: &mut Random, count: usize) -> Vec<ModelItem> {
        let make = |_| {
            self.made += 1;
            let number = self.made;
            ModelItem {
                front_page: random.below(9) == 0,
                figures: figures(random),
                tag: format!("tag-{}", random.below(4)),
                patent: match random.below(2 * PATENTS) {
                    number @ 0..PATENTS => Some(patent(number)),
                    _ => None,
                },
                path: format!("/sheets/{number}.png"),
                md5: format!("{number:032x}"),
            }
        };
        (0..count).map(make).collect()
    }

    /// Stores items; returns their ids.
    pub(super) fn commit(&self, items: &[ModelItem]) -> Vec<u64> {
        let place = |tx: &WriteTransaction<'_>| -> Result<Vec<u64>, CatalogError> {
            let placed = items.iter().map(|item| place(tx, &self.collection, item));
            placed.collect()
        };
        self.catalog.write(0, place).expect("items can be stored")
    }

    pub(super) fn add(&mut self, random: &mut Random, count: u32) {
        let items = self.prepared(random, count as usize);
        let ids = self.commit(&items);
        self.model.items.extend(ids.into_iter().zip(items));
    }

    /// Another item with the bytes, and so the embeddings, of one that is there.
    pub(super) fn add_copy(&mut self, random: &mut Random) {
        let Some(original) = self.some_item(random) else {
            return;
        };
        self.made += 1;
        let copy = ModelItem {
            path: format!("/copies/{}.png", self.made),
            patent: None,
            ..self.model.items[&original].clone()
        };
        let ids = self.commit(std::slice::from_ref(&copy));
        self.model.items.insert(ids[0], copy);
    }

    /// Some items go.
    pub(super) fn remove(&mut self, random: &mut Random) {
        let ids: Vec<u64> = (0..1 + random.below(5))
            .filter_map(|_| self.some_item(random))
            .collect();
        let remove = |tx: &WriteTransaction<'_>| tx.remove_items(&self.collection, &ids);
        self.catalog.write(0, remove).expect("items can be removed");
        for id in ids {
            self.model.items.remove(&id);
        }
    }

    /// The file of an item has changed: the same item, with other embeddings.
    pub(super) fn replace(&mut self, random: &mut Random) {
        let Some(id) = self.some_item(random) else {
            return;
        };
        let fresh = self.prepared(random, 1).remove(0);
        let replaced = ModelItem {
            figures: fresh.figures,
            md5: fresh.md5,
            ..self.model.items[&id].clone()
        };
        let ids = self.commit(std::slice::from_ref(&replaced));
        assert_eq!(ids, [id], "a changed file keeps its item");
        self.model.items.insert(id, replaced);
    }

    /// Closes the stores and opens them again.
    pub(super) fn reopen(&mut self) {
        drop(self.stores.take());
        let stores = Stores::open(self.open, &self.catalog, self.directory.path());
        self.stores = Some(stores);
    }

    pub(super) fn owner(&self) -> &dyn VectorStore {
        &*self.stores.as_ref().expect("stores are open").owner
    }

    pub(super) fn reader(&self) -> &dyn VectorStore {
        &*self.stores.as_ref().expect("stores are open").reader
    }

    pub(super) fn settle(&mut self) {
        let settled = self.owner().settle(&self.collection);
        settled.expect("a store that works can settle");
    }

    pub(super) fn rebuild(&mut self) {
        let rebuilt = self.owner().rebuild(&self.collection);
        rebuilt.expect("a store that works can be rebuilt");
    }

    pub(super) fn state(&self) -> IndexState {
        let state = self.owner().state(&self.collection);
        state.expect("a store that works knows its state")
    }

    /// Another collection beside the one of the suite.
    pub(super) fn other(&self, name: &str) -> Collection {
        let spec = NewCollection {
            name: name.into(),
            ..self.collection.spec.clone()
        };
        let other = self.catalog.write(0, |tx| tx.create_collection(&spec));
        other.expect("a collection can be made")
    }

    /// Adds an item to another collection; returns its id.
    pub(super) fn add_to(&mut self, other: &Collection, random: &mut Random) -> u64 {
        let item = self.prepared(random, 1).remove(0);
        let placed = self.catalog.write(0, |tx| place(tx, other, &item));
        placed.expect("items can be stored")
    }

    pub(super) fn drop_collection(&mut self) {
        let drop = |tx: &WriteTransaction<'_>| tx.drop_collection(&self.collection);
        self.catalog.write(0, drop).expect("can be dropped");
        self.model.items.clear();
    }

    /// A new collection under the name of the dropped one.
    pub(super) fn create_again(&mut self) {
        self.collection = self.other(&self.collection.spec.name);
    }

    pub(super) fn search(
        &self,
        store: &dyn VectorStore,
        query: &[f32],
        wanted: &VectorQuery<'_>,
    ) -> Vec<Hit> {
        let queries = [query.to_vec()];
        let hits = store.search(&self.collection, &queries, wanted);
        let mut hits = hits.expect("a store that works can be searched");
        assert_eq!(hits.len(), 1, "an answer for each query");
        hits.remove(0)
    }

    /// Searches of all kinds, by both stores, compared with the model.
    pub(super) fn check(&self, random: &mut Random) {
        for store in [self.owner(), self.reader()] {
            self.check_searches(store, random);
            self.check_all_hits(store, random);
            self.check_scores(store, random);
        }
    }

    fn check_searches(&self, store: &dyn VectorStore, random: &mut Random) {
        let narrowed = self.narrowed(random);
        let selection = self.selection(&narrowed);
        let queries = [random.vector(), random.vector(), random.vector()];
        let all = self.model.items.len() + 3;
        let k = random.one_of(&[0, 1, 4, 10, all]).unwrap_or(1);
        let mut scope = Scope {
            selection: selection.as_ref(),
            front_pages: random
                .one_of(&[FrontPages::LeftOut, FrontPages::Included])
                .unwrap_or_default(),
            threshold: None,
        };
        let expected = self.model.best(&queries[0], &narrowed, &scope);
        if random.below(3) == 0 {
            let place = random.below(expected.len() as u32 + 1) as usize;
            scope.threshold = Model::threshold(&expected, place);
        }
        let wanted = VectorQuery {
            k,
            scope,
            effort: Effort::EXACT,
        };
        let found = store.search(&self.collection, &queries, &wanted);
        let found = found.expect("a store that works can be searched");
        assert_eq!(found.len(), queries.len(), "an answer for each query");
        for (query, hits) in queries.iter().zip(&found) {
            check_query(&self.model, query, &narrowed, &scope, k, hits);
        }
        assert_eq!(
            self.search(store, &queries[1], &wanted),
            found[1],
            "alone as among others"
        );
    }

    fn check_all_hits(&self, store: &dyn VectorStore, random: &mut Random) {
        let narrowed = self.narrowed(random);
        let selection = self.selection(&narrowed);
        let scope = Scope {
            selection: selection.as_ref(),
            ..Scope::default()
        };
        let query = random.vector();
        let mut hits = Vec::new();
        store
            .each_hit(&self.collection, &query, &scope, &mut |hit| hits.push(hit))
            .expect("a store that works can be searched");
        self.model.assert_scores(&query, &hits);
        let mut found: Vec<u64> = hits.iter().map(|hit| hit.item_id).collect();
        found.sort_unstable();
        let expected = self.model.best(&query, &narrowed, &scope);
        let mut expected: Vec<u64> = expected.iter().map(|scored| scored.item_id).collect();
        expected.sort_unstable();
        assert_eq!(found, expected, "all within {scope:?}");
    }

    fn check_scores(&self, store: &dyn VectorStore, random: &mut Random) {
        let query = random.vector();
        // One that is there twice, and one that never was.
        let mut asked: Vec<u64> = (0..4).filter_map(|_| self.some_item(random)).collect();
        asked.extend(asked.first().copied());
        asked.push(1 << 40);
        let scores = store.scores(&self.collection, &query, &asked);
        let scores = scores.expect("a store that works can be asked");
        assert_eq!(scores.len(), asked.len());
        for (id, hit) in asked.iter().zip(&scores) {
            assert_eq!(
                hit.is_some(),
                self.model.items.contains_key(id),
                "item {id}"
            );
            if let Some(hit) = hit {
                assert_eq!(hit.item_id, *id);
                self.model.assert_scores(&query, &[*hit]);
            }
        }
    }

    fn narrowed(&self, random: &mut Random) -> Narrowed {
        match random.below(8) {
            0 => Narrowed::Tagged(vec!["tag-1".into()]),
            1 => Narrowed::Tagged(vec!["tag-0".into(), "tag-3".into()]),
            2 => Narrowed::Patent(patent(random.below(PATENTS))),
            3 => {
                let items = (0..3).filter_map(|_| self.some_item(random));
                Narrowed::Excluded(patent(1), items.collect())
            }
            4 => Narrowed::Nothing,
            _ => Narrowed::All,
        }
    }

    fn selection(&self, narrowed: &Narrowed) -> Option<Selection<'_>> {
        let expression = narrowed.expression()?;
        let find = {
            let expression = expression.clone();
            move || {
                let ids = self.catalog.matching_items(&self.collection, &expression)?;
                Ok(Arc::new(Filter::from_ids(ids)))
            }
        };
        Some(Selection::new(expression, find))
    }

    fn some_item(&self, random: &mut Random) -> Option<u64> {
        let ids: Vec<u64> = self.model.items.keys().copied().collect();
        random.one_of(&ids)
    }
}

impl Stores {
    fn open(open: &OpenVectors<'_>, catalog: &Arc<Catalog>, directory: &Path) -> Self {
        let reading = Catalog::open(directory).expect("the catalogue can be read");
        Self {
            owner: open(Arc::clone(catalog), directory, Upkeep::Owner),
            reader: open(Arc::new(reading), directory, Upkeep::Reader),
        }
    }
}

/// One figure mostly, else up to six.
fn figures(random: &mut Random) -> BTreeMap<u8, Vec<f32>> {
    let count = random.one_of(&[1, 1, 1, 2, 3, 6]).unwrap_or(1);
    (0..count).map(|index| (index, random.vector())).collect()
}

fn patent(number: u32) -> String {
    format!("USD{}", 900_000 + number)
}

fn place(
    tx: &WriteTransaction<'_>,
    collection: &Collection,
    item: &ModelItem,
) -> Result<u64, CatalogError> {
    let new = NewItem {
        content: Content {
            md5: item.md5.clone(),
            width: 1,
            height: 1,
            file_size: 1,
            format: "png".into(),
            original_key: None,
            turn: None,
            page: None,
        },
        external_id: None,
        file_name: "sheet.png".into(),
        path: Some(KnownPath {
            path: item.path.clone(),
            file_size: 1,
            modified_ns: 0,
            page_count: None,
        }),
        patent_id: item.patent.clone(),
        page_num: None,
        image_index: None,
        view: None,
        front_page: item.front_page,
        description: None,
        tags: vec![item.tag.clone()],
        attributes: serde_json::Map::new(),
        warnings: Vec::new(),
    };
    let figures: Vec<NewFigure> = (item.figures.values())
        .map(|vector| NewFigure {
            figure: Figure::default(),
            vector: vector.clone(),
        })
        .collect();
    match tx.place_item(collection, &new, figures.as_slice())? {
        Placed::Added(id) | Placed::Replaced(id) => Ok(id.cast_unsigned()),
        Placed::Known(id) => panic!("item {id} was there already"),
    }
}
