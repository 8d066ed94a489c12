//! Vectors in memory, by item.

use lookalike_catalog::{Change, Revision};
use lookalike_engine::{EngineError, ErrorKind};
use lookalike_index::Metric;

use super::rows::read_rows;
use super::{QuerySource, VectorSource};
use crate::random::sample;

/// Vectors of one length, at least one.
#[derive(Debug)]
pub(super) struct VectorSet {
    /// Values in a vector.
    pub(super) dim: usize,
    /// How they are meant to be compared, if that is known.
    pub(super) metric: Option<Metric>,
    /// Rising.
    pub(super) ids: Vec<u64>,
    /// `[ids][dim]`.
    pub(super) values: Vec<f32>,
}

/// Queries, at least one.
#[derive(Debug)]
pub(super) struct QuerySet {
    /// `[queries][dim]`.
    pub(super) values: Vec<f32>,
    /// For queries that are vectors of the set, its items.
    pub(super) items: Option<Vec<u64>>,
}

impl VectorSet {
    /// # Errors
    /// There is no such collection or bank, it can't be read, or it holds no vectors.
    pub(super) fn load(source: VectorSource<'_>) -> Result<Self, EngineError> {
        let mut ids = Vec::new();
        let mut values = Vec::new();
        let (dim, metric, name) = match source {
            VectorSource::Collection { catalog, name } => {
                let collection = catalog.collection(name)?;
                catalog.changes_since(
                    &collection,
                    &Revision::default(),
                    |change| match change {
                        Change::Stored(stored) if !stored.front_page => {
                            // One vector an item: of a sheet that is taken apart, its first figure.
                            ids.push(stored.item_id);
                            values.extend(stored.vectors.into_iter().next().unwrap_or_default());
                        }
                        _ => {}
                    },
                )?;
                let metric = Some(collection.spec.metric);
                (collection.spec.dim, metric, format!("collection `{name}`"))
            }
            VectorSource::Bank(path) => {
                let shape = read_rows(path, |row| {
                    ids.push(ids.len() as u64);
                    values.extend_from_slice(&row.vector);
                })?;
                (shape.dim, shape.metric, path.display().to_string())
            }
        };
        if ids.is_empty() {
            return Err(EngineError::new(
                ErrorKind::Unprocessable,
                format!("{name} holds no vectors to search"),
            ));
        }
        Ok(Self {
            dim,
            metric,
            ids,
            values,
        })
    }

    /// Number of vectors.
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The vector of an item of the set.
    pub(super) fn vector(&self, id: u64) -> Option<&[f32]> {
        let row = self.ids.binary_search(&id).ok()?;
        Some(self.row(row))
    }

    fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.dim..][..self.dim]
    }

    /// # Errors
    /// The bank can't be read, holds no vectors, or vectors of another length.
    pub(super) fn queries(&self, source: QuerySource<'_>) -> Result<QuerySet, EngineError> {
        match source {
            QuerySource::Sample { count, seed } => {
                let rows = sample(self.len(), count.max(1), seed);
                Ok(QuerySet {
                    values: rows
                        .iter()
                        .flat_map(|&row| self.row(row))
                        .copied()
                        .collect(),
                    items: Some(rows.iter().map(|&row| self.ids[row]).collect()),
                })
            }
            QuerySource::Bank(path) => {
                let queries = Self::load(VectorSource::Bank(path))?;
                if queries.dim != self.dim {
                    return Err(EngineError::invalid(format!(
                        "{} holds vectors of {} numbers; those searched have {}",
                        path.display(),
                        queries.dim,
                        self.dim
                    )));
                }
                Ok(QuerySet {
                    values: queries.values,
                    items: None,
                })
            }
        }
    }
}
