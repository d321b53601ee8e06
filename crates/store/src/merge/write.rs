//! The gathered rows as one database. Every order below ends in what the rows say, never in where they came from: the same
//! files give the same numbers whatever their order.

/// The steps, each a batch of SQL.
pub(super) const STEPS: &[&str] = &[RUNS, SERVERS, LISTINGS, LISTS, TOOLS, ATTEMPTS, SOURCES];

/// One run in two files is one: it began at the same time over the same sources.
const RUNS: &str = "
CREATE TEMP TABLE m_run AS
    SELECT k, dense_rank() OVER (ORDER BY started, sources, nth) AS id, sources, started, finished FROM g_run;
CREATE INDEX temp.m_run_of ON m_run (k);
INSERT INTO run (id, sources, started, finished)
    SELECT id, min(sources), min(started), max(finished) FROM m_run GROUP BY id ORDER BY id;";

/// Of each fact the newest that is one.
const SERVERS: &str = "
CREATE INDEX temp.g_server_by_name ON g_server (name);
CREATE TEMP TABLE m_server AS SELECT k, dense_rank() OVER (ORDER BY name) AS id, name, was FROM g_server;
CREATE INDEX temp.m_server_of ON m_server (k);
INSERT INTO server (id, name, title, description, version, repository, first_seen, last_seen)
    SELECT dense_rank() OVER (ORDER BY name), name,
        (SELECT title FROM g_server AS one WHERE one.name = all_of.name AND title IS NOT NULL AND one.was = one.name
            ORDER BY one.last_seen DESC, title LIMIT 1),
        (SELECT description FROM g_server AS one WHERE one.name = all_of.name AND description IS NOT NULL
            ORDER BY one.was != one.name, one.last_seen DESC, description LIMIT 1),
        (SELECT version FROM g_server AS one WHERE one.name = all_of.name AND version IS NOT NULL
            ORDER BY one.was != one.name, one.last_seen DESC, version LIMIT 1),
        (SELECT repository FROM g_server AS one WHERE one.name = all_of.name AND repository IS NOT NULL
            ORDER BY one.was != one.name, one.last_seen DESC, repository LIMIT 1),
        min(first_seen), max(last_seen)
    FROM g_server AS all_of GROUP BY name ORDER BY name;";

/// One listing in two files is one: of the server, by the source, of the version, under the name. The newer reading counts.
const LISTINGS: &str = "
CREATE TEMP TABLE m_listing AS
    SELECT g_listing.*, m_server.id AS of,
        CASE WHEN g_listing.claimed = m_server.name THEN NULL
             ELSE coalesce(g_listing.claimed, nullif(m_server.was, m_server.name)) END AS said,
        (SELECT id FROM m_run WHERE m_run.k = g_listing.run) AS of_run
    FROM g_listing JOIN m_server ON m_server.k = g_listing.server;
INSERT INTO listing (server_id, source, version, status, packages, remotes, manifest, problems, first_seen, last_seen, pending,
                     run_id, meta, claimed, repository)
    SELECT of, source, version, status, packages, remotes, manifest, problems, earliest, last_seen, pending, of_run, meta, said,
           repository
    FROM (SELECT *, min(first_seen) OVER (PARTITION BY of, source, version, said) AS earliest,
              row_number() OVER (PARTITION BY of, source, version, said
                  ORDER BY read_at DESC, last_seen DESC, coalesce(of_run, 0) DESC, pending, status, packages, remotes, manifest,
                           problems, meta, repository) AS place
          FROM m_listing)
    WHERE place = 1 ORDER BY last_seen, of, source, version, said;
INSERT OR IGNORE INTO same (name, server_id, reason, since)
    SELECT g_same.name, m_server.id, reason, since FROM g_same JOIN m_server ON m_server.k = g_same.server
    WHERE g_same.name NOT IN (SELECT name FROM server) ORDER BY since, m_server.name, reason;
INSERT OR IGNORE INTO server_alias SELECT name, server_id FROM same;";

/// One list in two files is one: the same tools from the same target. Of a target that list counts which was read last, but
/// for one that is known to be incomplete where the same version was read whole.
const LISTS: &str = "
CREATE TEMP TABLE m_observation AS
    SELECT g_observation.*, m_server.id AS of,
        dense_rank() OVER (ORDER BY m_server.id, origin, target, content_sha256) AS same_list
    FROM g_observation JOIN m_server ON m_server.k = g_observation.server;
CREATE INDEX temp.m_observation_by_list ON m_observation (same_list);
CREATE TEMP TABLE m_list AS
    SELECT *, row_number() OVER (ORDER BY earliest, of, origin, target, content_sha256) AS id
    FROM (SELECT *, min(first_seen) OVER (PARTITION BY same_list) AS earliest,
              max(last_seen) OVER (PARTITION BY same_list) AS newest,
              max(latest) OVER (PARTITION BY same_list) AS counts,
              row_number() OVER (PARTITION BY same_list
                  ORDER BY last_seen DESC, partial != '[]', version, artifact_sha256, partial, remarks, places) AS place
          FROM m_observation)
    WHERE place = 1;
