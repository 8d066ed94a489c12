//! What is made for the grid of a picture's patches, kept for the next picture of the same grid.

use std::sync::{Arc, Mutex, PoisonError};

/// Grids that are kept: letterboxed images need one, native ones a few dozen, each as large as
/// an image's tokens and as fast to make again as a thousandth of the forward pass.
const KEPT_GRIDS: usize = 8;

/// The latest grids, the last one used at the end.
pub(super) struct Grids<T>(Mutex<Vec<Kept<T>>>);

struct Kept<T> {
    rows: usize,
    columns: usize,
    value: Arc<T>,
}

impl<T> Default for Grids<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Grids<T> {
    /// What is kept for a grid, or else made now.
    pub(super) fn get(&self, rows: usize, columns: usize, make: impl FnOnce() -> T) -> Arc<T> {
        let mut recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = recent
            .iter()
            .position(|kept| (kept.rows, kept.columns) == (rows, columns));
        let kept = match found {
            Some(index) => recent.remove(index),
            None => {
                if recent.len() == KEPT_GRIDS {
                    recent.remove(0);
                }
                Kept {
                    rows,
                    columns,
                    value: Arc::new(make()),
                }
            }
        };
        let value = Arc::clone(&kept.value);
        recent.push(kept);
        value
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Grids, KEPT_GRIDS};

    #[test]
    fn keeps_only_the_latest_grids() {
        let grids = Grids::default();
        let get = |columns| grids.get(1, columns, || columns);
        let first = get(1);
        assert!(Arc::ptr_eq(&first, &get(1)));
        for columns in 3..20 {
            assert_eq!(*get(columns), columns);
        }
        assert_eq!(grids.0.lock().unwrap().len(), KEPT_GRIDS);
        assert!(!Arc::ptr_eq(&first, &get(1)));
    }
}
