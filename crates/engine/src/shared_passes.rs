//! Pictures of searches that run at the same time, embedded in one forward pass: together they
//! take less time than one after the other.
//!
//! Whoever comes first embeds what waits; whoever comes meanwhile waits for the next pass. So a
//! lone search waits for nothing, and the busier the server is, the larger the batches are. An
//! embedding does not depend on its batch (`Embedder::embed` promises that), so nobody can tell.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use lookalike_imaging::RgbImage;

use crate::{Described, Encoder, EngineError, ErrorKind};

type Made = Result<Described, EngineError>;

/// Pictures waiting for their embeddings. Shared by threads.
#[derive(Default)]
pub(crate) struct SharedPasses {
    state: Mutex<State>,
    /// Signalled after each forward pass.
    passed: Condvar,
    pictures: AtomicU64,
    passes: AtomicU64,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Waiting>,
    done: HashMap<u64, Made>,
    next_ticket: u64,
    /// Whether a thread is at a forward pass.
    is_busy: bool,
}

struct Waiting {
    ticket: u64,
    encoder: Encoder,
    picture: RgbImage,
}

impl SharedPasses {
    /// Embeddings of prepared pictures, with what a second look compares.
    ///
    /// # Errors
    /// As [`Encoder::embed`].
    pub(crate) fn describe(
        &self,
        encoder: &Encoder,
        pictures: Vec<RgbImage>,
    ) -> Result<Vec<Described>, EngineError> {
        let mut state = self.lock();
        let first = state.next_ticket;
        for picture in pictures {
            let ticket = state.next_ticket;
            state.next_ticket += 1;
            state.waiting.push_back(Waiting {
                ticket,
                encoder: encoder.clone(),
                picture,
            });
        }
        let own = first..state.next_ticket;
        while !own.clone().all(|ticket| state.done.contains_key(&ticket)) {
            state = if state.is_busy {
                let waited = self.passed.wait(state);
                waited.unwrap_or_else(PoisonError::into_inner)
            } else {
                self.pass(state)
            };
        }
        // All of them are taken out, whatever the first error.
        let made: Vec<Made> = own
            .filter_map(|ticket| state.done.remove(&ticket))
            .collect();
        made.into_iter().collect()
    }

    /// Pictures embedded, and forward passes that it took.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (
            self.pictures.load(Ordering::Relaxed),
            self.passes.load(Ordering::Relaxed),
        )
    }

    /// One forward pass, over the first that waits and all that can go with it.
    fn pass<'a>(&'a self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        let batch = state.take_batch();
        state.is_busy = true;
        drop(state);
        let mut pass = Pass {
            passes: self,
            tickets: batch.iter().map(|one| one.ticket).collect(),
            results: Vec::new(),
        };
        if let Some(first) = batch.first() {
            let pictures: Vec<&RgbImage> = batch.iter().map(|one| &one.picture).collect();
            let whole = first.encoder.model().device().whole();
            pass.results = match first.encoder.describe_on(whole, &pictures) {
                Ok(described) => described.into_iter().map(Ok).collect(),
                Err(error) => batch.iter().map(|_| Err(error.repeated())).collect(),
            };
            self.pictures
                .fetch_add(batch.len() as u64, Ordering::Relaxed);
            self.passes.fetch_add(1, Ordering::Relaxed);
        }
        drop(pass);
        self.lock()
    }

    /// No operation leaves the state half-changed, so a panic elsewhere does no harm.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Others with another encoder or another shape stay for the next pass.
    fn take_batch(&mut self) -> Vec<Waiting> {
        let Some(first) = self.waiting.pop_front() else {
            return Vec::new();
        };
        let whole = first.encoder.model().device().whole();
        let most = first.encoder.batch_size(whole);
        let mut batch = vec![first];
        let mut others = VecDeque::new();
        while let Some(one) = self.waiting.pop_front() {
            let fits = one.encoder.embeds_like(&batch[0].encoder)
                && one.picture.width() == batch[0].picture.width()
                && one.picture.height() == batch[0].picture.height();
            if fits && batch.len() < most {
                batch.push(one);
            } else {
                others.push_back(one);
            }
        }
        self.waiting = others;
        batch
    }
}

/// Hands out the results also when the forward pass panics: nobody must wait forever.
struct Pass<'a> {
    passes: &'a SharedPasses,
    tickets: Vec<u64>,
    results: Vec<Made>,
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        let mut state = self.passes.lock();
        let mut results = self.results.drain(..);
        for ticket in &self.tickets {
            let result = results.next().unwrap_or_else(|| {
                Err(EngineError::new(
                    ErrorKind::Internal,
                    "the picture could not be embedded",
                ))
            });
            state.done.insert(*ticket, result);
        }
        state.is_busy = false;
        drop(state);
        self.passes.passed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    fn encoder(model: &str) -> Encoder {
        let fixture = Fixture::new();
        let encoders = fixture.engine.stores().encoders();
        encoders
            .encoder(model, None, None, crate::Length::Unit)
            .unwrap()
    }

    fn picture(seed: u8) -> RgbImage {
        let value = |index: usize| (index * usize::from(seed + 1)) as u8;
        RgbImage::new(30, 20, (0..30 * 20 * 3).map(value).collect()).unwrap()
    }

    #[test]
    fn pictures_of_many_threads_get_their_own_embeddings_in_fewer_passes() {
        let encoder = encoder(crate::BUILTIN);
        let pictures: Vec<RgbImage> = (0..12)
            .map(|seed| encoder.prepare(&picture(seed)).unwrap())
            .collect();
        let passes = SharedPasses::default();
        std::thread::scope(|scope| {
            for pair in pictures.chunks(2) {
                let (passes, encoder) = (&passes, &encoder);
                scope.spawn(move || {
                    let found = passes.describe(encoder, pair.to_vec()).unwrap();
                    let found = found.into_iter().map(|made| made.embedding);
                    let alone = pair
                        .iter()
                        .map(|one| encoder.embed(&[one]).unwrap().remove(0));
                    assert_eq!(found.collect::<Vec<_>>(), alone.collect::<Vec<_>>());
                });
            }
        });
        let (embedded, count) = passes.counts();
        assert_eq!(embedded, 12);
        assert!(count <= 6, "pictures of one search go together: {count}");
        let state = passes.lock();
        assert!(state.done.is_empty() && state.waiting.is_empty() && !state.is_busy);
    }

    #[test]
    fn a_failed_pass_fails_those_who_were_in_it_alone() {
        // It takes whole patches of 14 pixels only.
        let encoder = encoder("builtin-1");
        let wrong = RgbImage::new(3, 5, vec![0; 45]).unwrap();
        let passes = SharedPasses::default();
        assert!(passes.describe(&encoder, vec![wrong]).is_err());
        let right = encoder.prepare(&picture(1)).unwrap();
        assert_eq!(passes.describe(&encoder, vec![right]).unwrap().len(), 1);
    }
}
