CREATE TABLE word_templates (
    -- By name, which a collection keeps when another takes its place.
    collection TEXT PRIMARY KEY,
    -- A list of sentences, as JSON.
    templates TEXT NOT NULL
) STRICT, WITHOUT ROWID;
