//! Files with the same bytes that are under way at the same time, such as front-page copies
//! right behind their sheet: decoded and embedded once.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use lookalike_catalog::{Content, NewItem};

/// Contents remembered after they were handed to the writer, until the catalogue surely has
/// them: more than can wait for their commit.
const REMEMBERED: usize = 16_384;

#[derive(Debug, Default)]
pub(super) struct InFlight {
    by_md5: Mutex<HashMap<String, State>>,
}

#[derive(Debug)]
enum State {
    /// Somebody works on it; these items wait for it.
    Pending(Vec<NewItem>),
    /// It is on its way to the catalogue.
    Finished(Box<Content>),
}

/// Whose work a content is.
#[derive(Debug)]
pub(super) enum Claim {
    /// The caller's, who must end it by [`InFlight::finish`] or [`InFlight::fail`].
    Ours(Box<NewItem>),
    /// Somebody else's, who has taken the item along.
    Attached,
    /// Done: the item needs no embedding any more.
    Finished(Box<NewItem>),
}

impl InFlight {
    pub(super) fn claim(&self, mut item: NewItem) -> Claim {
        let mut contents = self.lock();
        match contents.get_mut(&item.content.md5) {
            Some(State::Pending(waiting)) => {
                waiting.push(item);
                Claim::Attached
            }
            Some(State::Finished(content)) => {
                item.content = (**content).clone();
                Claim::Finished(Box::new(item))
            }
            None => {
                let md5 = item.content.md5.clone();
                contents.insert(md5, State::Pending(Vec::new()));
                Claim::Ours(Box::new(item))
            }
        }
    }

    /// The content is embedded. `send` hands it to the writer; only then may items without
    /// embedding follow. Returns the items that waited.
    pub(super) fn finish<T>(
        &self,
        content: &Content,
        send: impl FnOnce() -> T,
    ) -> (T, Vec<NewItem>) {
        let sent = send();
        let mut contents = self.lock();
        if contents.len() >= REMEMBERED {
            contents.retain(|_, state| matches!(state, State::Pending(_)));
        }
        let finished = State::Finished(Box::new(content.clone()));
        let mut waiting = match contents.insert(content.md5.clone(), finished) {
            Some(State::Pending(waiting)) => waiting,
            _ => Vec::new(),
        };
        for item in &mut waiting {
            item.content = content.clone();
        }
        (sent, waiting)
    }

    /// The content can't be embedded. Returns the items that waited for it.
    pub(super) fn fail(&self, md5: &str) -> Vec<NewItem> {
        match self.lock().remove(md5) {
            Some(State::Pending(waiting)) => waiting,
            _ => Vec::new(),
        }
    }

    /// No operation leaves the map half-changed, so a panic elsewhere does no harm.
    fn lock(&self) -> MutexGuard<'_, HashMap<String, State>> {
        self.by_md5.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
