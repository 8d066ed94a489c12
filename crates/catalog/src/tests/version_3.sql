-- The statements of versions 1 to 3, and what they held.
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
CREATE INDEX items_by_external_id ON items (collection_id, external_id)
    WHERE external_id IS NOT NULL;

PRAGMA user_version = 3;

INSERT INTO collections (name, dim, metric, index_kind, normalize, created_at, removals)
VALUES ('default', 2, 'cosine', 'auto', 1, 1700000000, 2);
INSERT INTO patents (id, patent_id, title, pub_date) VALUES (1, 'USD1', 'Vase', 20200107);
INSERT INTO patent_titles (rowid, title) VALUES (1, 'Vase');
INSERT INTO contents (id, md5, width, height, file_size, format)
VALUES (1, 'aa', 30, 40, 1000, 'tiff'), (2, 'bb', 30, 40, 1000, 'tiff'), (3, 'cc', 30, 40, 1000, 'tiff');
INSERT INTO items (id, collection_id, content_id, file_name, patent_id, page_num, created_at)
VALUES (1, 1, 1, '1.tif', NULL, NULL, 1700000000), (3, 1, 3, '3.tif', 'USD1', 'D00001', 1700000000);
INSERT INTO embeddings (collection_id, content_id, vector)
VALUES (1, 1, x'0000803f00000000'), (1, 3, x'000000000000803f');
