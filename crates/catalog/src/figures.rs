//! Figures: the parts of an item that each show one thing, with an embedding each.
//!
//! They hang on the content, as the same bytes show the same figures wherever they lie. An item
//! that is not taken apart has one, the whole. Their numbers within an item go from 0 without a
//! gap, so that their number tells which there are.

use std::collections::HashMap;

use lookalike_terms::Turn;
use rusqlite::{Connection, Row, params};

use crate::{Catalog, CatalogError, Collection, changes, embeddings};

/// The most figures of an item: a figure's number is a byte of its row's.
pub const MOST_FIGURES: usize = 256;

/// A part of an item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figure {
    /// Number in its caption, such as `4A`.
    pub number: Option<String>,
    /// The caption as it was read, such as `FIG. 4A`.
    pub label: Option<String>,
    /// `perspective`, `front`, ...
    pub view: Option<String>,
    /// Where it lies; `None` for the whole item.
    pub area: Option<Area>,
    /// How it was turned before it was embedded.
    pub turn: Turn,
}

/// A rectangle in pixels of the item's picture, from its upper left corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// Left edge.
    pub x: u32,
    /// Upper edge.
    pub y: u32,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// A figure and its embedding.
#[derive(Clone, Debug, PartialEq)]
pub struct NewFigure {
    /// The part.
    pub figure: Figure,
    /// Its embedding.
    pub vector: Vec<f32>,
}

impl NewFigure {
    /// The whole item as one figure.
    #[must_use]
    pub fn whole(vector: Vec<f32>) -> Self {
        Self {
            figure: Figure::default(),
            vector,
        }
    }
}

/// The figures of an item to add.
#[derive(Clone, Copy, Debug)]
pub enum NewFigures<'a> {
    /// Those that the collection has of the same content already.
    Known,
    /// One, the whole, with this embedding.
    Whole(&'a [f32]),
    /// These, 1 to [`MOST_FIGURES`].
    Parts(&'a [NewFigure]),
}

impl<'a> From<&'a [NewFigure]> for NewFigures<'a> {
    fn from(parts: &'a [NewFigure]) -> Self {
        Self::Parts(parts)
    }
}

impl<'a> From<&'a [f32]> for NewFigures<'a> {
    fn from(vector: &'a [f32]) -> Self {
        Self::Whole(vector)
    }
}

impl<'a, const N: usize> From<&'a [f32; N]> for NewFigures<'a> {
    fn from(vector: &'a [f32; N]) -> Self {
        Self::Whole(vector)
    }
}

impl<'a> From<&'a Vec<f32>> for NewFigures<'a> {
    fn from(vector: &'a Vec<f32>) -> Self {
        Self::Whole(vector)
    }
}

impl<'a, F: Into<Self>> From<Option<F>> for NewFigures<'a> {
    fn from(figures: Option<F>) -> Self {
        figures.map_or(Self::Known, Into::into)
    }
}

