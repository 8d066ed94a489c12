//! What people decided about duplicates.

use std::collections::HashSet;

use crate::write::WriteTransaction;
use crate::{Catalog, CatalogError};

impl Catalog {
    /// All pairs of items that are said to be no duplicates, the lower id first.
    ///
    /// # Errors
    /// The catalogue can't be read.
    pub fn not_duplicates(&self) -> Result<HashSet<(u64, u64)>, CatalogError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT a, b FROM not_duplicates")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

impl WriteTransaction<'_> {
    /// Remembers that no two of these items are duplicates.
    ///
    /// # Errors
    /// The catalogue can't be written.
    pub fn add_not_duplicates(&self, items: &[u64]) -> Result<(), CatalogError> {
        let mut statement = self
            .connection
            .prepare_cached("INSERT OR IGNORE INTO not_duplicates (a, b) VALUES (?1, ?2)")?;
        for (place, &one) in items.iter().enumerate() {
            for &other in items[place + 1..].iter().filter(|&&other| other != one) {
                statement.execute([one.min(other), one.max(other)])?;
            }
        }
        Ok(())
    }
}
