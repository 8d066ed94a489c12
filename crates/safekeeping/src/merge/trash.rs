//! The trash of another library: what was deleted there can be restored here.

use lookalike_catalog::{Collection, ForeignTrash, Placed};
use lookalike_engine::EngineError;

use super::{ITEMS, MergeReport, Merger, Other};

impl Merger<'_> {
    /// Under the deletions that put it there, each at its time: so that what is emptied by age here is
    /// what would have been there. What is an item here, or was deleted here too, stays so.
    pub(super) fn trash(
        &self,
        other: &Other,
        library: &str,
        (theirs, ours): (&Collection, &Collection),
        report: &mut MergeReport,
    ) -> Result<(), EngineError> {
        let mut after = 0;
        // Where nothing is kept when it is deleted, nothing comes from elsewhere either.
        while self.stores.trash_days() > 0 && !self.cancel.is_cancelled() {
            let mut trash = other.catalog.trash_to_give(theirs, after, ITEMS)?;
            let Some(last) = trash.last() else { break };
            after = last.item.id;
            let ids: Vec<u64> = trash.iter().map(|one| one.item.id).collect();
            let taken = self.stores.catalog().taken_in(library, &ids)?;
            trash.retain(|one| !taken.contains_key(&one.item.id));
            // Those of a deletion together.
            trash.sort_by_key(|one| (one.deletion, one.item.id));
            for deleted in trash.chunk_by(|one, next| one.deletion == next.deletion) {
                let taken = self.take_trash(other, library, (theirs, ours), deleted, report)?;
                report.trash += taken;
            }
        }
        Ok(())
    }

    fn take_trash(
        &self,
        other: &Other,
        library: &str,
        (theirs, ours): (&Collection, &Collection),
        deleted: &[ForeignTrash],
        report: &mut MergeReport,
    ) -> Result<u64, EngineError> {
        let Some(deleted_at) = deleted.first().map(|one| one.deleted_at) else {
            return Ok(0);
        };
        let items: Vec<_> = deleted.iter().map(|one| one.item.clone()).collect();
        let _kept = self.stores.keep_blobs();
        let figures = self.prepare(other, (theirs, ours), &items, report)?;
        self.stores.catalog().write(deleted_at, |tx| {
            let mut ids = Vec::new();
            for (item, figures) in items.iter().zip(&figures) {
                if tx.knows_of_trashed(ours, item)? {
                    continue;
                }
                if let Placed::Added(id) = tx.take_in(ours, library, item, figures.as_deref())? {
                    ids.push(id.unsigned_abs());
                }
            }
            if ids.is_empty() {
                return Ok(0);
            }
            let deletion = tx.begin_deletion(ours)?;
            tx.remember_deleted(ours, &ids)?;
            Ok::<_, EngineError>(tx.trash_items(ours, deletion, &ids)?.0 as u64)
        })
    }
}
