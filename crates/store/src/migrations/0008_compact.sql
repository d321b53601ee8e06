-- Version 8: what is said of a tool is kept once. What many verdicts share (class, traits, taxonomies, the sentences of
-- rationales, which rule and where) stands in tables of its own, each text once; a row holds what is the tool's alone.
-- `verdict` is a view with the columns that the table had. Verdicts of the older form are made again by the next command
-- that needs them. A definition's digest is kept as bytes, and is found by its beginning.
DROP VIEW server_risk;
DROP VIEW verdicts_current;
DROP VIEW tools_current;
DROP TABLE verdict;
DELETE FROM fact WHERE key = 'ruleset';
INSERT OR IGNORE INTO unjudged (server_id) SELECT id FROM server;

-- A migration is run without foreign keys in force, so that what refers to definitions stays.
CREATE TABLE definition_made_anew (
    id     INTEGER PRIMARY KEY,
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
    raw    TEXT NOT NULL
) STRICT;
INSERT INTO definition_made_anew (id, sha256, raw) SELECT id, unhex(sha256), raw FROM definition ORDER BY id;
DROP TABLE definition;
ALTER TABLE definition_made_anew RENAME TO definition;
CREATE INDEX definition_by_digest ON definition (substr(sha256, 1, 6));

-- What verdicts say apart from words of their own: frameworks and sep2793 are JSON, as in the whole verdict.
CREATE TABLE judgement (
    id         INTEGER PRIMARY KEY,
    class      TEXT NOT NULL CHECK (class IN ('read', 'write', 'execute')),
    risk       TEXT NOT NULL CHECK (risk IN ('low', 'medium', 'high', 'critical')),
    category   TEXT NOT NULL CHECK (category IN ('read', 'write', 'execute', 'destructive', 'financial')),
    confidence TEXT NOT NULL CHECK (confidence IN ('low', 'medium', 'high')),
    traits     TEXT NOT NULL CHECK (json_valid(traits)),
    recognised INTEGER NOT NULL CHECK (recognised IN (0, 1)),
    frameworks TEXT NOT NULL CHECK (json_valid(frameworks)),
    sep2793    TEXT NOT NULL CHECK (json_valid(sep2793)),
    UNIQUE (class, risk, category, confidence, traits, recognised, frameworks, sep2793)
) STRICT;

-- Texts that many verdicts share. In a rationale the signs U+0001 to U+0008 stand for the words that are quoted there.
CREATE TABLE phrase (
    id   INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
) STRICT;

-- Which rule found something, and where in a definition.
CREATE TABLE ground (
    id      INTEGER PRIMARY KEY,
    rule    TEXT NOT NULL,
    field   TEXT NOT NULL,
    pointer TEXT NOT NULL,
    UNIQUE (rule, field, pointer)
) STRICT;

-- The judgement on a current tool. quoted: a JSON array of the words for the signs of its rationale. rest: a JSON object
-- of what else is its own, without what is empty: e evidence as [ground, first byte, text, and the end where it is not
-- that of the text]; o what was overruled as [class, traits, phrase of the reason, evidence]; p operations as [phrase of
-- the parameter, value, class, traits, risk, 1 where recognised]; a audit, n notes, u what was not read; d what the tool
-- does, as a number where it is so many signs of the beginning of its description.
-- indexed: what `search` holds of it is known by this; NULL where it holds nothing.
CREATE TABLE judged (
    tool_id      INTEGER PRIMARY KEY REFERENCES tool (id) ON DELETE CASCADE,
    judgement_id INTEGER NOT NULL,
    rationale_id INTEGER NOT NULL,
    quoted       TEXT,
    rest         TEXT,
    indexed      INTEGER
) STRICT;

-- By which rules the verdicts on a server's tools were made (a phrase).
CREATE TABLE judged_by (
    server_id  INTEGER PRIMARY KEY REFERENCES server (id) ON DELETE CASCADE,
    ruleset_id INTEGER NOT NULL
) STRICT;

