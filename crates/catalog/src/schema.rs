//! Tables and their migrations. A released migration is never edited, only followed.

use std::path::Path;

use rusqlite::Connection;

use crate::{CatalogError, words};

/// `PRAGMA user_version` after migration `i` is `i + 1`.
const MIGRATIONS: &[&str] = &[
    VERSION_1, VERSION_2, VERSION_3, VERSION_4, VERSION_5, VERSION_6, VERSION_7, VERSION_8,
    VERSION_9, VERSION_10, VERSION_11, VERSION_12, VERSION_13, VERSION_14, VERSION_15, VERSION_16,
    VERSION_17, VERSION_18, VERSION_19, VERSION_20, VERSION_21, VERSION_22,
];

/// The first version with an index of words, which no statement can fill.
const WORDS_VERSION: usize = 15;

/// - `contents`: one row per distinct file content; blob, thumbnail and embeddings hang on
///   it, so the same bytes are stored once whatever the number of items.
/// - `items`: one row per findable image. `AUTOINCREMENT` keeps ids unique over all
///   collections and never reuses one.
/// - `paths`: every path an item was seen under; what a resumed import skips by.
/// - `embeddings`: little-endian f32, once per collection and content.
const VERSION_1: &str = r#"
CREATE TABLE collections (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    model TEXT,
    model_fingerprint TEXT,
    dim INTEGER NOT NULL CHECK (dim > 0),
    preprocess TEXT,
    size INTEGER,
    metric TEXT NOT NULL,
    index_kind TEXT NOT NULL,
    normalize INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    removals INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE contents (
    id INTEGER PRIMARY KEY,
    md5 TEXT NOT NULL UNIQUE,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    file_size INTEGER NOT NULL,
    format TEXT NOT NULL,
    original_key TEXT
) STRICT;

CREATE TABLE patents (
    id INTEGER PRIMARY KEY,
    patent_id TEXT NOT NULL UNIQUE,
    kind TEXT,
    title TEXT,
    loc_class TEXT,
    loc_edition TEXT,
    further_loc_classes TEXT NOT NULL DEFAULT '[]',
    pub_date INTEGER,
    filing_date INTEGER,
    grant_term INTEGER,
    expiry_date INTEGER,
    applicant_name TEXT,
    applicant_country TEXT,
    inventor_names TEXT,
    assignee_name TEXT,
    claim_text TEXT,
    images TEXT NOT NULL DEFAULT '[]',
    image_count INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX patents_by_class ON patents (loc_class);
CREATE INDEX patents_by_date ON patents (pub_date);
CREATE VIRTUAL TABLE patent_titles USING fts5 (title, tokenize = 'unicode61 remove_diacritics 2');

CREATE TABLE items (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    collection_id INTEGER NOT NULL REFERENCES collections (id),
    content_id INTEGER NOT NULL REFERENCES contents (id),
    external_id TEXT,
    file_name TEXT NOT NULL,
    original_path TEXT,
    patent_id TEXT,
    page_num TEXT,
    image_index INTEGER,
    view TEXT,
    front_page INTEGER NOT NULL DEFAULT 0,
    description TEXT,
    tags TEXT NOT NULL DEFAULT '[]',
    attributes TEXT NOT NULL DEFAULT '{}',
    warnings TEXT NOT NULL DEFAULT '[]',
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX items_by_patent ON items (collection_id, patent_id, page_num);
CREATE INDEX items_by_content ON items (content_id, collection_id);
CREATE INDEX items_by_file_name ON items (file_name, id);

CREATE TABLE paths (
    collection_id INTEGER NOT NULL REFERENCES collections (id),
    path TEXT NOT NULL,
    item_id INTEGER NOT NULL REFERENCES items (id),
    file_size INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    PRIMARY KEY (collection_id, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX paths_by_item ON paths (item_id);

CREATE TABLE embeddings (
    id INTEGER PRIMARY KEY,
    collection_id INTEGER NOT NULL REFERENCES collections (id),
    content_id INTEGER NOT NULL REFERENCES contents (id),
    vector BLOB NOT NULL,
    UNIQUE (content_id, collection_id)
) STRICT;
"#;

/// - `jobs`: imports that are waiting, running or over; `job_failures` their failed files.
/// - `paths.missing_since`: Unix seconds at which a watched file was found gone.
const VERSION_2: &str = r#"
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    collection TEXT NOT NULL,
    request TEXT NOT NULL,
    state TEXT NOT NULL,
    message TEXT,
    total INTEGER NOT NULL DEFAULT 0,
    imported INTEGER NOT NULL DEFAULT 0,
    skipped INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    elapsed_ms INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER
) STRICT;
CREATE INDEX jobs_by_state ON jobs (state);

CREATE TABLE job_failures (
    id INTEGER PRIMARY KEY,
    job_id INTEGER NOT NULL REFERENCES jobs (id),
    file TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX job_failures_by_job ON job_failures (job_id);

ALTER TABLE paths ADD COLUMN missing_since INTEGER;
"#;

/// Items by the caller's own identifier: an import of vectors looks up every row by it.
const VERSION_3: &str = "
CREATE INDEX items_by_external_id ON items (collection_id, external_id)
    WHERE external_id IS NOT NULL;
";

/// - `changed_items`: items removed, or described by another embedding, by the number that
///   `collections.removals` had after it; what indexes follow.
/// - `patents_by_filters`: all that filters ask of patents, by the order of `items_by_patent`. A
///   scan of it beats an index on a single column unless that lets very few through.
/// - `released_contents`: contents that an item stopped describing, among which those are that
///   no item needs any more; nobody has to look through all contents for them.
const VERSION_4: &str = "
CREATE TABLE changed_items (
    collection_id INTEGER NOT NULL REFERENCES collections (id),
    removals INTEGER NOT NULL,
    item_id INTEGER NOT NULL,
    PRIMARY KEY (collection_id, removals, item_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX patents_by_filters ON patents (patent_id, loc_class, pub_date, expiry_date,
    applicant_country, applicant_name, assignee_name);
DROP INDEX patents_by_class;
DROP INDEX patents_by_date;

CREATE TABLE released_contents (
    content_id INTEGER PRIMARY KEY
) STRICT;
INSERT INTO released_contents (content_id) SELECT id FROM contents
    WHERE NOT EXISTS (SELECT 1 FROM items WHERE content_id = contents.id);
";

/// Items of a collection by id (which every index ends with): its newest item, those above an id.
/// Without it, both look at all items of the collection, before every search.
const VERSION_5: &str = "
CREATE INDEX items_by_collection ON items (collection_id);
";

/// - `searches`: what was searched for by whom; `user_id` is null for the local user.
/// - `search_queries`: the pictures, items and vectors of a search, by position.
/// - `search_vectors`: their little-endian f32 vectors, one for each kind of embedding.
const VERSION_6: &str = "
CREATE TABLE searches (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER,
    created_at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    collections TEXT NOT NULL,
    parameters TEXT NOT NULL,
    hits TEXT NOT NULL,
    total_matched INTEGER NOT NULL,
    total_ms REAL NOT NULL,
    query_token TEXT NOT NULL
) STRICT;
CREATE INDEX searches_by_user ON searches (user_id, created_at);
CREATE INDEX searches_by_token ON searches (query_token);

CREATE TABLE search_queries (
    search_id INTEGER NOT NULL REFERENCES searches (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    description TEXT NOT NULL,
    thumbnail BLOB,
    PRIMARY KEY (search_id, position)
) STRICT;

CREATE TABLE search_vectors (
    search_id INTEGER NOT NULL REFERENCES searches (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    embedding TEXT NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (search_id, position, embedding)
) STRICT;
";

/// - `users`: whoever may log in. `AUTOINCREMENT`, so that nothing of a removed user's is ever
///   another's.
/// - `sessions` and `api_tokens`: known by the SHA-256 of what opens them.
/// - `failed_logins`: by the SHA-256 of a name or address.
const VERSION_7: &str = "
CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    token_hash BLOB NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);

CREATE TABLE api_tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    token_hash BLOB NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_used INTEGER,
    expires_at INTEGER
) STRICT;
CREATE INDEX api_tokens_by_user ON api_tokens (user_id);
CREATE INDEX api_tokens_by_end ON api_tokens (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE failed_logins (
    key BLOB PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_failure INTEGER NOT NULL,
    forgotten_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX failed_logins_by_end ON failed_logins (forgotten_at);
";

/// - Lists of items: an index for every order that they can be listed in, so that a page is read
///   and not sorted. `items_by_patent` ends with the id now, as the order of such a list does.
/// - `contents_by_file_size` also holds all that counts of formats ask for.
/// - `items_with_tags`: all that counts of tags look at; most items have none.
/// - `items.is_corrected`: somebody set patent, page or view by hand, and no grant that is
///   imported again takes that back.
/// - `item_descriptions`: full text of descriptions, kept by triggers so that no way of writing
///   items can forget it. Without the texts themselves: those stand in `items`.
/// - `not_duplicates`: pairs of items that somebody said are not duplicates, `a` below `b`.
const VERSION_8: &str = "
CREATE INDEX items_by_created_at ON items (collection_id, created_at);
CREATE INDEX items_by_collection_and_name ON items (collection_id, file_name);
CREATE INDEX contents_by_file_size ON contents (file_size, format);
CREATE INDEX patents_by_pub_date ON patents (pub_date, patent_id);
DROP INDEX items_by_patent;
CREATE INDEX items_by_patent ON items (collection_id, patent_id);
CREATE INDEX items_with_tags ON items (collection_id, tags) WHERE tags <> '[]';

ALTER TABLE items ADD COLUMN is_corrected INTEGER NOT NULL DEFAULT 0;

CREATE VIRTUAL TABLE item_descriptions USING fts5 (description, content = '',
    contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2');
INSERT INTO item_descriptions (rowid, description)
    SELECT id, description FROM items WHERE description IS NOT NULL;
CREATE TRIGGER description_added AFTER INSERT ON items WHEN new.description IS NOT NULL BEGIN
    INSERT INTO item_descriptions (rowid, description) VALUES (new.id, new.description);
END;
CREATE TRIGGER description_changed AFTER UPDATE OF description ON items
WHEN old.description IS NOT new.description BEGIN
    DELETE FROM item_descriptions WHERE rowid = old.id;
    INSERT INTO item_descriptions (rowid, description)
        SELECT new.id, new.description WHERE new.description IS NOT NULL;
END;
CREATE TRIGGER description_removed AFTER DELETE ON items WHEN old.description IS NOT NULL BEGIN
    DELETE FROM item_descriptions WHERE rowid = old.id;
END;

CREATE TABLE not_duplicates (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL,
    PRIMARY KEY (a, b)
) STRICT, WITHOUT ROWID;
CREATE INDEX not_duplicates_by_b ON not_duplicates (b);
CREATE TRIGGER decisions_removed AFTER DELETE ON items BEGIN
    DELETE FROM not_duplicates WHERE a = old.id;
    DELETE FROM not_duplicates WHERE b = old.id;
END;
";

/// - `patents`: the US classification, and what a grant counts. `patents_by_filters` holds the
///   US class now.
/// - `grant_details`: what else a grant tells, as JSON.
/// - `patent_citations`: which patent cites which, those unknown here too: they may come.
const VERSION_9: &str = "
ALTER TABLE patents ADD COLUMN us_class TEXT;
ALTER TABLE patents ADD COLUMN further_us_classes TEXT NOT NULL DEFAULT '[]';
ALTER TABLE patents ADD COLUMN application_number TEXT;
ALTER TABLE patents ADD COLUMN figure_count INTEGER;
ALTER TABLE patents ADD COLUMN sheet_count INTEGER;
DROP INDEX patents_by_filters;
CREATE INDEX patents_by_filters ON patents (patent_id, loc_class, us_class, pub_date, expiry_date,
    applicant_country, applicant_name, assignee_name);

CREATE TABLE grant_details (
    patent_id TEXT PRIMARY KEY,
    details TEXT NOT NULL
) STRICT;

CREATE TABLE patent_citations (
    cited TEXT NOT NULL,
    citing TEXT NOT NULL,
    category TEXT,
    PRIMARY KEY (cited, citing)
) STRICT, WITHOUT ROWID;
CREATE INDEX patent_citations_by_citing ON patent_citations (citing);
";

/// - `dropped_collections`: those that vector stores have not let go of yet.
/// - `blob_work`: writing and deleting of blobs that has begun and not ended. A row that a process
///   leaves behind tells the next one that there may be blobs that nothing refers to.
/// - `blob_sweep`: how far the search for such blobs is: the last key that it looked at.
const VERSION_10: &str = "
CREATE TABLE dropped_collections (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    dropped_at INTEGER NOT NULL
) STRICT;

CREATE TABLE blob_work (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    started_at INTEGER NOT NULL
) STRICT;

CREATE TABLE blob_sweep (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    last_work INTEGER NOT NULL,
    last_key TEXT
) STRICT;
";

/// An embedding for each figure of a content: `figure_index` from 0 without a gap. `x` to `height`
/// are pixels of the content, all null for the whole; `turn` is in degrees, clockwise. What was
/// there before is the whole.
const VERSION_11: &str = "
CREATE TABLE figure_embeddings (
    id INTEGER PRIMARY KEY,
    collection_id INTEGER NOT NULL REFERENCES collections (id),
    content_id INTEGER NOT NULL REFERENCES contents (id),
    figure_index INTEGER NOT NULL CHECK (figure_index BETWEEN 0 AND 255),
    number TEXT,
    label TEXT,
    view TEXT,
    x INTEGER,
    y INTEGER,
    width INTEGER,
    height INTEGER,
    turn INTEGER NOT NULL DEFAULT 0,
    vector BLOB NOT NULL,
    UNIQUE (content_id, collection_id, figure_index)
) STRICT;
INSERT INTO figure_embeddings (collection_id, content_id, figure_index, vector)
    SELECT collection_id, content_id, 0, vector FROM embeddings ORDER BY id;
DROP TABLE embeddings;
ALTER TABLE figure_embeddings RENAME TO embeddings;
";

/// What makes the picture upright that a content's file holds, in degrees clockwise; null where
/// nobody has looked, as for all that was there before. `width` and `height` are those of the
/// upright picture. Searches may have asked with several figures of a picture: with vectors of one
/// kind in the order of `figure_index`.
const VERSION_12: &str = "
ALTER TABLE contents ADD COLUMN turn INTEGER CHECK (turn IN (0, 90, 180, 270));
CREATE TABLE search_figure_vectors (
    search_id INTEGER NOT NULL REFERENCES searches (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    embedding TEXT NOT NULL,
    figure_index INTEGER NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (search_id, position, embedding, figure_index)
) STRICT;
INSERT INTO search_figure_vectors
    SELECT search_id, position, embedding, 0, vector FROM search_vectors;
DROP TABLE search_vectors;
ALTER TABLE search_figure_vectors RENAME TO search_vectors;
";

/// Pages of files that hold several pictures.
/// - `contents`: `file_md5`, `file_page` and `page_area` (left, top, width, height) of those that
///   are pages; `md5` is a key made of them.
/// - `paths.page_count`: how many items the file gives. The path of a page is that of its file
///   with `#page=` and its number behind it.
const VERSION_13: &str = "
ALTER TABLE contents ADD COLUMN file_md5 TEXT;
ALTER TABLE contents ADD COLUMN file_page INTEGER;
ALTER TABLE contents ADD COLUMN page_area TEXT;
CREATE INDEX contents_by_file ON contents (file_md5) WHERE file_md5 IS NOT NULL;
ALTER TABLE paths ADD COLUMN page_count INTEGER;
";

/// Sizes, attributes, tags and numbers of items, where many items would be looked at for them.
const VERSION_14: &str = include_str!("schema/version_14.sql");

/// - `item_words`: what items can be found by in words, as `words` cuts it; without the texts
///   themselves.
/// - `items_to_index`: items whose words have changed since; all that were there before.
const VERSION_15: &str = include_str!("schema/version_15.sql");

/// - `library`: a name that tells this library from others, by chance.
/// - `taken_libraries` and `taken_items`: which items of other libraries were taken in, and as which.
///   Rows stay when the item is deleted: what somebody deleted does not come back.
const VERSION_16: &str = include_str!("schema/version_16.sql");

/// - `searches.marks`: what whoever searched has noted of what was found, see `marks`.
/// - `deletions`: what people deleted, by bytes and place; see there.
const VERSION_17: &str = "
ALTER TABLE searches ADD COLUMN marks TEXT;
CREATE TABLE deletions (
    collection_id INTEGER NOT NULL REFERENCES collections (id),
    path TEXT NOT NULL,
    md5 TEXT NOT NULL,
    deleted_at INTEGER NOT NULL,
    PRIMARY KEY (collection_id, path, md5)
) STRICT, WITHOUT ROWID;
";

/// - `word_templates`: the sentences that words are put into, by collection.
const VERSION_18: &str = include_str!("schema/version_18.sql");

/// - `trash`, `trash_paths`, `trash_deletions`: what was deleted and may come back, see `trash`.
const VERSION_19: &str = include_str!("schema/version_19.sql");

/// - `saved_searches`: searches of the history that somebody named, see `saved`.
/// - `search_queries.whole`: the whole picture where a part was searched for.
const VERSION_20: &str = include_str!("schema/version_20.sql");

/// - `items.image_format` and `trash.image_format`: the content's, for filters.
/// - `item_attributes`: the values of lists one by one.
/// - `patent_annotations`, `patent_attributes`: what tables say of patents, see `annotations`.
const VERSION_21: &str = include_str!("schema/version_21.sql");

/// - `search_vectors.evidence`: what hits were compared with again, so that they can be once more.
const VERSION_22: &str = "ALTER TABLE search_vectors ADD COLUMN evidence BLOB;";

pub(crate) fn migrate(connection: &mut Connection, file: &Path) -> Result<(), CatalogError> {
    // Before anything is written: so that room can be given back bit by bit.
    connection.pragma_update(None, "auto_vacuum", "incremental")?;
    // WAL lets readers go on while the one writer writes, across processes too.
    connection.pragma_update(None, "journal_mode", "wal")?;
    let found = check_version(connection, file)?;
    for (index, migration) in MIGRATIONS.iter().enumerate().skip(found as usize) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(migration)?;
        if index + 1 >= WORDS_VERSION {
            words::refresh(&transaction)?;
        }
        transaction.pragma_update(None, "user_version", index + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

/// The file's schema version, if this program knows it.
pub(crate) fn check_version(connection: &Connection, file: &Path) -> Result<u32, CatalogError> {
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = MIGRATIONS.len() as u32;
    if found > known {
        return Err(CatalogError::Newer {
            file: file.to_path_buf(),
            found,
            known,
        });
    }
    Ok(found)
}

pub(crate) fn is_current(found: u32) -> bool {
    found as usize == MIGRATIONS.len()
}
