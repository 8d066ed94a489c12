-- `trash_deletions`: one row for each deletion whose items, or some of them, are in the trash.
-- Numbers are never used again, so that undoing one never brings back another's.
CREATE TABLE trash_deletions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    collection_id INTEGER NOT NULL REFERENCES collections (id),
    deleted_at INTEGER NOT NULL
) STRICT;
CREATE INDEX trash_deletions_by_age ON trash_deletions (deleted_at);

-- `trash`: rows of `items` that were deleted, under their ids, with the other items of which people
-- said that they are no duplicates of them. Their contents and embeddings stay where they are.
CREATE TABLE trash (
    id INTEGER PRIMARY KEY,
    deletion_id INTEGER NOT NULL REFERENCES trash_deletions (id),
    collection_id INTEGER NOT NULL REFERENCES collections (id),
    content_id INTEGER NOT NULL REFERENCES contents (id),
    external_id TEXT,
    file_name TEXT NOT NULL,
    original_path TEXT,
    patent_id TEXT,
    page_num TEXT,
    image_index INTEGER,
    view TEXT,
    front_page INTEGER NOT NULL,
    description TEXT,
    tags TEXT NOT NULL,
    attributes TEXT NOT NULL,
    warnings TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    is_corrected INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    no_duplicates_of TEXT NOT NULL
) STRICT;
CREATE INDEX trash_by_deletion ON trash (deletion_id, id);
CREATE INDEX trash_by_collection ON trash (collection_id, deletion_id);
CREATE INDEX trash_by_content ON trash (content_id);

-- `trash_paths`: rows of `paths` of such items.
CREATE TABLE trash_paths (
    collection_id INTEGER NOT NULL,
    path TEXT NOT NULL,
    item_id INTEGER NOT NULL REFERENCES trash (id) ON DELETE CASCADE,
    file_size INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    missing_since INTEGER,
    page_count INTEGER,
    PRIMARY KEY (collection_id, path, item_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX trash_paths_by_item ON trash_paths (item_id);
