//! Memory of forward passes between calls.

use std::sync::{Mutex, PoisonError};

use super::Workspace;

/// A workspace above this size is not kept for the next call.
const KEPT_BYTES: usize = 512 << 20;

/// Workspaces that are not in use: as many as there were calls at the same time.
#[derive(Default)]
pub(crate) struct Workspaces(Mutex<Vec<Workspace>>);

impl Workspaces {
    /// What `work` makes with one of them.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut Workspace) -> T) -> T {
        let mut workspace = self.lock().pop().unwrap_or_default();
        let result = work(&mut workspace);
        if workspace.bytes() <= KEPT_BYTES {
            self.lock().push(workspace);
        }
        result
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Workspace>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
