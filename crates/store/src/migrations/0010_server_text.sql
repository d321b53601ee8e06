-- Version 10: servers by any part of three letters and more of their own words, for `search`, which else reads every server.
CREATE VIRTUAL TABLE server_text USING fts5 (
    name, title, description, content = 'server', content_rowid = 'id', columnsize = 0, tokenize = 'trigram'
);
CREATE TRIGGER server_text_of_new AFTER INSERT ON server BEGIN
    INSERT INTO server_text (rowid, name, title, description) VALUES (new.id, new.name, new.title, new.description);
END;
CREATE TRIGGER server_text_of_changed AFTER UPDATE OF name, title, description ON server
WHEN new.name IS NOT old.name OR new.title IS NOT old.title OR new.description IS NOT old.description BEGIN
    INSERT INTO server_text (server_text, rowid, name, title, description)
    VALUES ('delete', old.id, old.name, old.title, old.description);
    INSERT INTO server_text (rowid, name, title, description) VALUES (new.id, new.name, new.title, new.description);
END;
CREATE TRIGGER server_text_of_removed AFTER DELETE ON server BEGIN
    INSERT INTO server_text (server_text, rowid, name, title, description)
    VALUES ('delete', old.id, old.name, old.title, old.description);
END;
INSERT INTO server_text (server_text) VALUES ('rebuild');
