-- Version 1. Words (class, outcome, origin, …) are spelled as everywhere else in mcpdex.
-- Times are UTC, RFC 3339, whole seconds. JSON columns hold compact JSON.

-- One MCP server, however many sources list it.
CREATE TABLE server (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    title       TEXT,
    description TEXT,
    version     TEXT,
    repository  TEXT,
    first_seen  TEXT NOT NULL,
    last_seen   TEXT NOT NULL
) STRICT;

-- One version of one server, as one source lists it; the manifest is the redacted document.
CREATE TABLE listing (
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
    UNIQUE (server_id, source, version)
) STRICT;

-- One distinct tool list learnt from one target of a server; equal lists seen again only move last_seen.
CREATE TABLE observation (
    id              INTEGER PRIMARY KEY,
    server_id       INTEGER NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    origin          TEXT NOT NULL CHECK (origin IN ('static', 'declared', 'card', 'live')),
    target          TEXT NOT NULL,
    version         TEXT,
    artifact_sha256 TEXT,
    content_sha256  TEXT NOT NULL,
    partial         TEXT NOT NULL CHECK (json_valid(partial)),
    latest          INTEGER NOT NULL CHECK (latest IN (0, 1)),
    first_seen      TEXT NOT NULL,
    last_seen       TEXT NOT NULL,
    UNIQUE (server_id, origin, target, content_sha256)
) STRICT;

-- One attempt to learn a list, whatever came of it.
CREATE TABLE attempt (
    id             INTEGER PRIMARY KEY,
    server_id      INTEGER NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    origin         TEXT NOT NULL CHECK (origin IN ('static', 'declared', 'card', 'live')),
    target         TEXT NOT NULL,
    outcome        TEXT NOT NULL CHECK (outcome IN ('ok', 'not-modified', 'auth-required', 'refused', 'timeout',
                       'unreachable', 'too-large', 'unreadable', 'blocked', 'gone')),
    detail         TEXT,
    observation_id INTEGER REFERENCES observation (id) ON DELETE SET NULL,
    at             TEXT NOT NULL
) STRICT;
CREATE INDEX attempt_of_target ON attempt (server_id, origin, target, id);

-- The JSON object of a tool exactly as it came, kept once however many lists contain it.
CREATE TABLE definition (
    id     INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL UNIQUE,
    raw    TEXT NOT NULL
) STRICT;

-- One tool of one observation. current = 1: part of what the server is held to offer today.
CREATE TABLE tool (
    id             INTEGER PRIMARY KEY,
    observation_id INTEGER NOT NULL REFERENCES observation (id) ON DELETE CASCADE,
    server_id      INTEGER NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    position       INTEGER NOT NULL,
    definition_id  INTEGER NOT NULL REFERENCES definition (id),
    name           TEXT NOT NULL,
    file           TEXT,
    line           INTEGER,
    current        INTEGER NOT NULL CHECK (current IN (0, 1)),
    UNIQUE (observation_id, position)
) STRICT;
CREATE INDEX tool_by_name ON tool (name) WHERE current = 1;
CREATE INDEX tool_of_server ON tool (server_id) WHERE current = 1;

-- The judgement on a current tool; document is the whole verdict.
CREATE TABLE verdict (
    tool_id    INTEGER PRIMARY KEY REFERENCES tool (id) ON DELETE CASCADE,
    class      TEXT NOT NULL CHECK (class IN ('read', 'write', 'execute')),
    risk       TEXT NOT NULL CHECK (risk IN ('low', 'medium', 'high', 'critical')),
    category   TEXT NOT NULL CHECK (category IN ('read', 'write', 'execute', 'destructive', 'financial')),
    confidence TEXT NOT NULL CHECK (confidence IN ('low', 'medium', 'high')),
    traits     TEXT NOT NULL CHECK (json_valid(traits)),
    rationale  TEXT NOT NULL,
    document   TEXT NOT NULL CHECK (json_valid(document)),
    ruleset    TEXT NOT NULL
) STRICT;

-- Servers whose current tools changed since they were last judged.
CREATE TABLE unjudged (
    server_id INTEGER PRIMARY KEY REFERENCES server (id) ON DELETE CASCADE
) STRICT;

-- Facts about the whole database: `ruleset` is the digest that every stored verdict was judged by.
CREATE TABLE fact (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- What every server is held to offer today.
CREATE VIEW tools_current AS
SELECT tool.id AS tool_id, server.name AS server, tool.name AS tool, observation.origin, observation.target,
       observation.version, tool.file, tool.line, definition.raw AS definition, observation.last_seen
FROM tool
JOIN server ON server.id = tool.server_id
JOIN observation ON observation.id = tool.observation_id
JOIN definition ON definition.id = tool.definition_id
WHERE tool.current = 1;

-- The same with what mcpdex says about each tool.
CREATE VIEW verdicts_current AS
SELECT server.name AS server, tool.name AS tool, verdict.class, verdict.risk, verdict.category, verdict.confidence,
       verdict.traits, verdict.rationale, verdict.ruleset
FROM tool
JOIN server ON server.id = tool.server_id
JOIN verdict ON verdict.tool_id = tool.id
WHERE tool.current = 1;

-- One row a server: how many tools at each risk. A server without a list is unread, which is not clean.
CREATE VIEW server_risk AS
SELECT server.name AS server,
       EXISTS (SELECT 1 FROM observation WHERE observation.server_id = server.id) AS is_read,
       count(tool.id) AS tools,
       coalesce(sum(verdict.risk = 'low'), 0) AS low,
       coalesce(sum(verdict.risk = 'medium'), 0) AS medium,
       coalesce(sum(verdict.risk = 'high'), 0) AS high,
       coalesce(sum(verdict.risk = 'critical'), 0) AS critical
FROM server
LEFT JOIN tool ON tool.server_id = server.id AND tool.current = 1
LEFT JOIN verdict ON verdict.tool_id = tool.id
GROUP BY server.id;
