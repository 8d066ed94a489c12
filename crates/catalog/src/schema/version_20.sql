-- `saved_searches`: searches of the history that their makers named: the history keeps those. `ran_at`
-- and `seen_item` are when one was last run, and what the newest item was then: what has a higher id
-- is new to it.
CREATE TABLE saved_searches (
    search_id INTEGER PRIMARY KEY REFERENCES searches (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    saved_at INTEGER NOT NULL,
    ran_at INTEGER NOT NULL,
    seen_item INTEGER NOT NULL
) STRICT;

-- `search_queries.whole`: of a query of which a part was searched for, the whole picture, small;
-- `thumbnail` is of the part.
ALTER TABLE search_queries ADD COLUMN whole BLOB;