CREATE VIEW tools_current AS
SELECT tool.id AS tool_id, server.name AS server, tool.name AS tool,
       coalesce(tool.origin, observation.origin) AS origin, observation.target,
       observation.version, tool.file, tool.line, definition.raw AS definition, observation.last_seen,
       json_extract(tool.condition, '$.text') AS condition,
       json_extract(tool.condition, '$.plain_start') AS plain_start, tool.inexact = '[]' AS exact
FROM tool
JOIN server ON server.id = tool.server_id
JOIN observation ON observation.id = tool.observation_id
JOIN definition ON definition.id = tool.definition_id
WHERE tool.current = 1;

CREATE VIEW verdict AS
SELECT told.tool_id, class, risk, category, confidence, traits, told.rationale,
       '{"server":' || json_quote(told.server) || ',"name":' || json_quote(told.tool) || ',"class":"' || class
       || '","traits":' || traits || ',"risk":"' || risk || '","confidence":"' || confidence || '","category":"' || category
       || '","rationale":' || json_quote(told.rationale)
       || ',"evidence":' || (
           SELECT json_group_array(json_object('rule', ground.rule, 'field', ground.field, 'pointer', ground.pointer,
               'text', json_extract(one.value, '$[2]'), 'start', json_extract(one.value, '$[1]'),
               'end', coalesce(json_extract(one.value, '$[3]'),
                   json_extract(one.value, '$[1]') + length(CAST(json_extract(one.value, '$[2]') AS BLOB)))))
           FROM json_each(coalesce(told.rest, '{}'), '$.e') AS one
           JOIN ground ON ground.id = json_extract(one.value, '$[0]'))
       || ',"overruled":' || (
           SELECT json_group_array(json_patch(
               json_object('class', json_extract(lost.value, '$[0]')),
               json_object('traits', json(nullif(json_extract(lost.value, '$[1]'), '[]')),
                   'reason', phrase.text, 'evidence', json((
                   SELECT json_group_array(json_object('rule', ground.rule, 'field', ground.field,
                       'pointer', ground.pointer, 'text', json_extract(one.value, '$[2]'),
                       'start', json_extract(one.value, '$[1]'), 'end', coalesce(json_extract(one.value, '$[3]'),
                           json_extract(one.value, '$[1]') + length(CAST(json_extract(one.value, '$[2]') AS BLOB)))))
                   FROM json_each(lost.value, '$[3]') AS one
                   JOIN ground ON ground.id = json_extract(one.value, '$[0]'))))))
           FROM json_each(coalesce(told.rest, '{}'), '$.o') AS lost
           JOIN phrase ON phrase.id = json_extract(lost.value, '$[2]'))
       || ',"operations":' || (
           SELECT json_group_array(json_object('parameter', phrase.text, 'value', json_extract(one.value, '$[1]'),
               'class', json_extract(one.value, '$[2]'), 'traits', json(json_extract(one.value, '$[3]')),
               'risk', json_extract(one.value, '$[4]'),
               'recognised', json(CASE json_extract(one.value, '$[5]') WHEN 1 THEN 'true' ELSE 'false' END)))
           FROM json_each(coalesce(told.rest, '{}'), '$.p') AS one
           JOIN phrase ON phrase.id = json_extract(one.value, '$[0]'))
       || ',"frameworks":' || frameworks || ',"sep2793":' || sep2793
       || coalesce(',"audit":' || json_extract(told.rest, '$.a'), '')
       || coalesce(',"notes":' || json_extract(told.rest, '$.n'), '')
       || coalesce(',"unread":' || json_extract(told.rest, '$.u'), '')
       || CASE json_type(told.rest, '$.d')
              WHEN 'integer' THEN ',"does":'
                  || json_quote(substr(json_extract(definition.raw, '$.description'), 1, json_extract(told.rest, '$.d')))
              WHEN 'text' THEN ',"does":' || json_quote(json_extract(told.rest, '$.d'))
              ELSE '' END
       || ',"recognised":' || CASE recognised WHEN 1 THEN 'true' ELSE 'false' END
       || ',"ruleset":' || json_quote(told.ruleset) || '}' AS document,
       told.ruleset
