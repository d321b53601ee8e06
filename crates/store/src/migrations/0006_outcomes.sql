-- Version 6: how an attempt may end is a table of words, which every mcpdex that writes completes from its own
-- vocabulary, and no longer a CHECK: SQLite cannot change a CHECK, so that a new word would have meant making `attempt`
-- anew each time. It is made anew here once; nothing refers to it but one view. What its columns are stays.
CREATE TABLE IF NOT EXISTS outcome (
    word TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO outcome VALUES ('ok'), ('not-modified'), ('auth-required'), ('refused'), ('timeout'), ('unreachable'),
    ('too-large'), ('unreadable'), ('blocked'), ('gone');

DROP VIEW server_outcome;
CREATE TABLE attempt_made_anew (
    id             INTEGER PRIMARY KEY,
    server_id      INTEGER NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    origin         TEXT NOT NULL CHECK (origin IN ('static', 'declared', 'card', 'live')),
    target         TEXT NOT NULL,
    outcome        TEXT NOT NULL REFERENCES outcome (word),
    detail         TEXT,
    observation_id INTEGER REFERENCES observation (id) ON DELETE SET NULL,
    at             TEXT NOT NULL,
    run_id         INTEGER REFERENCES run (id) ON DELETE SET NULL
) STRICT;
INSERT INTO attempt_made_anew (id, server_id, origin, target, outcome, detail, observation_id, at, run_id)
SELECT id, server_id, origin, target, outcome, detail, observation_id, at, run_id FROM attempt;
DROP TABLE attempt;
ALTER TABLE attempt_made_anew RENAME TO attempt;
CREATE INDEX attempt_of_target ON attempt (server_id, origin, target, id);
CREATE INDEX attempt_by_time ON attempt (at);

CREATE VIEW server_outcome AS
SELECT server, target, origin, outcome, detail, at FROM (
    SELECT server.name AS server, attempt.target, attempt.origin, attempt.outcome, attempt.detail, attempt.at,
           row_number() OVER (
               PARTITION BY attempt.server_id
               ORDER BY attempt.outcome NOT IN ('ok', 'not-modified'),
                        CASE attempt.origin WHEN 'live' THEN 0 WHEN 'card' THEN 1 WHEN 'declared' THEN 2 ELSE 3 END,
                        attempt.id DESC) AS place
    FROM attempt JOIN server ON server.id = attempt.server_id
    WHERE server.gone = 0 AND NOT (attempt.origin = 'declared' AND attempt.outcome = 'gone')
      AND attempt.id IN (SELECT max(id) FROM attempt GROUP BY server_id, origin, target)
) WHERE place = 1;
