//! What lies beside the catalogues: pictures and evidence.

use lookalike_catalog::{Collection, Content};
use lookalike_engine::{EngineError, EvidenceStore, Stores, evidence_key, thumbnail_key};
use lookalike_storage::blob::{BlobKey, BlobStore, FolderBlobs};

/// Copies what the other folder has of these contents and nobody has here; returns how many blobs.
/// What is in a bucket is there already: libraries that are to be merged use the same one.
pub(super) fn copy(
    stores: &Stores,
    from: &FolderBlobs,
    contents: &[&Content],
) -> Result<u64, EngineError> {
    let mut copies: Vec<(BlobKey, Vec<u8>)> = Vec::new();
    for content in contents {
        let original = content.original_key.clone().map(BlobKey::new).transpose()?;
        // Pages of a file share its copy.
        for key in original.into_iter().chain([thumbnail_key(&content.md5)?]) {
            let is_here = copies.iter().any(|(other, _)| *other == key);
            if !is_here
                && let Some(bytes) = from.get(&key)?
                && !stores.blobs().exists(&key)?
            {
                copies.push((key, bytes));
            }
        }
    }
    let blobs: Vec<(&BlobKey, &[u8])> = copies
        .iter()
        .map(|(key, bytes)| (key, bytes.as_slice()))
        .collect();
    stores.blobs().put_all(&blobs)?;
    Ok(blobs.len() as u64)
}

/// Copies what pictures are compared by on second look. Where there is none they are ranked by their
/// embeddings alone.
pub(super) fn copy_evidence(
    stores: &Stores,
    from: &EvidenceStore,
    (theirs, ours): (&Collection, &Collection),
    contents: &[&Content],
) -> Result<(), EngineError> {
    let Some(file) = from.of_collection(theirs.id)? else {
        return Ok(());
    };
    let here = stores.evidence().of_collection(ours.id)?;
    let mut found = Vec::new();
    for content in contents {
        // The whole, then its figures.
        for key in (0..=u8::MAX).map_while(|figure| evidence_key(&content.md5, figure)) {
            if here.as_ref().is_some_and(|here| here.contains(&key)) {
                break;
            }
            match file.get(&key)? {
                Some(evidence) => found.push((key, evidence)),
                None => break,
            }
        }
    }
    let found = found.iter().map(|(key, evidence)| (*key, evidence));
    Ok(stores.evidence().append(ours.id, found)?)
}
