//! Times lists, filters and counts over many items: `cargo run --example lists -- [ITEMS]`.
//! The items have no files; nine in ten belong to patents of nine sheets.

#![expect(clippy::print_stdout, reason = "prints its measurements")]

use std::error::Error;
use std::time::Instant;

use lookalike_catalog::{
    Among, Catalog, Direction, IndexKind, ItemFilter, Metric, NewCollection, Passing, SortKey,
    Window,
};
use rusqlite::Connection;

const TODAY: u32 = 20_261_121;

const ROWS: &str = "
INSERT INTO contents (md5, width, height, file_size, format)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
    SELECT printf('%032x', i), 2560, 3300, 8000 + i * 7919 % 90001,
        CASE WHEN i % 10 = 0 THEN 'jpeg' ELSE 'tiff' END FROM n;
INSERT INTO patents (patent_id, title, loc_class, pub_date, expiry_date, applicant_name,
    applicant_country)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1 / 10)
    SELECT printf('USD%07d', i), 'Vase number ' || i, printf('%02d-%02d', i % 32 + 1, i % 9 + 1),
        20100000 + i % 17 * 10000 + i % 12 * 100 + 101 + i % 4 * 7,
        20250000 + i % 17 * 10000 + 101, 'Applicant ' || i % 5003, substr('USDEJPCNKR', i % 5 * 2 + 1, 2)
    FROM n;
INSERT INTO patent_titles (rowid, title) SELECT id, title FROM patents;
INSERT INTO items (collection_id, content_id, file_name, patent_id, page_num, image_index, tags,
    description, attributes, created_at, size_bytes, image_format)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
    SELECT 1, i, printf('USD%07d-20251230-D%05d.TIF', i * 7919 % 1000003, i % 9),
        CASE WHEN i % 10 THEN printf('USD%07d', i / 10 + 1) END,
        CASE WHEN i % 10 THEN printf('D%05d', i % 10) END, i % 10,
        CASE WHEN i % 20 THEN '[]' ELSE '[\"tag' || i % 7 || '\"]' END,
        CASE WHEN i % 3 = 0 THEN 'a drawing of item number ' || i END,
        '{\"label\":\"class' || i % 97 || '\"}', 1700000000 + i / 20, 8000 + i * 7919 % 90001,
        CASE WHEN i % 10 = 0 THEN 'jpeg' ELSE 'tiff' END
    FROM n;
INSERT INTO paths (collection_id, path, item_id, file_size, modified_ns)
    SELECT 1, printf('/data/%04d/%s/%s', id / 5000, coalesce(patent_id, 'photos'), file_name), id, 1, 1
    FROM items;
INSERT INTO patent_annotations (patent_id, attributes)
    SELECT patent_id, '{\"legal\":\"' || CASE WHEN id % 4 THEN 'active' ELSE 'lapsed' END
        || '\",\"family\":\"F' || id / 3 || '\"}' FROM patents;
";

