-- Version 5: what may be missing is checked only where it is there. json_valid(NULL) is 0 in SQLite before 3.42, which
-- made `PRAGMA integrity_check` of older programs report every listing. A CHECK cannot be changed in place, so the table
-- is made anew; nothing refers to it, and what hangs on it (indexes, triggers) is written down again as it was, but for
-- `->>`, which SQLite before 3.38 cannot read: one trigger that it cannot read closes the whole file to it.
CREATE TABLE listing_made_anew (
    id         INTEGER PRIMARY KEY,
    server_id  INTEGER NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    source     TEXT NOT NULL,
    version    TEXT NOT NULL,
    status     TEXT,
    packages   TEXT NOT NULL CHECK (json_valid(packages)),
    remotes    TEXT NOT NULL CHECK (json_valid(remotes)),
    manifest   TEXT,
    problems   TEXT NOT NULL CHECK (json_valid(problems)),
    first_seen TEXT NOT NULL,
    last_seen  TEXT NOT NULL,
    pending    INTEGER NOT NULL DEFAULT 0 CHECK (pending IN (0, 1)),
    run_id     INTEGER REFERENCES run (id) ON DELETE SET NULL,
    meta       TEXT CHECK (meta IS NULL OR json_valid(meta)),
    UNIQUE (server_id, source, version)
) STRICT;
INSERT INTO listing_made_anew
    (id, server_id, source, version, status, packages, remotes, manifest, problems, first_seen, last_seen, pending,
     run_id, meta)
SELECT id, server_id, source, version, status, packages, remotes, manifest, problems, first_seen, last_seen, pending,
       run_id, meta
FROM listing;
DROP TABLE listing;
ALTER TABLE listing_made_anew RENAME TO listing;
CREATE INDEX listing_pending ON listing (run_id) WHERE pending = 1;
CREATE INDEX listing_of_source ON listing (source);
CREATE TRIGGER listing_names_its_server AFTER INSERT ON listing BEGIN
    INSERT OR IGNORE INTO server_alias
        SELECT json_extract(value, '$.ecosystem') || ':' || json_extract(value, '$.identifier'), new.server_id
        FROM json_each(new.packages) WHERE json_extract(value, '$.identifier') IS NOT NULL;
    INSERT OR IGNORE INTO server_alias
        SELECT json_extract(value, '$.url'), new.server_id FROM json_each(new.remotes) WHERE json_extract(value, '$.url') IS NOT NULL;
    INSERT OR IGNORE INTO unindexed (server_id) VALUES (new.server_id);
END;
CREATE TRIGGER listing_renames_its_server AFTER UPDATE OF packages, remotes ON listing
WHEN new.packages IS NOT old.packages OR new.remotes IS NOT old.remotes BEGIN
    INSERT OR IGNORE INTO server_alias
        SELECT json_extract(value, '$.ecosystem') || ':' || json_extract(value, '$.identifier'), new.server_id
        FROM json_each(new.packages) WHERE json_extract(value, '$.identifier') IS NOT NULL;
    INSERT OR IGNORE INTO server_alias
        SELECT json_extract(value, '$.url'), new.server_id FROM json_each(new.remotes) WHERE json_extract(value, '$.url') IS NOT NULL;
END;
CREATE TRIGGER listing_stands_anew AFTER UPDATE OF status ON listing WHEN new.status IS NOT old.status BEGIN
    INSERT OR IGNORE INTO unindexed (server_id) VALUES (new.server_id);
END;
