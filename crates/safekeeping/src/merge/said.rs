//! What tables say of patents in another library.

use lookalike_engine::EngineError;

use super::{MergeReport, Merger, Other, ROWS};

impl Merger<'_> {
    /// After the items, as only patents are annotated that are known. What is said here stays.
    pub(super) fn annotations(
        &self,
        other: &Other,
        report: &mut MergeReport,
    ) -> Result<(), EngineError> {
        let mut after = String::new();
        while !self.cancel.is_cancelled() {
            let annotated = other.catalog.annotated_patents_after(&after, ROWS)?;
            let Some((last, _)) = annotated.last() else {
                break;
            };
            after.clone_from(last);
            report.annotations += self.stores.catalog().write(self.now(), |tx| {
                let mut filled = 0;
                for (id, theirs) in annotated {
                    let ours = tx.annotations(&id)?;
                    let mut both = theirs;
                    both.extend(ours.clone());
                    if both != ours && self.stores.catalog().knows_patent(&id)? {
                        tx.set_annotations(&id, &both)?;
                        filled += 1;
                    }
                }
                Ok::<_, EngineError>(filled)
            })?;
        }
        Ok(())
    }
}
