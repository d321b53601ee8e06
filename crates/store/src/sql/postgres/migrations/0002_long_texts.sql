-- Version 2: no index holds a text of a stranger. One that holds more than 2,600 bytes is refused, and with it all that is
-- written beside it; so they hold digests (`btree`), or a number made from the text and the text compared where it lies
-- (`hash`), or leave long ones out where they are gone along.

-- What a text is found by. Of SHA-256, so that nobody can make two texts that are taken for one.
CREATE FUNCTION digest_of(plain text) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN pg_catalog.sha256(pg_catalog.convert_to(plain, 'UTF8'));
CREATE FUNCTION listing_key(source text, version text, claimed text) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN pg_catalog.sha256(pg_catalog.convert_to(
        pg_catalog.concat(octet_length(source), ' ', octet_length(version), ' ', source, version, claimed), 'UTF8'));

ALTER TABLE source DROP CONSTRAINT source_pkey;
ALTER TABLE source ALTER COLUMN name SET NOT NULL;
ALTER TABLE source ADD CONSTRAINT source_once EXCLUDE USING hash (name WITH =);

ALTER TABLE validator DROP CONSTRAINT validator_pkey;
ALTER TABLE validator ALTER COLUMN url SET NOT NULL;
ALTER TABLE validator ADD CONSTRAINT validator_once EXCLUDE USING hash (url WITH =);

ALTER TABLE server DROP CONSTRAINT server_name_key;
ALTER TABLE server ADD CONSTRAINT server_once EXCLUDE USING hash (name WITH =);
CREATE INDEX server_along_names ON server (name) WHERE octet_length(name) <= 1000;
CREATE INDEX server_of_a_long_name ON server (id) WHERE octet_length(name) > 1000;

ALTER TABLE same DROP CONSTRAINT same_pkey;
ALTER TABLE same ALTER COLUMN name SET NOT NULL;
ALTER TABLE same ADD CONSTRAINT same_once EXCLUDE USING hash (name WITH =);

DROP INDEX listing_once;
CREATE UNIQUE INDEX listing_once ON listing (server_id, listing_key(source, version, claimed));
DROP INDEX listing_of_source;
CREATE INDEX listing_of_source ON listing (digest_of(source), id);

DROP INDEX observation_once;
CREATE UNIQUE INDEX observation_once ON observation (server_id, origin, digest_of(target), content_sha256);

DROP INDEX judgement_once;
CREATE UNIQUE INDEX judgement_once ON judgement
    (class, risk, category, confidence, traits, recognised, digest_of(frameworks), digest_of(sep2793));
DROP INDEX ground_once;
CREATE UNIQUE INDEX ground_once ON ground (digest_of(rule), field, digest_of(pointer));

ALTER TABLE server_alias DROP CONSTRAINT server_alias_pkey;
ALTER TABLE server_alias ALTER COLUMN alias SET NOT NULL;
CREATE UNIQUE INDEX server_alias_once ON server_alias (digest_of(alias), server_id);

-- Whatever the length: what a file finds, a server finds.
CREATE OR REPLACE FUNCTION listing_names_its_server() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO mcpdex.server_alias (alias, server_id)
        SELECT DISTINCT one.alias, new.server_id FROM (
            SELECT (value ->> 'ecosystem') || ':' || (value ->> 'identifier') AS alias
                FROM pg_catalog.json_array_elements(new.packages::json) AS package (value)
            UNION ALL SELECT value ->> 'url' FROM pg_catalog.json_array_elements(new.remotes::json) AS remote (value)) AS one
        WHERE one.alias IS NOT NULL
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION observation_names_its_server() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO mcpdex.server_alias (alias, server_id) VALUES (new.target, new.server_id) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
