CREATE TABLE library (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL
) STRICT;
INSERT INTO library (id, name) VALUES (1, lower(hex(randomblob(16))));

CREATE TABLE taken_libraries (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    begun_at INTEGER NOT NULL
) STRICT;

CREATE TABLE taken_items (
    library_id INTEGER NOT NULL REFERENCES taken_libraries (id),
    other_id INTEGER NOT NULL,
    item_id INTEGER NOT NULL,
    PRIMARY KEY (library_id, other_id)
) STRICT, WITHOUT ROWID;