fn main() -> Result<(), Box<dyn Error>> {
    let count: u64 = match std::env::args().nth(1) {
        Some(count) => count.parse()?,
        None => 1_000_000,
    };
    let directory = tempfile::tempdir()?;
    let catalog = Catalog::open_for_writing(directory.path())?;
    let collection = catalog.write(0, |tx| tx.create_collection(&spec()))?;
    let rows = Connection::open(directory.path().join("catalog.sqlite"))?;
    let start = Instant::now();
    rows.execute_batch(&format!(
        "BEGIN; {} COMMIT; PRAGMA wal_checkpoint(TRUNCATE);",
        ROWS.replace("?1", &count.to_string())
    ))?;
    println!(
        "{count} items made in {:.1} s",
        start.elapsed().as_secs_f64()
    );

    time("count", || catalog.count_items(&collection))?;
    let keys = [
        SortKey::Id,
        SortKey::CreatedAt,
        SortKey::FileName,
        SortKey::PatentId,
        SortKey::PubDate,
        SortKey::FileSize,
    ];
    let filter = ItemFilter {
        country: vec!["JP".into()],
        ..ItemFilter::default()
    };
    let passing = catalog.matching_items(&collection, &filter.expression(TODAY))?;
    let last = passing.last().map_or(0, |&id| id as usize);
    let mut bits = vec![false; last + 1];
    passing.iter().for_each(|&id| bits[id as usize] = true);
    let passes = |id: u64| bits.get(id as usize).copied().unwrap_or(false);
    let few = &passing[..passing.len().min(lookalike_catalog::FEW_ITEMS)];
    for key in keys {
        for direction in [Direction::Asc, Direction::Desc] {
            for (name, among, offset) in [
                ("page 1", Among::All, 0),
                ("page 20", Among::All, 950),
                ("middle", Among::All, count / 2),
                (
                    "one in five, page 1",
                    Among::Passing(Passing::new(&passes)),
                    0,
                ),
                ("few sorted", Among::Few(few), 0),
            ] {
                let window = Window { offset, limit: 50 };
                time(&format!("{key:?} {direction:?} {name}"), || {
                    catalog.sorted_items(&collection, among, key, direction, window)
                })?;
            }
        }
    }
    let filters = [
        (
            "title or description",
            ItemFilter {
                keyword: vec!["number 77".into()],
                ..ItemFilter::default()
            },
        ),
        (
            "description in Chinese",
            ItemFilter {
                keyword: vec!["花瓶".into()],
                ..ItemFilter::default()
            },
        ),
        (
            "tag",
            ItemFilter {
                tags: vec!["tag3".into()],
                ..ItemFilter::default()
            },
        ),
        (
            "attribute",
            ItemFilter {
                attributes: vec!["label=class7".into()],
                ..ItemFilter::default()
            },
        ),
        (
            "file name",
            ItemFilter {
                file_name: vec!["0777".into()],
                ..ItemFilter::default()
            },
        ),
        (
            "attribute of patents",
            ItemFilter {
                attributes: vec!["legal=active".into()],
                ..ItemFilter::default()
            },
        ),
        (
            "folder of everything",
            ItemFilter {
                folder: vec!["/data".into()],
                ..ItemFilter::default()
            },
        ),
        (
            "format",
            ItemFilter {
                format: vec!["tiff".into()],
                ..ItemFilter::default()
            },
        ),
        (
            "day",
            ItemFilter {
                created_from: Some(20_200_101),
                ..ItemFilter::default()
            },
        ),
        (
            "folder, format, day, attribute, country",
            ItemFilter {
                attributes: vec!["legal=active".into()],
                folder: vec!["/data".into()],
                format: vec!["tiff".into()],
                created_from: Some(20_200_101),
                country: vec!["JP".into()],
                ..ItemFilter::default()
            },
        ),
        ("country", filter),
    ];
    for (name, filter) in filters {
        time(&format!("filter by {name}"), || {
            catalog.matching_items(&collection, &filter.expression(TODAY))
        })?;
    }
    time("stats", || catalog.stats(&collection))?;
    time("facets of patents", || {
        let mut items = 0;
        catalog.patents_with_items(&collection, |_, ids| items += ids.len())?;
        Ok::<_, Box<dyn Error>>(items)
    })?;
    time("facets of tags", || {
        let mut items = 0;
        catalog.items_with_tags(&collection, |_, _| items += 1)?;
        Ok::<_, Box<dyn Error>>(items)
    })?;
    time("facets of formats", || {
        let mut items = 0;
        catalog.items_with_formats(&collection, |_, _| items += 1)?;
        Ok::<_, Box<dyn Error>>(items)
    })?;
    time("facets of folders", || {
        let mut items = 0;
        catalog.items_with_folders(&collection, |_, _| items += 1)?;
        Ok::<_, Box<dyn Error>>(items)
    })?;
    time("attributes of few values", || {
        catalog.attributes_of_few_values(&collection, 100)
    })?;
    for key in ["label", "legal"] {
        time(&format!("facets of the attribute {key}"), || {
            let mut items = 0;
            catalog.items_with_attribute(&collection, key, |_, _| items += 1)?;
            Ok::<_, Box<dyn Error>>(items)
        })?;
    }
    Ok(())
}

/// The best of three.
fn time<T, E>(what: &str, work: impl Fn() -> Result<T, E>) -> Result<(), E> {
    let mut best = f64::INFINITY;
    for _ in 0..3 {
        let start = Instant::now();
        work()?;
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!("{:>9.2} ms  {what}", best * 1e3);
    Ok(())
}

fn spec() -> NewCollection {
    NewCollection {
        name: "default".into(),
        model: None,
        model_fingerprint: None,
        dim: 3,
        preprocess: None,
        size: None,
        metric: Metric::Cosine,
        index_kind: IndexKind::Auto,
        normalize: true,
    }
}
