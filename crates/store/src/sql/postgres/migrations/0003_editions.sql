-- Version 3: verdicts in editions. Other rules judge everything again while readers see what the rules before them said: what
-- they say otherwise is written beside it, shown to nobody, until one number is raised. A row is of the editions from `since`
-- on and before `until`; most are of all (both NULL). What was `judged`, `search` and `judged_by` holds every edition and is
-- called `…_ever`; these names are now what is shown.

CREATE TABLE edition (
    one        boolean PRIMARY KEY DEFAULT true CHECK (one),
    -- What is shown.
    shown      bigint NOT NULL,
    -- The rules of every verdict that is shown (a `phrase`), since the last time that all were judged by other ones.
    ruleset_id bigint,
    -- The digest of the rules that make the next edition; NULL where none is made.
    coming     text COLLATE "C",
    -- When something of the next edition was last done.
    moved      timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
);
INSERT INTO edition (shown) VALUES (0);

-- Servers that have changed since the next edition was begun, and how often: what it says of them is to be made again.
CREATE TABLE changed (
    server_id bigint PRIMARY KEY REFERENCES server (id) ON DELETE CASCADE,
    times     bigint NOT NULL DEFAULT 1
);
-- Before the row, so that a server is noted which is on the list already.
CREATE FUNCTION server_has_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO mcpdex.changed AS changed (server_id)
        SELECT new.server_id FROM mcpdex.edition WHERE coming IS NOT NULL
        ON CONFLICT (server_id) DO UPDATE SET times = changed.times + 1;
    RETURN new;
END $$;
CREATE TRIGGER unjudged_has_changed BEFORE INSERT ON unjudged FOR EACH ROW EXECUTE FUNCTION server_has_changed();
CREATE TRIGGER unindexed_has_changed BEFORE INSERT ON unindexed FOR EACH ROW EXECUTE FUNCTION server_has_changed();

-- Of a tool one row is of no end, and at most one ends with each edition.
ALTER TABLE judged RENAME TO judged_ever;
ALTER TABLE judged_ever ADD COLUMN since bigint, ADD COLUMN until bigint;
ALTER TABLE judged_ever DROP CONSTRAINT judged_pkey;
CREATE UNIQUE INDEX judged_once ON judged_ever (tool_id, coalesce(until, 0));
CREATE INDEX judged_passing ON judged_ever (until) WHERE until IS NOT NULL;
CREATE VIEW judged AS
SELECT tool_id, judgement_id, rationale_id, quoted, rest, indexed FROM judged_ever
WHERE (since IS NULL OR since <= (SELECT shown FROM edition)) AND (until IS NULL OR until > (SELECT shown FROM edition));

ALTER TABLE search RENAME TO search_ever;
ALTER TABLE search_ever ADD COLUMN since bigint, ADD COLUMN until bigint;
ALTER TABLE search_ever DROP CONSTRAINT search_pkey;
CREATE UNIQUE INDEX search_once ON search_ever (tool_id, coalesce(until, 0));
CREATE VIEW search AS
SELECT tool_id, words FROM search_ever
WHERE (since IS NULL OR since <= (SELECT shown FROM edition)) AND (until IS NULL OR until > (SELECT shown FROM edition));

ALTER TABLE judged_by RENAME TO judged_by_ever;
ALTER TABLE judged_by_ever ADD COLUMN since bigint;
CREATE VIEW judged_by AS
SELECT server_id, coalesce((SELECT edition.ruleset_id FROM edition), judged_by_ever.ruleset_id) AS ruleset_id FROM judged_by_ever
WHERE since IS NULL OR since <= (SELECT shown FROM edition);

