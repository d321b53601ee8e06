-- Version with the catalogue: what looking up and searching need. All of it is derived, and made anew when it is not
-- in step: `unindexed` says for which servers.

-- Every name that a server goes by beside its own: what its lists were learnt from, its packages and its addresses.
CREATE TABLE server_alias (
    alias     TEXT NOT NULL,
    server_id INTEGER NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    PRIMARY KEY (alias, server_id)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO server_alias
    SELECT (package.value ->> '$.ecosystem') || ':' || (package.value ->> '$.identifier'), listing.server_id
    FROM listing, json_each(listing.packages) AS package WHERE package.value ->> '$.identifier' IS NOT NULL
    UNION SELECT remote.value ->> '$.url', listing.server_id
    FROM listing, json_each(listing.remotes) AS remote WHERE remote.value ->> '$.url' IS NOT NULL
    UNION SELECT target, server_id FROM observation;
CREATE TRIGGER listing_names_its_server AFTER INSERT ON listing BEGIN
    INSERT OR IGNORE INTO server_alias
        SELECT (value ->> '$.ecosystem') || ':' || (value ->> '$.identifier'), new.server_id
        FROM json_each(new.packages) WHERE value ->> '$.identifier' IS NOT NULL;
    INSERT OR IGNORE INTO server_alias
        SELECT value ->> '$.url', new.server_id FROM json_each(new.remotes) WHERE value ->> '$.url' IS NOT NULL;
    INSERT OR IGNORE INTO unindexed (server_id) VALUES (new.server_id);
END;
CREATE TRIGGER listing_renames_its_server AFTER UPDATE OF packages, remotes ON listing
WHEN new.packages IS NOT old.packages OR new.remotes IS NOT old.remotes BEGIN
    INSERT OR IGNORE INTO server_alias
        SELECT (value ->> '$.ecosystem') || ':' || (value ->> '$.identifier'), new.server_id
        FROM json_each(new.packages) WHERE value ->> '$.identifier' IS NOT NULL;
    INSERT OR IGNORE INTO server_alias
        SELECT value ->> '$.url', new.server_id FROM json_each(new.remotes) WHERE value ->> '$.url' IS NOT NULL;
END;
CREATE TRIGGER observation_names_its_server AFTER INSERT ON observation BEGIN
    INSERT OR IGNORE INTO server_alias VALUES (new.target, new.server_id);
END;

-- Servers whose tools, verdicts or listings changed since they were last indexed.
CREATE TABLE unindexed (
    server_id INTEGER PRIMARY KEY REFERENCES server (id) ON DELETE CASCADE
) STRICT;
INSERT INTO unindexed SELECT id FROM server;

-- The tools that `search` holds; digest tells whether what it holds is what it would hold today.
CREATE TABLE indexed (
    tool_id   INTEGER PRIMARY KEY,
    server_id INTEGER NOT NULL,
    digest    INTEGER NOT NULL
) STRICT;
CREATE INDEX indexed_of_server ON indexed (server_id);

-- The words of the current tools, by tool id, cut into words by mcpdex (pairs where a script has no spaces). A sign that
-- no word holds tells where a word stands: ‹ in the name, › in the title, ¤ for the class, each trait, the risk, the
-- origin, the server, each source and the folded name; description and server have none. Each has a list of its own
-- then, so that a name is found without reading how often its words stand in descriptions.
CREATE VIRTUAL TABLE search USING fts5 (
    words, content = '', contentless_delete = 1, detail = none, tokenize = 'porter ascii'
);

-- Every tool name ever indexed: without case and separators, and as it looks to a reader.
CREATE TABLE tool_name (
    name     TEXT PRIMARY KEY,
    folded   TEXT NOT NULL,
    skeleton TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tool_name_folded ON tool_name (folded);
CREATE INDEX tool_name_skeleton ON tool_name (skeleton);

-- Names of several words that the description of an indexed tool mentions, beside its own.
CREATE TABLE mention (
    name    TEXT NOT NULL,
    tool_id INTEGER NOT NULL,
    PRIMARY KEY (name, tool_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX mention_of_tool ON mention (tool_id);

-- What a definition costs a model, in tokens of the tokeniser that the fact `tokeniser` names.
CREATE TABLE cost (
    definition_id INTEGER PRIMARY KEY REFERENCES definition (id) ON DELETE CASCADE,
    tokens        INTEGER NOT NULL
) STRICT;

CREATE INDEX observation_first_seen ON observation (first_seen);
CREATE INDEX observation_of_server ON observation (server_id, latest);
