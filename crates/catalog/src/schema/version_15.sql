CREATE VIRTUAL TABLE item_words USING fts5 (title, description, tags, claim, names, figures,
    content = '', contentless_delete = 1, tokenize = 'porter unicode61 remove_diacritics 2');
CREATE TABLE items_to_index (
    item_id INTEGER PRIMARY KEY
) STRICT;
INSERT INTO items_to_index (item_id) SELECT id FROM items;

-- Not INSERT OR IGNORE: in a trigger the rule of the outer statement holds, such as an upsert's.
CREATE TRIGGER words_added AFTER INSERT ON items BEGIN
    INSERT INTO items_to_index (item_id) SELECT new.id
        WHERE new.id NOT IN (SELECT item_id FROM items_to_index);
END;
CREATE TRIGGER words_changed AFTER UPDATE OF description, tags, file_name, patent_id ON items BEGIN
    INSERT INTO items_to_index (item_id) SELECT new.id
        WHERE new.id NOT IN (SELECT item_id FROM items_to_index);
END;
CREATE TRIGGER words_removed AFTER DELETE ON items BEGIN
    DELETE FROM items_to_index WHERE item_id = old.id;
    DELETE FROM item_words WHERE rowid = old.id;
END;
CREATE TRIGGER words_of_patent_added AFTER INSERT ON patents BEGIN
    INSERT INTO items_to_index (item_id) SELECT id FROM items
        WHERE collection_id IN (SELECT id FROM collections) AND patent_id = new.patent_id
        AND id NOT IN (SELECT item_id FROM items_to_index);
END;
CREATE TRIGGER words_of_patent_changed
AFTER UPDATE OF title, claim_text, applicant_name, inventor_names, assignee_name ON patents
WHEN old.title IS NOT new.title OR old.claim_text IS NOT new.claim_text
    OR old.applicant_name IS NOT new.applicant_name
    OR old.inventor_names IS NOT new.inventor_names
    OR old.assignee_name IS NOT new.assignee_name BEGIN
    INSERT INTO items_to_index (item_id) SELECT id FROM items
        WHERE collection_id IN (SELECT id FROM collections) AND patent_id = new.patent_id
        AND id NOT IN (SELECT item_id FROM items_to_index);
END;
CREATE TRIGGER words_of_details_added AFTER INSERT ON grant_details BEGIN
    INSERT INTO items_to_index (item_id) SELECT id FROM items
        WHERE collection_id IN (SELECT id FROM collections) AND patent_id = new.patent_id
        AND id NOT IN (SELECT item_id FROM items_to_index);
END;
CREATE TRIGGER words_of_details_changed AFTER UPDATE OF details ON grant_details
WHEN old.details IS NOT new.details BEGIN
    INSERT INTO items_to_index (item_id) SELECT id FROM items
        WHERE collection_id IN (SELECT id FROM collections) AND patent_id = new.patent_id
        AND id NOT IN (SELECT item_id FROM items_to_index);
END;
CREATE TRIGGER words_of_figure_added AFTER INSERT ON embeddings
WHEN new.label IS NOT NULL OR new.view IS NOT NULL BEGIN
    INSERT INTO items_to_index (item_id) SELECT id FROM items
        WHERE content_id = new.content_id AND collection_id = new.collection_id
        AND id NOT IN (SELECT item_id FROM items_to_index);
END;
CREATE TRIGGER words_of_figure_changed AFTER UPDATE OF label, view ON embeddings
WHEN old.label IS NOT new.label OR old.view IS NOT new.view BEGIN
    INSERT INTO items_to_index (item_id) SELECT id FROM items
        WHERE content_id = new.content_id AND collection_id = new.collection_id
        AND id NOT IN (SELECT item_id FROM items_to_index);
END;
