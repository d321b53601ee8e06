-- Version with what is gone: a server that no source lists any more is in no view, count, search or lookup, only in its
-- own history. A listing's status tells that its source deleted the server (`deleted`) or was read to its end without it
-- (`unlisted`).
ALTER TABLE server ADD COLUMN gone INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1));
CREATE INDEX server_gone ON server (id) WHERE gone = 1;
-- flawed = 1: something that the source listed could not be read, so that what was not seen may still be there.
ALTER TABLE source ADD COLUMN flawed INTEGER NOT NULL DEFAULT 0 CHECK (flawed IN (0, 1));
CREATE TRIGGER listing_stands_anew AFTER UPDATE OF status ON listing WHEN new.status IS NOT old.status BEGIN
    INSERT OR IGNORE INTO unindexed (server_id) VALUES (new.server_id);
END;

UPDATE listing SET status = 'deleted'
WHERE lower(trim(status)) IN ('deleted', 'removed', 'delisted', 'withdrawn', 'unpublished');
UPDATE server SET gone = 1 WHERE id IN (SELECT server_id FROM listing) AND NOT EXISTS (
    SELECT 1 FROM listing WHERE listing.server_id = server.id AND status IS NOT 'deleted'
      AND coalesce(run_id, 0) = (SELECT max(coalesce(other.run_id, 0)) FROM listing AS other
          WHERE other.server_id = server.id AND other.source = listing.source));
UPDATE tool SET current = 0 WHERE current = 1 AND server_id IN (SELECT id FROM server WHERE gone = 1);
INSERT OR IGNORE INTO unjudged (server_id) SELECT id FROM server WHERE gone = 1;
INSERT OR IGNORE INTO unindexed (server_id) SELECT id FROM server WHERE gone = 1;

DROP VIEW server_risk;
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
WHERE server.gone = 0
GROUP BY server.id;

-- That a source deleted a server is history, and no attempt that says how the server stands.
DROP VIEW server_outcome;
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
