-- Version 2: crawls that go on where they were interrupted, and that ask only for what changed.

-- One crawl, from its beginning to its end however often it was interrupted; finished is NULL until then. sources: the
-- words that it was asked for, by which the next crawl knows that it continues this one.
CREATE TABLE run (
    id       INTEGER PRIMARY KEY,
    sources  TEXT NOT NULL CHECK (json_valid(sources)),
    started  TEXT NOT NULL,
    finished TEXT
) STRICT;

-- How far a source was read: run_id and next while a sweep is under way, swept when one came to its end (its time is
-- that of its beginning, so that nothing published meanwhile is missed), since where only what changed was asked for.
CREATE TABLE source (
    name   TEXT PRIMARY KEY,
    run_id INTEGER REFERENCES run (id) ON DELETE SET NULL,
    begun  TEXT,
    since  TEXT,
    next   TEXT,
    swept  TEXT
) STRICT;

-- What an answer is known by, for conditional requests; next is where a page led to.
CREATE TABLE validator (
    url           TEXT PRIMARY KEY,
    etag          TEXT,
    last_modified TEXT,
    next          TEXT
) STRICT;

-- pending = 1: a crawl has yet to learn the server's tools; run_id: the crawl that listed it last.
ALTER TABLE listing ADD COLUMN pending INTEGER NOT NULL DEFAULT 0 CHECK (pending IN (0, 1));
ALTER TABLE listing ADD COLUMN run_id INTEGER REFERENCES run (id) ON DELETE SET NULL;
-- What the registry itself notes beside the manifest: status, times, which version is the latest.
ALTER TABLE listing ADD COLUMN meta TEXT CHECK (json_valid(meta));
CREATE INDEX listing_pending ON listing (run_id) WHERE pending = 1;
CREATE INDEX listing_of_source ON listing (source);

ALTER TABLE attempt ADD COLUMN run_id INTEGER REFERENCES run (id) ON DELETE SET NULL;
CREATE INDEX attempt_by_time ON attempt (at);

-- One row a server that was asked: how it stands today. Any list makes it read; otherwise the newest failure of the
-- best origin says why not.
CREATE VIEW server_outcome AS
SELECT server, target, origin, outcome, detail, at FROM (
    SELECT server.name AS server, attempt.target, attempt.origin, attempt.outcome, attempt.detail, attempt.at,
           row_number() OVER (
               PARTITION BY attempt.server_id
               ORDER BY attempt.outcome NOT IN ('ok', 'not-modified'),
                        CASE attempt.origin WHEN 'live' THEN 0 WHEN 'card' THEN 1 WHEN 'declared' THEN 2 ELSE 3 END,
                        attempt.id DESC) AS place
    FROM attempt JOIN server ON server.id = attempt.server_id
    WHERE attempt.id IN (SELECT max(id) FROM attempt GROUP BY server_id, origin, target)
) WHERE place = 1;
