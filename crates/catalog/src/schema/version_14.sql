-- What lists, counts and filters would otherwise find by a look at every item. Triggers keep it, so
-- that no way of writing items can forget it.

-- `items.size_bytes`: the content's `file_size`, for lists by size. The bytes of a content never
-- change; whoever gives an item another content sets it.
ALTER TABLE items ADD COLUMN size_bytes INTEGER NOT NULL DEFAULT 0;
UPDATE items SET size_bytes = (SELECT file_size FROM contents WHERE id = content_id);
CREATE INDEX items_by_size ON items (collection_id, size_bytes);

-- Attributes and tags by value. Long texts are left out: nobody filters by them, and they would
-- be stored twice.
CREATE TABLE item_attributes (
    collection_id INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    item_id INTEGER NOT NULL,
    PRIMARY KEY (collection_id, key, value, item_id)
) STRICT, WITHOUT ROWID;
CREATE VIEW short_attributes AS
    SELECT items.collection_id, each.key,
        CASE each.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false'
            ELSE CAST(each.value AS TEXT) END AS value,
        items.id AS item_id
    FROM items, json_each(iif(json_valid(items.attributes), items.attributes, '{}')) AS each
    WHERE items.attributes <> '{}' AND each.value IS NOT NULL
        AND typeof(each.key) = 'text' AND length(each.value) <= 100;
INSERT OR IGNORE INTO item_attributes SELECT * FROM short_attributes;
CREATE INDEX item_attributes_by_item ON item_attributes (item_id);
CREATE TRIGGER attributes_added AFTER INSERT ON items WHEN new.attributes <> '{}' BEGIN
    INSERT OR IGNORE INTO item_attributes
        SELECT * FROM short_attributes WHERE item_id = new.id;
END;
CREATE TRIGGER attributes_leaving BEFORE UPDATE OF attributes, collection_id ON items
WHEN old.attributes <> '{}' BEGIN
    DELETE FROM item_attributes WHERE item_id = old.id;
END;
CREATE TRIGGER attributes_changed AFTER UPDATE OF attributes, collection_id ON items
WHEN new.attributes <> '{}' BEGIN
    INSERT OR IGNORE INTO item_attributes
        SELECT * FROM short_attributes WHERE item_id = new.id;
END;
CREATE TRIGGER attributes_removed BEFORE DELETE ON items WHEN old.attributes <> '{}' BEGIN
    DELETE FROM item_attributes WHERE item_id = old.id;
END;

CREATE TABLE item_tags (
    collection_id INTEGER NOT NULL,
    tag TEXT NOT NULL,
    item_id INTEGER NOT NULL,
    PRIMARY KEY (collection_id, tag, item_id)
) STRICT, WITHOUT ROWID;
CREATE VIEW short_tags AS
    SELECT items.collection_id, CAST(each.value AS TEXT) AS tag, items.id AS item_id
    FROM items, json_each(iif(json_valid(items.tags), items.tags, '[]')) AS each
    WHERE items.tags <> '[]' AND each.value IS NOT NULL AND length(each.value) <= 100;
INSERT OR IGNORE INTO item_tags SELECT * FROM short_tags;
CREATE INDEX item_tags_by_item ON item_tags (item_id);
CREATE TRIGGER tags_added AFTER INSERT ON items WHEN new.tags <> '[]' BEGIN
    INSERT OR IGNORE INTO item_tags SELECT * FROM short_tags WHERE item_id = new.id;
END;
CREATE TRIGGER tags_leaving BEFORE UPDATE OF tags, collection_id ON items
WHEN old.tags <> '[]' BEGIN
    DELETE FROM item_tags WHERE item_id = old.id;
END;
CREATE TRIGGER tags_changed AFTER UPDATE OF tags, collection_id ON items
WHEN new.tags <> '[]' BEGIN
    INSERT OR IGNORE INTO item_tags SELECT * FROM short_tags WHERE item_id = new.id;
END;
CREATE TRIGGER tags_removed BEFORE DELETE ON items WHEN old.tags <> '[]' BEGIN
    DELETE FROM item_tags WHERE item_id = old.id;
END;

