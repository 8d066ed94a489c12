//! What is done with Milvus, a method for each request.

use std::thread;
use std::time::{Duration, Instant};

use lookalike_storage::{Collection, Metric};
use prost::Message;

use crate::client::Client;
use crate::error::MilvusError;
use crate::index::{IndexMade, Reach};
use crate::schema::{self, EMBEDDING, Row};
use crate::wire::{
    Alias, CollectionSchema, CreateCollection, CreateIndex, Delete, Described, DropAlias, Empty,
    Field, FieldData, GetLoadState, Id, KeyValue, Load, LoadState, Mutation, Named, Placeholder,
    PlaceholderGroup, Queried, Query, ScalarField, Scalars, Search, Status, Timestamp, Upsert,
    Version, Wellness,
};

/// Rows that Milvus returns at once.
pub(crate) const MOST_ROWS: usize = 16_384;

/// The guarantee timestamp is taken as given: a read sees all up to it and waits for no more.
const SESSION: i32 = 1;

/// Of new collections: reads of other programs may lag behind a little.
const BOUNDED: i32 = 2;

/// Expressions as texts.
const BOOLEAN_EXPRESSIONS: i32 = 1;

/// How long Milvus has to load a collection.
const LOAD_TIMEOUT: Duration = Duration::from_secs(600);

/// How long a reader waits for that: whoever asks is told to come again.
const READ_PATIENCE: Duration = Duration::from_secs(3);

/// How often Milvus is asked whether it is done.
const POLL: Duration = Duration::from_millis(50);

/// A row found, with its score as Milvus gives it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct FoundRow {
    pub(crate) id: i64,
    pub(crate) score: f32,
}

/// What a search of one collection asks.
pub(crate) struct Asked<'a> {
    pub(crate) queries: &'a [&'a [f32]],
    pub(crate) expression: &'a str,
    pub(crate) limit: usize,
    pub(crate) reach: Reach,
    /// What is seen at least.
    pub(crate) timestamp: u64,
}

/// A collection in Milvus.
#[derive(Clone, Copy)]
pub(crate) struct Remote<'a> {
    pub(crate) client: &'a Client,
    pub(crate) name: &'a str,
}

/// Its version, if it is well.
pub(crate) fn version(client: &Client) -> Result<String, MilvusError> {
    match client.ping::<Wellness>("CheckHealth", Empty {}) {
        Ok(answer) if !answer.is_healthy => {
            let reasons = answer.reasons.join("; ");
            return Err(MilvusError::Away(format!("it is not well: {reasons}")));
        }
        Err(error @ (MilvusError::Away(_) | MilvusError::Denied(_))) => return Err(error),
        // An answer all the same: some servers have nothing to tell, neither health nor version.
        _ => {}
    }
    match client.ping::<Version>("GetVersion", Empty {}) {
        Ok(version) => Ok(version.version),
        Err(MilvusError::Refused { .. } | MilvusError::Odd(_)) => Ok("unknown".to_owned()),
        Err(error) => Err(error),
    }
}

/// A timestamp after every write that was acknowledged; 0 from servers that have none, whose
/// reads see every write anyway.
pub(crate) fn timestamp(client: &Client) -> Result<u64, MilvusError> {
    match client.call::<Timestamp>("AllocTimestamp", &Empty {}) {
        Ok(answer) => Ok(answer.timestamp),
        Err(MilvusError::Refused { .. } | MilvusError::Odd(_)) => Ok(0),
        Err(error) => Err(error),
    }
}

/// Removes an alias; one that is not there is fine.
pub(crate) fn drop_alias(client: &Client, alias: &str) -> Result<(), MilvusError> {
    let message = DropAlias {
        db_name: client.database().to_owned(),
        alias: alias.to_owned(),
    };
    client.call::<Status>("DropAlias", &message).map(drop)
}