-- As they were, over what is shown.
CREATE OR REPLACE VIEW verdict AS
SELECT told.tool_id, class, risk, category, confidence, traits, told.rationale,
       '{"server":' || json_quote(told.server) || ',"name":' || json_quote(told.tool) || ',"class":"' || class
       || '","traits":' || traits || ',"risk":"' || risk || '","confidence":"' || confidence || '","category":"' || category
       || '","rationale":' || json_quote(told.rationale)
       || ',"evidence":' || evidence_of(told.rest -> 'e')
       || ',"overruled":[' || coalesce((
           SELECT string_agg('{"class":' || (lost.value -> 0)::text
               || CASE WHEN (lost.value ->> 1) = '[]' THEN '' ELSE ',"traits":' || (lost.value -> 1)::text END
               || ',"reason":' || json_quote(phrase.text) || ',"evidence":' || evidence_of(lost.value -> 3) || '}',
               ',' ORDER BY lost.place)
           FROM json_array_elements(coalesce(told.rest -> 'o', '[]'::json)) WITH ORDINALITY AS lost (value, place)
           JOIN phrase ON phrase.id = (lost.value ->> 2)::bigint), '')
       || '],"operations":[' || coalesce((
           SELECT string_agg('{"parameter":' || json_quote(phrase.text) || ',"value":' || (one.value -> 1)::text
               || ',"class":' || (one.value -> 2)::text || ',"traits":' || (one.value -> 3)::text
               || ',"risk":' || (one.value -> 4)::text
               || ',"recognised":' || CASE one.value ->> 5 WHEN '1' THEN 'true' ELSE 'false' END || '}',
               ',' ORDER BY one.place)
           FROM json_array_elements(coalesce(told.rest -> 'p', '[]'::json)) WITH ORDINALITY AS one (value, place)
           JOIN phrase ON phrase.id = (one.value ->> 0)::bigint), '')
       || '],"frameworks":' || frameworks || ',"sep2793":' || sep2793
       || coalesce(',"audit":' || (told.rest -> 'a')::text, '')
       || coalesce(',"notes":' || (told.rest -> 'n')::text, '')
       || coalesce(',"unread":' || (told.rest -> 'u')::text, '')
       || CASE json_typeof(told.rest -> 'd')
              WHEN 'number' THEN ',"does":'
                  || json_quote(substr(definition.raw::json ->> 'description', 1, (told.rest ->> 'd')::integer))
              WHEN 'string' THEN ',"does":' || (told.rest -> 'd')::text
              ELSE '' END
       || ',"recognised":' || CASE recognised WHEN 1 THEN 'true' ELSE 'false' END
       || ',"ruleset":' || json_quote(told.ruleset) || '}' AS document,
       told.ruleset
FROM (
    SELECT judged.tool_id, judged.judgement_id, judged.rest::json AS rest, tool.definition_id, tool.name AS tool,
           (SELECT name FROM server WHERE server.id = tool.server_id) AS server,
           CASE WHEN judged.quoted IS NULL THEN phrase.text ELSE
               replace(replace(replace(replace(replace(replace(replace(replace(phrase.text,
                   chr(1), coalesce(judged.quoted::json ->> 0, '')),
                   chr(2), coalesce(judged.quoted::json ->> 1, '')),
                   chr(3), coalesce(judged.quoted::json ->> 2, '')),
                   chr(4), coalesce(judged.quoted::json ->> 3, '')),
                   chr(5), coalesce(judged.quoted::json ->> 4, '')),
                   chr(6), coalesce(judged.quoted::json ->> 5, '')),
                   chr(7), coalesce(judged.quoted::json ->> 6, '')),
                   chr(8), coalesce(judged.quoted::json ->> 7, ''))
           END AS rationale,
           (SELECT phrase.text FROM judged_by JOIN phrase ON phrase.id = judged_by.ruleset_id
            WHERE judged_by.server_id = tool.server_id) AS ruleset
    FROM judged JOIN tool ON tool.id = judged.tool_id JOIN phrase ON phrase.id = judged.rationale_id
) AS told
JOIN judgement ON judgement.id = told.judgement_id
JOIN definition ON definition.id = told.definition_id;

CREATE OR REPLACE VIEW server_risk AS
SELECT server.name AS server,
       CASE WHEN EXISTS (SELECT 1 FROM observation WHERE observation.server_id = server.id) THEN 1 ELSE 0 END AS is_read,
       count(tool.id) AS tools,
       count(*) FILTER (WHERE judgement.risk = 'low') AS low,
       count(*) FILTER (WHERE judgement.risk = 'medium') AS medium,
       count(*) FILTER (WHERE judgement.risk = 'high') AS high,
       count(*) FILTER (WHERE judgement.risk = 'critical') AS critical
FROM server
LEFT JOIN tool ON tool.server_id = server.id AND tool.current = 1
LEFT JOIN judged ON judged.tool_id = tool.id
LEFT JOIN judgement ON judgement.id = judged.judgement_id
WHERE server.gone = 0
GROUP BY server.id;
