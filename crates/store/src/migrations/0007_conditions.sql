-- Version 7: how each tool of a list was come upon, beside where it stands. `origin` is NULL where it is that of the list;
-- `condition` is what must be set for the tool to be there (a JSON object with `text` and `plain_start`), NULL where
-- nothing guards it; `inexact` says what of its own definition is not certain, empty for an exact one. `remarks` of a
-- list is good to know and says of no tool that it is missing.
ALTER TABLE tool ADD COLUMN origin TEXT CHECK (origin IN ('defined', 'static'));
ALTER TABLE tool ADD COLUMN condition TEXT CHECK (condition IS NULL OR json_valid(condition));
ALTER TABLE tool ADD COLUMN inexact TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(inexact));
ALTER TABLE observation ADD COLUMN remarks TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(remarks));

DROP VIEW tools_current;
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
