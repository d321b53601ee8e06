-- Version 9: what was seen of the code behind a tool, where its source was read (a JSON object: where the handler stands,
-- whether it was followed to its end, and each call that deletes, writes, starts a program, connects or reads the
-- environment, with file and line); NULL where no handler was found.
ALTER TABLE tool ADD COLUMN code TEXT CHECK (code IS NULL OR json_valid(code));