-- Numbers of each collection: items, distinct contents and patents among them, bytes of those
-- contents and of the embeddings; and items by image format.
CREATE TABLE collection_numbers (
    collection_id INTEGER PRIMARY KEY,
    items INTEGER NOT NULL DEFAULT 0,
    contents INTEGER NOT NULL DEFAULT 0,
    patents INTEGER NOT NULL DEFAULT 0,
    original_bytes INTEGER NOT NULL DEFAULT 0,
    embedding_bytes INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO collection_numbers SELECT id,
    (SELECT count(*) FROM items WHERE collection_id = collections.id),
    (SELECT count(DISTINCT content_id) FROM items WHERE collection_id = collections.id),
    (SELECT count(DISTINCT patent_id) FROM items WHERE collection_id = collections.id),
    (SELECT coalesce(sum(file_size), 0) FROM contents WHERE id IN
        (SELECT content_id FROM items WHERE collection_id = collections.id)),
    (SELECT coalesce(sum(length(vector)), 0) FROM embeddings
        WHERE collection_id = collections.id)
    FROM collections;
CREATE TABLE collection_formats (
    collection_id INTEGER NOT NULL,
    format TEXT NOT NULL,
    items INTEGER NOT NULL,
    PRIMARY KEY (collection_id, format)
) STRICT, WITHOUT ROWID;
INSERT INTO collection_formats
    SELECT collection_id, format, count(*) FROM items JOIN contents ON contents.id = content_id
    GROUP BY 1, 2;
CREATE TRIGGER collection_added AFTER INSERT ON collections BEGIN
    INSERT INTO collection_numbers (collection_id) VALUES (new.id);
END;
CREATE TRIGGER collection_removed AFTER DELETE ON collections BEGIN
    DELETE FROM collection_numbers WHERE collection_id = old.id;
    DELETE FROM collection_formats WHERE collection_id = old.id;
END;
CREATE TRIGGER item_counted AFTER INSERT ON items BEGIN
    UPDATE collection_numbers SET items = items + 1 WHERE collection_id = new.collection_id;
    UPDATE collection_numbers SET contents = contents + 1, original_bytes = original_bytes
            + (SELECT file_size FROM contents WHERE id = new.content_id)
        WHERE collection_id = new.collection_id AND NOT EXISTS (SELECT 1 FROM items
            WHERE content_id = new.content_id AND collection_id = new.collection_id
            AND id <> new.id);
    UPDATE collection_numbers SET patents = patents + 1
        WHERE collection_id = new.collection_id AND new.patent_id IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM items WHERE collection_id = new.collection_id
            AND patent_id = new.patent_id AND id <> new.id);
    INSERT INTO collection_formats
        SELECT new.collection_id, format, 1 FROM contents WHERE id = new.content_id
        ON CONFLICT DO UPDATE SET items = items + 1;
END;
CREATE TRIGGER item_discounted AFTER DELETE ON items BEGIN
    UPDATE collection_numbers SET items = items - 1 WHERE collection_id = old.collection_id;
    UPDATE collection_numbers SET contents = contents - 1, original_bytes = original_bytes
            - (SELECT file_size FROM contents WHERE id = old.content_id)
        WHERE collection_id = old.collection_id AND NOT EXISTS (SELECT 1 FROM items
            WHERE content_id = old.content_id AND collection_id = old.collection_id);
    UPDATE collection_numbers SET patents = patents - 1
        WHERE collection_id = old.collection_id AND old.patent_id IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM items WHERE collection_id = old.collection_id
            AND patent_id = old.patent_id);
    UPDATE collection_formats SET items = items - 1 WHERE collection_id = old.collection_id
        AND format = (SELECT format FROM contents WHERE id = old.content_id);
END;
CREATE TRIGGER item_recounted AFTER UPDATE OF collection_id, content_id, patent_id ON items
WHEN old.collection_id <> new.collection_id OR old.content_id <> new.content_id
    OR old.patent_id IS NOT new.patent_id BEGIN
    UPDATE collection_numbers SET items = items - 1 WHERE collection_id = old.collection_id;
    UPDATE collection_numbers SET contents = contents - 1, original_bytes = original_bytes
            - (SELECT file_size FROM contents WHERE id = old.content_id)
        WHERE collection_id = old.collection_id AND NOT EXISTS (SELECT 1 FROM items
            WHERE content_id = old.content_id AND collection_id = old.collection_id
            AND id <> old.id);
    UPDATE collection_numbers SET patents = patents - 1
        WHERE collection_id = old.collection_id AND old.patent_id IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM items WHERE collection_id = old.collection_id
            AND patent_id = old.patent_id AND id <> old.id);
    UPDATE collection_formats SET items = items - 1 WHERE collection_id = old.collection_id
        AND format = (SELECT format FROM contents WHERE id = old.content_id);
    UPDATE collection_numbers SET items = items + 1 WHERE collection_id = new.collection_id;
    UPDATE collection_numbers SET contents = contents + 1, original_bytes = original_bytes
            + (SELECT file_size FROM contents WHERE id = new.content_id)
        WHERE collection_id = new.collection_id AND NOT EXISTS (SELECT 1 FROM items
            WHERE content_id = new.content_id AND collection_id = new.collection_id
            AND id <> new.id);
    UPDATE collection_numbers SET patents = patents + 1
        WHERE collection_id = new.collection_id AND new.patent_id IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM items WHERE collection_id = new.collection_id
            AND patent_id = new.patent_id AND id <> new.id);
    INSERT INTO collection_formats
        SELECT new.collection_id, format, 1 FROM contents WHERE id = new.content_id
        ON CONFLICT DO UPDATE SET items = items + 1;
END;
CREATE TRIGGER embedding_counted AFTER INSERT ON embeddings BEGIN
    UPDATE collection_numbers SET embedding_bytes = embedding_bytes + length(new.vector)
        WHERE collection_id = new.collection_id;
END;
CREATE TRIGGER embedding_discounted AFTER DELETE ON embeddings BEGIN
    UPDATE collection_numbers SET embedding_bytes = embedding_bytes - length(old.vector)
        WHERE collection_id = old.collection_id;
END;
