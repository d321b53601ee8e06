-- Version 12: one server with several listings. A listing keeps the name that its source gives, where the server is called
-- otherwise, and the repository that it claims; `same` holds the names that were given up, each with the reason.
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
    claimed    TEXT,
    repository TEXT
) STRICT;
INSERT INTO listing_made_anew
    (id, server_id, source, version, status, packages, remotes, manifest, problems, first_seen, last_seen, pending,
     run_id, meta, repository)
SELECT listing.id, server_id, source, listing.version, status, packages, remotes, manifest, problems, listing.first_seen,
       listing.last_seen, pending, run_id, meta,
       (SELECT server.repository FROM server WHERE server.id = server_id
          AND 1 = (SELECT count(DISTINCT other.source) FROM listing AS other WHERE other.server_id = server.id))
FROM listing;
DROP TABLE listing;
ALTER TABLE listing_made_anew RENAME TO listing;
CREATE UNIQUE INDEX listing_once ON listing (server_id, source, version, coalesce(claimed, ''));
CREATE INDEX listing_pending ON listing (run_id) WHERE pending = 1;
CREATE INDEX listing_of_source ON listing (source);
-- Without OR IGNORE: what a trigger says about conflicts does not hold where an upsert fires it.
CREATE TRIGGER listing_names_its_server AFTER INSERT ON listing BEGIN
    INSERT INTO server_alias (alias, server_id)
        SELECT DISTINCT one.alias, new.server_id FROM (
            SELECT json_extract(value, '$.ecosystem') || ':' || json_extract(value, '$.identifier') AS alias
                FROM json_each(new.packages) WHERE json_extract(value, '$.identifier') IS NOT NULL
            UNION ALL SELECT json_extract(value, '$.url') FROM json_each(new.remotes)
                WHERE json_extract(value, '$.url') IS NOT NULL) AS one
        WHERE one.alias IS NOT NULL AND NOT EXISTS (SELECT 1 FROM server_alias AS known
            WHERE known.alias = one.alias AND known.server_id = new.server_id);
    INSERT INTO unindexed (server_id) SELECT new.server_id
        WHERE NOT EXISTS (SELECT 1 FROM unindexed WHERE server_id = new.server_id);
END;
CREATE TRIGGER listing_renames_its_server AFTER UPDATE OF packages, remotes, repository ON listing
WHEN new.packages IS NOT old.packages OR new.remotes IS NOT old.remotes OR new.repository IS NOT old.repository BEGIN
    INSERT INTO server_alias (alias, server_id)
        SELECT DISTINCT one.alias, new.server_id FROM (
            SELECT json_extract(value, '$.ecosystem') || ':' || json_extract(value, '$.identifier') AS alias
                FROM json_each(new.packages) WHERE json_extract(value, '$.identifier') IS NOT NULL
            UNION ALL SELECT json_extract(value, '$.url') FROM json_each(new.remotes)
                WHERE json_extract(value, '$.url') IS NOT NULL) AS one
        WHERE one.alias IS NOT NULL AND NOT EXISTS (SELECT 1 FROM server_alias AS known
            WHERE known.alias = one.alias AND known.server_id = new.server_id);
    INSERT INTO unindexed (server_id) SELECT new.server_id
        WHERE NOT EXISTS (SELECT 1 FROM unindexed WHERE server_id = new.server_id);
END;
CREATE TRIGGER listing_stands_anew AFTER UPDATE OF status ON listing WHEN new.status IS NOT old.status BEGIN
    INSERT INTO unindexed (server_id) SELECT new.server_id
        WHERE NOT EXISTS (SELECT 1 FROM unindexed WHERE server_id = new.server_id);
END;

-- Names of servers that were found to be of another one. reason is a JSON object: `because`, what both have in `common`,
-- the `name` and its `source`, the name that it was joined `with` and who gave that (`with_source`).
CREATE TABLE same (
    name      TEXT PRIMARY KEY,
    server_id INTEGER NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    reason    TEXT NOT NULL CHECK (json_valid(reason)),
    since     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX same_of_server ON same (server_id);

-- Derived: what servers are found by that may have something to do with each other.
CREATE TABLE server_mark (
    mark      TEXT NOT NULL,
    server_id INTEGER NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    PRIMARY KEY (mark, server_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX server_mark_of_server ON server_mark (server_id);
INSERT OR IGNORE INTO unindexed (server_id) SELECT id FROM server;
