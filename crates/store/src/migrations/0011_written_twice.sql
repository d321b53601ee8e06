-- Version 11: a listing that is written twice before it is indexed. What a trigger says about conflicts does not hold where
-- an upsert fires it, so that OR IGNORE was none: the triggers ask whether the row is there.
DROP TRIGGER listing_names_its_server;
DROP TRIGGER listing_renames_its_server;
DROP TRIGGER listing_stands_anew;
CREATE TRIGGER listing_names_its_server AFTER INSERT ON listing BEGIN
    INSERT INTO server_alias (alias, server_id)
        SELECT DISTINCT one.alias, new.server_id FROM (
            SELECT json_extract(value, '$.ecosystem') || ':' || json_extract(value, '$.identifier') AS alias
                FROM json_each(new.packages) WHERE json_extract(value, '$.identifier') IS NOT NULL
            UNION ALL SELECT json_extract(value, '$.url') FROM json_each(new.remotes)
                WHERE json_extract(value, '$.url') IS NOT NULL) AS one
        WHERE one.alias IS NOT NULL AND NOT EXISTS (SELECT 1 FROM server_alias AS known
            WHERE known.alias = one.alias AND known.server_id = new.server_id);
    INSERT INTO unindexed (server_id) SELECT new.server_id
        WHERE NOT EXISTS (SELECT 1 FROM unindexed WHERE server_id = new.server_id);
END;
CREATE TRIGGER listing_renames_its_server AFTER UPDATE OF packages, remotes ON listing
WHEN new.packages IS NOT old.packages OR new.remotes IS NOT old.remotes BEGIN
    INSERT INTO server_alias (alias, server_id)
        SELECT DISTINCT one.alias, new.server_id FROM (
            SELECT json_extract(value, '$.ecosystem') || ':' || json_extract(value, '$.identifier') AS alias
                FROM json_each(new.packages) WHERE json_extract(value, '$.identifier') IS NOT NULL
            UNION ALL SELECT json_extract(value, '$.url') FROM json_each(new.remotes)
                WHERE json_extract(value, '$.url') IS NOT NULL) AS one
        WHERE one.alias IS NOT NULL AND NOT EXISTS (SELECT 1 FROM server_alias AS known
            WHERE known.alias = one.alias AND known.server_id = new.server_id);
END;
CREATE TRIGGER listing_stands_anew AFTER UPDATE OF status ON listing WHEN new.status IS NOT old.status BEGIN
    INSERT INTO unindexed (server_id) SELECT new.server_id
        WHERE NOT EXISTS (SELECT 1 FROM unindexed WHERE server_id = new.server_id);
END;