CREATE INDEX temp.m_list_by_list ON m_list (same_list);
CREATE INDEX temp.m_list_of ON m_list (k);
INSERT INTO observation (id, server_id, origin, target, version, artifact_sha256, content_sha256, partial, latest, first_seen,
                         last_seen, remarks)
    SELECT id, of, origin, target, version, artifact_sha256, content_sha256, partial, 0, earliest, newest, remarks
    FROM m_list ORDER BY id;
CREATE TEMP TABLE m_newest AS
    SELECT id, of, origin, target, version, artifact_sha256, partial FROM (
        SELECT *, row_number() OVER (PARTITION BY of, origin, target
            ORDER BY counts DESC, newest DESC, partial != '[]', content_sha256) AS turn FROM m_list)
    WHERE turn = 1;
UPDATE observation SET latest = 1 WHERE id IN (
    SELECT coalesce(
        (SELECT whole.id FROM m_list AS whole
         WHERE m_newest.partial != '[]' AND whole.partial = '[]' AND whole.counts = 1 AND whole.of = m_newest.of
           AND whole.origin = m_newest.origin AND whole.target = m_newest.target
           AND (whole.version = m_newest.version OR whole.artifact_sha256 = m_newest.artifact_sha256)
         ORDER BY whole.newest DESC, whole.content_sha256 LIMIT 1),
        m_newest.id) FROM m_newest);";

const TOOLS: &str = "
INSERT INTO definition (sha256, raw) SELECT sha256, min(raw) FROM g_definition GROUP BY sha256 ORDER BY sha256;
CREATE TEMP TABLE m_definition AS
    SELECT g_definition.k, definition.id FROM g_definition
    JOIN definition ON substr(definition.sha256, 1, 6) = substr(g_definition.sha256, 1, 6)
        AND definition.sha256 = g_definition.sha256;
CREATE INDEX temp.m_definition_of ON m_definition (k);
INSERT INTO tool (observation_id, server_id, position, definition_id, name, file, line, current, origin, condition, inexact,
                  code)
    SELECT m_list.id, m_list.of, g_tool.position, m_definition.id, g_tool.name, g_tool.file, g_tool.line, 0, g_tool.origin,
           g_tool.condition, g_tool.inexact, g_tool.code
    FROM g_tool JOIN m_list ON m_list.k = g_tool.observation JOIN m_definition ON m_definition.k = g_tool.definition
    ORDER BY m_list.id, g_tool.position;";

/// One attempt in two files is one where all of it is the same; what one file holds several times stays so.
const ATTEMPTS: &str = "
CREATE TEMP TABLE m_attempt AS
    SELECT m_server.id AS of, g_attempt.origin, g_attempt.target, outcome, detail, at,
        (SELECT m_list.id FROM m_observation JOIN m_list ON m_list.same_list = m_observation.same_list
         WHERE m_observation.k = g_attempt.observation) AS list,
        (SELECT id FROM m_run WHERE m_run.k = g_attempt.run) AS of_run, g_attempt.k / 1099511627776 AS file,
        row_number() OVER (PARTITION BY m_server.id, g_attempt.origin, g_attempt.target, at, g_attempt.k / 1099511627776
            ORDER BY g_attempt.k) AS turn
    FROM g_attempt JOIN m_server ON m_server.k = g_attempt.server;
INSERT INTO attempt (server_id, origin, target, outcome, detail, observation_id, at, run_id)
    SELECT of, origin, target, outcome, detail, list, at, of_run FROM (
        SELECT *, row_number() OVER (PARTITION BY of, origin, target, outcome, detail, list, at, of_run, file ORDER BY turn)
            AS nth FROM m_attempt)
    GROUP BY of, origin, target, outcome, detail, list, at, of_run, nth
    ORDER BY at, of, origin, target, min(turn), outcome, detail, list, of_run, nth;";

/// How far a source was read is what the newest reading says. What an answer is known by counts only where every file says
/// the same of it: else it may belong to a list that another one has replaced.
const SOURCES: &str = "
INSERT INTO source (name, run_id, begun, since, next, swept, flawed)
    SELECT name, of_run, begun, since, next, swept, flawed FROM (
        SELECT *, row_number() OVER (PARTITION BY name
            ORDER BY max(coalesce(begun, ''), coalesce(swept, '')) DESC, swept DESC, begun, since, next, flawed, of_run) AS place
        FROM (SELECT g_source.*, (SELECT id FROM m_run WHERE m_run.k = g_source.run) AS of_run FROM g_source))
    WHERE place = 1 ORDER BY name;
INSERT INTO validator (url, etag, last_modified, next)
    SELECT url, min(etag), min(last_modified), min(next) FROM g_validator GROUP BY url
    HAVING count(*) = (SELECT count(DISTINCT k / 1099511627776) FROM (SELECT k FROM g_server UNION ALL SELECT k FROM g_run))
       AND min(coalesce(etag, '')) = max(coalesce(etag, ''))
       AND min(coalesce(last_modified, '')) = max(coalesce(last_modified, ''))
       AND min(coalesce(next, '')) = max(coalesce(next, '')) ORDER BY url;
INSERT OR IGNORE INTO unindexed (server_id) SELECT id FROM server;
INSERT OR IGNORE INTO unjudged (server_id) SELECT id FROM server;";