impl Catalog {
    /// What is known of figures: of items by id, by number within the item.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn figures(
        &self,
        figures: &[(u64, u8)],
    ) -> Result<HashMap<(u64, u8), Figure>, CatalogError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT number, label, embeddings.view, x, y, width, height, turn FROM items \
                 JOIN embeddings ON embeddings.content_id = items.content_id \
                 AND embeddings.collection_id = items.collection_id \
                 WHERE items.id = ?1 AND figure_index = ?2",
            )?;
            let mut found = HashMap::new();
            for &(item, index) in figures {
                let mut rows = statement.query(params![item, index])?;
                if let Some(row) = rows.next()? {
                    let place = || format!("figure {index} of item {item}");
                    found.insert((item, index), from_row(row, place)?);
                }
            }
            Ok(found)
        })
    }

    /// The rows of a collection: items by id, each with the numbers of its figures.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn figure_rows(&self, collection: &Collection) -> Result<Vec<(u64, u8)>, CatalogError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT items.id, figure_index FROM items JOIN embeddings \
                 ON embeddings.content_id = items.content_id \
                 AND embeddings.collection_id = items.collection_id \
                 WHERE items.collection_id = ?1 ORDER BY items.id, figure_index",
            )?;
            let rows =
                statement.query_map([collection.id], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The embeddings of an item's figures, by their numbers; none where it has no embedding.
    ///
    /// # Errors
    /// A stored vector is damaged, or the catalogue can't be read.
    pub fn embeddings_of_item(
        &self,
        collection: &Collection,
        id: u64,
    ) -> Result<Vec<Vec<f32>>, CatalogError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT vector FROM items JOIN embeddings \
                 ON embeddings.content_id = items.content_id \
                 AND embeddings.collection_id = items.collection_id \
                 WHERE items.id = ?1 AND items.collection_id = ?2 ORDER BY figure_index",
            )?;
            let mut rows = statement.query(params![id, collection.id])?;
            let mut vectors = Vec::new();
            while let Some(row) = rows.next()? {
                let bytes = row.get_ref("vector")?.as_blob().unwrap_or_default();
                vectors.push(embeddings::checked(bytes, collection, || {
                    format!("embedding of item {id}")
                })?);
            }
            Ok(vectors)
        })
    }
}

pub(crate) fn from_row(
    row: &Row<'_>,
    place: impl FnOnce() -> String,
) -> Result<Figure, CatalogError> {
    let x: Option<u32> = row.get("x")?;
    let area = match x {
        None => None,
        Some(x) => Some(Area {
            x,
            y: row.get("y")?,
            width: row.get("width")?,
            height: row.get("height")?,
        }),
    };
    let degrees: u32 = row.get("turn")?;
    Ok(Figure {
        number: row.get("number")?,
        label: row.get("label")?,
        view: row.get("view")?,
        area,
        turn: Turn::from_degrees(degrees).ok_or_else(|| CatalogError::Damaged {
            what: format!("{} (turned by {degrees} degrees)", place()),
        })?,
    })
}

/// Keeps those that are there, if there are any. Items that had none until now count as changed.
pub(crate) fn store(
    connection: &Connection,
    collection: &Collection,
    content_id: i64,
    figures: NewFigures<'_>,
) -> Result<(), CatalogError> {
    let whole = Figure::default();
    let rows: Vec<(&Figure, &[f32])> = match figures {
        NewFigures::Known => return Ok(()),
        NewFigures::Whole(vector) => vec![(&whole, vector)],
        NewFigures::Parts(parts) => {
            let rows = parts
                .iter()
                .map(|part| (&part.figure, part.vector.as_slice()));
            rows.collect()
        }
    };
    if !(1..=MOST_FIGURES).contains(&rows.len()) {
        return Err(CatalogError::FigureCount { found: rows.len() });
    }
    let dim = collection.spec.dim;
    if let Some((_, vector)) = rows.iter().find(|(_, vector)| vector.len() != dim) {
        return Err(CatalogError::WrongDimension {
            collection: collection.spec.name.clone(),
            expected: dim,
            found: vector.len(),
        });
    }
    if embeddings::has_content(connection, collection.id, content_id)? {
        return Ok(());
    }
    let mut statement = connection.prepare_cached(
        "INSERT INTO embeddings (collection_id, content_id, figure_index, number, label, view, \
         x, y, width, height, turn, vector) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?;
    for (index, (figure, vector)) in rows.into_iter().enumerate() {
        let bytes: Vec<u8> = vector
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        let area = figure.area;
        statement.execute(params![
            collection.id,
            content_id,
            index,
            figure.number,
            figure.label,
            figure.view,
            area.map(|area| area.x),
            area.map(|area| area.y),
            area.map(|area| area.width),
            area.map(|area| area.height),
            figure.turn.degrees(),
            bytes
        ])?;
    }
    let mut statement = connection
        .prepare_cached("SELECT id FROM items WHERE content_id = ?1 AND collection_id = ?2")?;
    let items = statement
        .query_map([content_id, collection.id], |row| row.get(0))?
        .collect::<Result<Vec<_>, _>>()?;
    changes::record(connection, collection.id, &items)
}