impl Remote<'_> {
    fn named(&self) -> Named {
        Named {
            db_name: self.client.database().to_owned(),
            collection_name: self.name.to_owned(),
        }
    }

    /// Its schema and aliases; `None` where there is none of that name.
    pub(crate) fn describe(&self) -> Result<Option<(CollectionSchema, Vec<String>)>, MilvusError> {
        let described = self
            .client
            .call::<Described>("DescribeCollection", &self.named());
        match described {
            Ok(described) => {
                let missing = || MilvusError::Odd("a collection without a schema".into());
                let schema = described.schema.ok_or_else(missing)?;
                Ok(Some((schema, described.aliases)))
            }
            Err(error) if error.is_no_collection() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes it, with its index, and loads it; what is there already stays.
    pub(crate) fn create(
        &self,
        collection: &Collection,
        index: &IndexMade,
    ) -> Result<(), MilvusError> {
        if self.describe()?.is_none() {
            let message = CreateCollection {
                db_name: self.client.database().to_owned(),
                collection_name: self.name.to_owned(),
                schema: schema::schema(self.name, collection).encode_to_vec(),
                shards: 1,
                consistency_level: BOUNDED,
            };
            self.client.call::<Status>("CreateCollection", &message)?;
        }
        let spec = &collection.spec;
        let message = CreateIndex {
            db_name: self.client.database().to_owned(),
            collection_name: self.name.to_owned(),
            field_name: EMBEDDING.to_owned(),
            index_name: EMBEDDING.to_owned(),
            extra_params: index.parameters(spec.metric, spec.dim),
        };
        self.client.call::<Status>("CreateIndex", &message)?;
        self.load(LOAD_TIMEOUT)
    }

    /// Loads it and waits until it is.
    fn load(&self, timeout: Duration) -> Result<(), MilvusError> {
        let load = Load {
            db_name: self.client.database().to_owned(),
            collection_name: self.name.to_owned(),
            replicas: 1,
        };
        self.client.call::<Status>("LoadCollection", &load)?;
        let state = GetLoadState {
            db_name: self.client.database().to_owned(),
            collection_name: self.name.to_owned(),
        };
        let began = Instant::now();
        while self.client.call::<LoadState>("GetLoadState", &state)?.state != LoadState::LOADED {
            if began.elapsed() > timeout {
                let seconds = timeout.as_secs();
                return Err(MilvusError::Away(format!(
                    "the collection `{}` was not loaded within {seconds} s",
                    self.name
                )));
            }
            thread::sleep(POLL);
        }
        Ok(())
    }

    /// Removes it and its aliases; nothing there is fine.
    pub(crate) fn drop(&self) -> Result<(), MilvusError> {
        let Some((_, aliases)) = self.describe()? else {
            return Ok(());
        };
        for alias in aliases {
            drop_alias(self.client, &alias)?;
        }
        match self.client.call::<Status>("DropCollection", &self.named()) {
            Err(error) if !error.is_no_collection() => Err(error),
            _ => Ok(()),
        }
    }

    /// Makes `alias` mean this collection.
    pub(crate) fn take_alias(&self, alias: &str) -> Result<(), MilvusError> {
        let message = Alias {
            db_name: self.client.database().to_owned(),
            collection_name: self.name.to_owned(),
            alias: alias.to_owned(),
        };
        // Which of the two applies shows by trying.
        let altered = self.client.call::<Status>("AlterAlias", &message);
        if altered.is_ok() {
            return Ok(());
        }
        let created = self.client.call::<Status>("CreateAlias", &message);
        created.map(drop)
    }

    /// Puts rows, in the place of those with the same keys.
    pub(crate) fn upsert(
        &self,
        collection: &Collection,
        rows: &[Row<'_>],
    ) -> Result<(), MilvusError> {
        let message = Upsert {
            db_name: self.client.database().to_owned(),
            collection_name: self.name.to_owned(),
            fields_data: schema::columns(collection, rows),
            num_rows: rows.len() as u32,
        };
        let done = self.client.call::<Mutation>("Upsert", &message)?;
        if done.failed.is_empty() {
            return Ok(());
        }
        let (failed, all) = (done.failed.len(), rows.len());
        Err(MilvusError::Odd(format!(
            "{failed} of {all} rows were not taken"
        )))
    }

    /// Deletes the rows with these keys; those that are not there don't matter.
    pub(crate) fn delete(&self, ids: &[i64]) -> Result<(), MilvusError> {
        let message = Delete {
            db_name: self.client.database().to_owned(),
            collection_name: self.name.to_owned(),
            expr: format!("id in {ids:?}"),
        };
        self.client.call::<Mutation>("Delete", &message).map(drop)
    }

    /// The best rows for each query, best first.
    pub(crate) fn search(
        &self,
        metric: Metric,
        index: &IndexMade,
        asked: &Asked<'_>,
    ) -> Result<Vec<Vec<FoundRow>>, MilvusError> {
        let bytes = |query: &&[f32]| query.iter().flat_map(|value| value.to_le_bytes()).collect();
        let group = PlaceholderGroup {
            placeholders: vec![Placeholder {
                tag: "$0".to_owned(),
                data_type: 101,
                values: asked.queries.iter().map(bytes).collect(),
            }],
        };
        let message = Search {
            db_name: self.client.database().to_owned(),
            collection_name: self.name.to_owned(),
            expr: asked.expression.to_owned(),
            placeholder_group: group.encode_to_vec(),
            dsl_type: BOOLEAN_EXPRESSIONS,
            output_fields: Vec::new(),
            params: index.search_parameters(metric, asked.limit, asked.reach),
            guarantee_timestamp: asked.timestamp,
            query_count: asked.queries.len() as i64,
            consistency_level: SESSION,
        };
        let found = self.reading("Search", &message)?;
        rows_of(found, asked.queries.len())
    }

    /// Keys of rows that pass the expression, at most [`MOST_ROWS`].
    pub(crate) fn ids(&self, expression: &str, timestamp: u64) -> Result<Vec<i64>, MilvusError> {
        let answer = self.query(expression, &["id"], timestamp, Some(MOST_ROWS))?;
        longs(&answer.fields_data, "id")
    }

    /// Keys and vectors of rows that pass the expression.
    pub(crate) fn vectors(
        &self,
        expression: &str,
        timestamp: u64,
    ) -> Result<Vec<(i64, Vec<f32>)>, MilvusError> {
        let answer = self.query(expression, &["id", EMBEDDING], timestamp, Some(MOST_ROWS))?;
        let ids = longs(&answer.fields_data, "id")?;
        let column = answer.fields_data.iter();
        let column = column.filter_map(|column| match &column.field {
            Some(Field::Vectors(vectors)) => {
                vectors.floats.as_ref().map(|floats| (vectors.dim, floats))
            }
            _ => None,
        });
        let vectors: Vec<Vec<f32>> = column
            .flat_map(|(dim, floats)| {
                let dim = usize::try_from(dim).unwrap_or(1).max(1);
                floats.data.chunks(dim).map(<[f32]>::to_vec)
            })
            .collect();
        Ok(ids.into_iter().zip(vectors).collect())
    }

    /// All of these fields of the first rows that pass the expression, at most `limit`.
    pub(crate) fn page(
        &self,
        expression: &str,
        fields: &[&str],
        limit: usize,
    ) -> Result<Vec<FieldData>, MilvusError> {
        let now = timestamp(self.client)?;
        let answer = self.query(expression, fields, now, Some(limit))?;
        Ok(answer.fields_data)
    }

    /// How many rows pass the expression.
    pub(crate) fn count(&self, expression: &str, timestamp: u64) -> Result<u64, MilvusError> {
        const COUNT: &str = "count(*)";
        let answer = self.query(expression, &[COUNT], timestamp, None)?;
        let count = longs(&answer.fields_data, COUNT)?.first().copied();
        let odd = || MilvusError::Odd("a count without a number".into());
        count.map(i64::cast_unsigned).ok_or_else(odd)
    }

    fn query(
        &self,
        expression: &str,
        fields: &[&str],
        timestamp: u64,
        limit: Option<usize>,
    ) -> Result<Queried, MilvusError> {
        let message = Query {
            db_name: self.client.database().to_owned(),
            collection_name: self.name.to_owned(),
            expr: expression.to_owned(),
            output_fields: fields.iter().map(|&field| field.to_owned()).collect(),
            guarantee_timestamp: timestamp,
            params: limit
                .map(|limit| KeyValue {
                    key: "limit".to_owned(),
                    value: limit.to_string(),
                })
                .into_iter()
                .collect(),
            consistency_level: SESSION,
        };
        self.reading("Query", &message)
    }

    /// Reads from a collection that may have to be loaded first: a Milvus that was restarted or
    /// a person may have let go of it.
    fn reading<A: crate::wire::Answer>(
        &self,
        method: &'static str,
        message: &(impl Message + Clone + 'static),
    ) -> Result<A, MilvusError> {
        match self.client.call(method, message) {
            Err(error) if error.is_not_loaded() => {
                self.load(READ_PATIENCE)?;
                self.client.call(method, message)
            }
            answer => answer,
        }
    }
}

fn rows_of(found: crate::wire::Found, queries: usize) -> Result<Vec<Vec<FoundRow>>, MilvusError> {
    let odd = |what: &str| MilvusError::Odd(format!("a search was answered {what}"));
    let results = found.results.unwrap_or_default();
    let ids = match results.ids.and_then(|ids| ids.id) {
        None => Vec::new(),
        Some(Id::Long(ids)) => ids.data,
        Some(Id::Text(_)) => return Err(odd("with texts for keys")),
    };
    if ids.len() != results.scores.len() {
        return Err(odd("with fewer scores than rows, or more"));
    }
    let mut rows = ids.into_iter().zip(results.scores);
    let mut rows = rows.by_ref().map(|(id, score)| FoundRow { id, score });
    // No counts where there is nothing.
    let counts = results.counts.into_iter().chain(std::iter::repeat(0));
    let of_query = |count: i64| {
        rows.by_ref()
            .take(usize::try_from(count).unwrap_or(0))
            .collect()
    };
    Ok(counts.take(queries).map(of_query).collect())
}

fn longs(columns: &[FieldData], name: &str) -> Result<Vec<i64>, MilvusError> {
    let found = columns.iter().find(|column| column.field_name == name);
    match found.or(columns.first()).map(|column| &column.field) {
        None => Ok(Vec::new()),
        Some(Some(Field::Scalars(ScalarField {
            data: Some(Scalars::Long(longs)),
        }))) => Ok(longs.data.clone()),
        Some(Some(Field::Scalars(ScalarField { data: None }))) => Ok(Vec::new()),
        Some(_) => Err(MilvusError::Odd(format!("`{name}` came as something else"))),
    }
}

#[cfg(test)]
mod tests;
