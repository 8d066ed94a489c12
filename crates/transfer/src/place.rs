//! Whether a row is an item already, and what it becomes if not.

use lookalike_catalog::{Collection, Placed, WriteTransaction};
use lookalike_engine::EngineError;
use lookalike_work::FileProblem;

use crate::content::Candidate;

/// A vector that stands for itself although its picture is known.
pub(crate) struct Alone {
    /// Of the vector.
    pub(crate) md5: String,
    /// MD5 of the picture.
    pub(crate) picture: String,
    /// The picture's thumbnail, unless it is stored under the picture's MD5.
    pub(crate) jpeg: Option<Vec<u8>>,
}

/// What became of a row.
pub(crate) enum Fate {
    Imported,
    Skipped,
    Failed(FileProblem),
}

/// Adds a row, unless it is there. Those whose thumbnail is wanted under another MD5 than
/// before go into `alone`.
pub(crate) fn place(
    tx: &WriteTransaction<'_>,
    collection: &Collection,
    candidate: &mut Candidate,
    alone: &mut Vec<Alone>,
) -> Result<Fate, EngineError> {
    // Once more, for two rows with one id in the same block.
    if let Some(id) = &candidate.item.external_id
        && let Some(stored) = tx.embedding_of_external_id(collection, id)?
    {
        return Ok(same_id(&candidate.label, id, &stored, candidate.vector()));
    }
    // The catalogue keeps one embedding for each content of a collection. Another vector of
    // the same picture (a crop, a second pass) would silently be dropped in favour of the
    // first: it gets a content of its own instead.
    let stored = tx.embedding_of_content(collection, &candidate.item.content.md5)?;
    if stored.is_some_and(|stored| !same_bits(&stored, candidate.vector())) {
        let picture = candidate.item.content.md5.clone();
        candidate.stand_alone();
        alone.push(Alone {
            md5: candidate.item.content.md5.clone(),
            picture,
            jpeg: candidate.thumbnail.take(),
        });
    }
    let item = &candidate.item;
    if tx.has_item(
        collection,
        &item.file_name,
        &item.content.md5,
        item.external_id.as_deref(),
    )? {
        return Ok(Fate::Skipped);
    }
    if let Some(patent) = &candidate.patent {
        tx.upsert_patent(patent)?;
    }
    Ok(
        match tx.place_item(collection, item, candidate.figures.as_slice())? {
            Placed::Added(_) | Placed::Replaced(_) => Fate::Imported,
            Placed::Known(_) => Fate::Skipped,
        },
    )
}

/// A row whose id an item has: the same one, or one that must not be taken for it.
pub(crate) fn same_id(label: &str, id: &str, stored: &[f32], vector: &[f32]) -> Fate {
    if same_bits(stored, vector) {
        return Fate::Skipped;
    }
    Fate::Failed(FileProblem {
        file: label.to_owned(),
        reason: format!(
            "the collection has an item `{id}` with another vector; give the row another id, or \
             import into another collection"
        ),
    })
}

/// Whether two vectors are the same to the last bit, the sign of zeros included.
fn same_bits(a: &[f32], b: &[f32]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits())
}
