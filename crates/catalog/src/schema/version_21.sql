-- `items.image_format`: the content's `format`, for filters and counts by it. The format of a content
-- never changes; whoever gives an item another content sets it.
ALTER TABLE items ADD COLUMN image_format TEXT NOT NULL DEFAULT '';
UPDATE items SET image_format = (SELECT format FROM contents WHERE id = content_id);
CREATE INDEX items_by_format ON items (collection_id, image_format);
ALTER TABLE trash ADD COLUMN image_format TEXT NOT NULL DEFAULT '';
UPDATE trash SET image_format = (SELECT format FROM contents WHERE id = content_id);

-- Of an attribute that is a list, each value is one of its own: as rows of a table leave them that
-- share a picture.
DROP VIEW short_attributes;
CREATE VIEW short_attributes AS
    SELECT items.collection_id, own.key,
        CASE one.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false'
            ELSE CAST(one.value AS TEXT) END AS value,
        items.id AS item_id
    FROM items, json_each(iif(json_valid(items.attributes), items.attributes, '{}')) AS own,
        json_each(CASE own.type WHEN 'array' THEN own.value WHEN 'true' THEN '[true]'
            WHEN 'false' THEN '[false]' ELSE json_array(own.value) END) AS one
    WHERE items.attributes <> '{}' AND one.value IS NOT NULL
        AND typeof(own.key) = 'text' AND length(one.value) <= 100;
DELETE FROM item_attributes WHERE item_id IN (SELECT id FROM items WHERE attributes LIKE '%[%');
INSERT OR IGNORE INTO item_attributes SELECT * FROM short_attributes
    WHERE item_id IN (SELECT id FROM items WHERE attributes LIKE '%[%');

-- `patent_annotations`: what a table that somebody brought says of a patent, as a JSON object of texts
-- and lists of texts. `patent_attributes`: the same by value, as `item_attributes` of items.
CREATE TABLE patent_annotations (
    patent_id TEXT PRIMARY KEY,
    attributes TEXT NOT NULL
) STRICT;
CREATE TABLE patent_attributes (
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    patent_id TEXT NOT NULL,
    PRIMARY KEY (key, value, patent_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX patent_attributes_by_patent ON patent_attributes (patent_id);
CREATE VIEW short_patent_attributes AS
    SELECT own.key, CAST(one.value AS TEXT) AS value, patent_annotations.patent_id
    FROM patent_annotations, json_each(attributes) AS own,
        json_each(CASE own.type WHEN 'array' THEN own.value ELSE json_array(own.value) END) AS one
    WHERE one.value IS NOT NULL AND length(one.value) <= 100;
CREATE TRIGGER annotation_added AFTER INSERT ON patent_annotations BEGIN
    INSERT INTO patent_attributes
        SELECT DISTINCT key, value, patent_id FROM short_patent_attributes
        WHERE patent_id = new.patent_id;
END;
CREATE TRIGGER annotation_changed AFTER UPDATE OF attributes ON patent_annotations BEGIN
    DELETE FROM patent_attributes WHERE patent_id = new.patent_id;
    INSERT INTO patent_attributes
        SELECT DISTINCT key, value, patent_id FROM short_patent_attributes
        WHERE patent_id = new.patent_id;
END;
CREATE TRIGGER annotation_removed AFTER DELETE ON patent_annotations BEGIN
    DELETE FROM patent_attributes WHERE patent_id = old.patent_id;
END;
