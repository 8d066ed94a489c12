//! The loop of a thread that decodes and embeds: what takes the time of an import.
//!
//! There is such a thread for each core, and it does all of this by itself, a few pictures at a
//! time. Spreading each forward pass over all cores would make them wait for each other at every
//! layer while other threads decode; this way no core ever waits for another.

use std::num::NonZeroUsize;

use lookalike_encoders::Lane;
use lookalike_imaging::RgbImage;

use crate::{Described, Encoder, EngineError};

/// What a worker does next.
pub(crate) enum Next<T> {
    /// This.
    Task(T),
    /// Nothing is there just now: time to embed what was gathered.
    Pause,
    /// Nothing will come any more.
    End,
}

/// Nobody takes what a worker makes any more.
#[derive(Debug)]
pub(crate) struct Closed;

/// What is kept of a picture, and its parts in the encoder's shape.
pub(crate) type Prepared<Kept> = (Kept, Vec<RgbImage>);

/// What a worker takes, and what it does with it besides embedding.
pub(crate) trait Work {
    /// A picture before it is decoded.
    type Task;
    /// What is kept of it until it is embedded.
    type Kept;

    /// The next picture. Waits for one only if it has to: when nothing was `gathered` yet.
    fn next(&mut self, gathered: usize) -> Next<Self::Task>;

    /// Decodes a picture and brings its parts to the encoder's shape; `None` when it can't be,
    /// which is reported then.
    fn prepare(&mut self, task: Self::Task) -> Result<Option<Prepared<Self::Kept>>, Closed>;

    /// Hands on what was made of a picture's parts, or why there is nothing.
    fn finish(
        &mut self,
        kept: Self::Kept,
        described: Result<Vec<Described>, String>,
    ) -> Result<(), Closed>;
}

/// Works on a thread of its own until all is done, nobody takes what it makes any more, or `stop`
/// says so. Embeds `batch_size` pictures in a forward pass; `None` takes what suits the encoder.
///
/// # Errors
/// No thread can be started.
pub(crate) fn run(
    work: &mut (impl Work + Send),
    encoder: &Encoder,
    batch_size: Option<NonZeroUsize>,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<(), EngineError> {
    let lane = encoder.lane()?;
    let batch_size = batch_size.map_or_else(|| encoder.batch_size(&lane), NonZeroUsize::get);
    // Whoever took what it made knows why it is closed.
    let _ = lane.run(|| embed_all(work, encoder, &lane, batch_size, stop));
    Ok(())
}

fn embed_all<W: Work>(
    work: &mut W,
    encoder: &Encoder,
    lane: &Lane,
    batch_size: usize,
    stop: &dyn Fn() -> bool,
) -> Result<(), Closed> {
    let mut batch: Vec<(W::Kept, Vec<RgbImage>)> = Vec::with_capacity(batch_size);
    let mut gathered = 0;
    while !stop() {
        let is_paused = match work.next(gathered) {
            Next::Task(task) => {
                if let Some((kept, parts)) = work.prepare(task)? {
                    gathered += parts.len();
                    batch.push((kept, parts));
                }
                false
            }
            Next::Pause => true,
            Next::End => return Ok(()),
        };
        if gathered >= batch_size || is_paused {
            embed(work, encoder, lane, batch_size, std::mem::take(&mut batch))?;
            gathered = 0;
        }
    }
    Ok(())
}

fn embed<W: Work>(
    work: &mut W,
    encoder: &Encoder,
    lane: &Lane,
    batch_size: usize,
    batch: Vec<(W::Kept, Vec<RgbImage>)>,
) -> Result<(), Closed> {
    let pictures: Vec<&RgbImage> = batch.iter().flat_map(|(_, parts)| parts).collect();
    let mut described: Vec<Result<Described, String>> = Vec::with_capacity(pictures.len());
    // The last picture may have brought more parts than there was room for.
    for some in pictures.chunks(batch_size.max(1)) {
        match encoder.describe_on(lane, some) {
            Ok(made) => described.extend(made.into_iter().map(finite)),
            Err(error) => described.extend(vec![Err(error.to_string()); some.len()]),
        }
    }
    let mut described = described.into_iter();
    for (kept, parts) in batch {
        // All of them are taken, whatever the first error.
        let of_parts: Vec<_> = described.by_ref().take(parts.len()).collect();
        work.finish(kept, of_parts.into_iter().collect())?;
    }
    Ok(())
}

/// What can be compared with others.
///
/// # Errors
/// It is not finite; the message says so.
pub(crate) fn finite(described: Described) -> Result<Described, String> {
    if !described.embedding.iter().all(|value| value.is_finite()) {
        return Err("the encoder gave an embedding that is not finite".to_owned());
    }
    Ok(described)
}