FROM (
    SELECT judged.tool_id, judged.judgement_id, judged.rest, tool.definition_id, tool.name AS tool,
           (SELECT name FROM server WHERE server.id = tool.server_id) AS server,
           CASE WHEN judged.quoted IS NULL THEN phrase.text ELSE
               replace(replace(replace(replace(replace(replace(replace(replace(phrase.text,
                   char(1), coalesce(json_extract(judged.quoted, '$[0]'), '')),
                   char(2), coalesce(json_extract(judged.quoted, '$[1]'), '')),
                   char(3), coalesce(json_extract(judged.quoted, '$[2]'), '')),
                   char(4), coalesce(json_extract(judged.quoted, '$[3]'), '')),
                   char(5), coalesce(json_extract(judged.quoted, '$[4]'), '')),
                   char(6), coalesce(json_extract(judged.quoted, '$[5]'), '')),
                   char(7), coalesce(json_extract(judged.quoted, '$[6]'), '')),
                   char(8), coalesce(json_extract(judged.quoted, '$[7]'), ''))
           END AS rationale,
           (SELECT phrase.text FROM judged_by JOIN phrase ON phrase.id = judged_by.ruleset_id
            WHERE judged_by.server_id = tool.server_id) AS ruleset
    FROM judged JOIN tool ON tool.id = judged.tool_id JOIN phrase ON phrase.id = judged.rationale_id
) AS told
JOIN judgement ON judgement.id = told.judgement_id
JOIN definition ON definition.id = told.definition_id;

CREATE VIEW verdicts_current AS
SELECT server.name AS server, tool.name AS tool, verdict.class, verdict.risk, verdict.category, verdict.confidence,
       verdict.traits, verdict.rationale, verdict.ruleset
FROM tool
JOIN server ON server.id = tool.server_id
JOIN verdict ON verdict.tool_id = tool.id
WHERE tool.current = 1;

CREATE VIEW server_risk AS
SELECT server.name AS server,
       EXISTS (SELECT 1 FROM observation WHERE observation.server_id = server.id) AS is_read,
       count(tool.id) AS tools,
       coalesce(sum(judgement.risk = 'low'), 0) AS low,
       coalesce(sum(judgement.risk = 'medium'), 0) AS medium,
       coalesce(sum(judgement.risk = 'high'), 0) AS high,
       coalesce(sum(judgement.risk = 'critical'), 0) AS critical
FROM server
LEFT JOIN tool ON tool.server_id = server.id AND tool.current = 1
LEFT JOIN judged ON judged.tool_id = tool.id
LEFT JOIN judgement ON judgement.id = judged.judgement_id
WHERE server.gone = 0
GROUP BY server.id;

-- What is derived, in less room: what `search` holds is remembered with the judgement, names are known by numbers that
-- follow from them (`folded`: without case and separators, `skeleton`: as a reader sees it), mentions by their tool.
DROP TABLE indexed;
DROP TABLE search;
CREATE VIRTUAL TABLE search USING fts5 (
    words, content = '', contentless_delete = 1, detail = none, tokenize = 'porter ascii'
);
DROP TABLE tool_name;
CREATE TABLE tool_name (
    name     TEXT NOT NULL,
    folded   INTEGER NOT NULL,
    skeleton INTEGER NOT NULL
) STRICT;
CREATE INDEX tool_name_folded ON tool_name (folded);
CREATE INDEX tool_name_skeleton ON tool_name (skeleton);
DROP TABLE mention;
CREATE TABLE mention (
    name    INTEGER NOT NULL,
    tool_id INTEGER NOT NULL,
    PRIMARY KEY (name, tool_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX mention_of_tool ON mention (tool_id);
-- The words of servers' names.
CREATE TABLE server_word (
    word      TEXT NOT NULL,
    server_id INTEGER NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    PRIMARY KEY (word, server_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX server_word_of_server ON server_word (server_id);
INSERT OR IGNORE INTO unindexed (server_id) SELECT id FROM server;

-- Lists that others took the place of: only their servers can have gone back to an older one.
CREATE INDEX observation_replaced ON observation (server_id) WHERE latest = 0;
