//! Marks what the catalogue knows of and the disk no longer has.

use std::path::Path;

use super::look::{is_below, reach};
use super::{Change, Watch};
use lookalike_engine::{EngineError, is_gone};

impl<E: FnMut(Change)> Watch<'_, E> {
    /// Marks files that are gone from roots that are there. Answers `false` if a root went
    /// meanwhile, so that this must be done again.
    pub(super) fn mark_missing(&mut self) -> Result<bool, EngineError> {
        let catalog = self.stores.catalog();
        let Some(collection) = catalog.find_collection(&self.request.collection)? else {
            return Ok(true);
        };
        let there: Vec<&Path> = self
            .roots
            .iter()
            .map(|root| root.real.as_path())
            .filter(|root| !self.blind.contains_key(*root))
            .collect();
        let mut gone = Vec::new();
        for root in &there {
            catalog.paths_below(&collection, &root.to_string_lossy(), |path| {
                if !is_below(Path::new(path), &self.blind) && is_gone(path) {
                    gone.push(path.to_owned());
                }
            })?;
        }
        // Nothing was deleted from a drive that went in the meantime.
        let lost: Vec<&Path> = there
            .into_iter()
            .filter(|root| reach(root).is_err())
            .collect();
        gone.retain(|path| !lost.iter().any(|root| Path::new(path).starts_with(root)));
        let complete = lost.is_empty();
        if gone.is_empty() {
            return Ok(complete);
        }
        let marked = catalog.write(self.stores.now().as_second(), |tx| {
            let mut marked = 0;
            for path in &gone {
                marked += u64::from(tx.mark_missing(&collection, path)?);
            }
            Ok::<_, EngineError>(marked)
        })?;
        (self.each)(Change::Missing(marked));
        Ok(complete)
    }
}
