//! Having Milvus write what it holds in memory and index it: once after an import, never during one,
//! as it keeps a segment for each time that it is told to.

use std::thread;
use std::time::{Duration, Instant};

use lookalike_storage::Metric;

use crate::calls::Remote;
use crate::error::MilvusError;
use crate::wire::IndexDescription;
use crate::wire::{DescribedIndex, Flush, FlushState, Flushed, GetFlushState, NamedIndex};

/// How often Milvus is asked whether it is done.
const POLL: Duration = Duration::from_millis(200);

/// How long is waited for an index: searches answer without it as well, more slowly.
const PATIENCE: Duration = Duration::from_secs(1800);

impl Remote<'_> {
    /// Writes and indexes; ends early where `stop` says so.
    pub(crate) fn flush(&self, stop: &dyn Fn() -> bool) -> Result<(), MilvusError> {
        let message = Flush {
            db_name: self.client.database().to_owned(),
            collection_names: vec![self.name.to_owned()],
        };
        let flushed = self.client.call::<Flushed>("Flush", &message)?;
        let segments = flushed.segments.get(self.name);
        let state = GetFlushState {
            segments: segments
                .map(|segments| segments.data.clone())
                .unwrap_or_default(),
            flush_timestamp: flushed.timestamps.get(self.name).copied().unwrap_or(0),
            db_name: self.client.database().to_owned(),
            collection_name: self.name.to_owned(),
        };
        let began = Instant::now();
        let wait = |is_done: &dyn Fn() -> Result<bool, MilvusError>| {
            while !is_done()? {
                if stop() || began.elapsed() > PATIENCE {
                    return Ok(());
                }
                thread::sleep(POLL);
            }
            Ok::<_, MilvusError>(())
        };
        wait(&|| {
            let state = self.client.call::<FlushState>("GetFlushState", &state)?;
            Ok(state.flushed)
        })?;
        wait(&|| self.is_indexed())
    }

    /// How the index of a field compares vectors; `None` without one, or where it is not ours to know.
    pub(crate) fn metric(&self, field: &str) -> Result<Option<Metric>, MilvusError> {
        let described = match self.describe_index() {
            Err(MilvusError::Refused { .. }) => return Ok(None),
            described => described?,
        };
        let of_field = described
            .indexes
            .iter()
            .find(|index| index.field_name == field);
        let parameters = of_field.map_or(&[][..], |index| &index.params);
        let named = parameters
            .iter()
            .find(|parameter| parameter.key == "metric_type");
        Ok(named.and_then(|named| match named.value.as_str() {
            "COSINE" => Some(Metric::Cosine),
            "IP" => Some(Metric::InnerProduct),
            "L2" => Some(Metric::L2),
            _ => None,
        }))
    }

    fn is_indexed(&self) -> Result<bool, MilvusError> {
        let described = self.describe_index()?;
        let is_done = |index: &IndexDescription| {
            index.state == IndexDescription::FINISHED && index.pending_rows == 0
        };
        Ok(described.indexes.iter().all(is_done))
    }

    fn describe_index(&self) -> Result<DescribedIndex, MilvusError> {
        let message = NamedIndex {
            db_name: self.client.database().to_owned(),
            collection_name: self.name.to_owned(),
            field_name: String::new(),
            index_name: String::new(),
        };
        self.client.call("DescribeIndex", &message)
    }
}
