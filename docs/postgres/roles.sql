-- Three users of one database: `mcpdex_owner` makes the tables and brings them up to date, `mcpdex_crawler` writes what it
-- learns and what it judges, `mcpdex_reader` asks. Run once, by a user who may make roles, in the database of the catalogue:
--
--     psql --dbname catalogue --file roles.sql
--
-- and then once each as the owner, who makes the tables of the catalogue, and those by which several crawlers agree:
--
--     mcpdex --db 'postgres://mcpdex_owner@HOST/catalogue' stats
--     mcpdex --db 'postgres://mcpdex_owner@HOST/catalogue' crawl --join     (there is nothing to join yet, which it says)
--
-- and both again after an update of mcpdex: crawlers that meet older tables say so.
--
-- Passwords are yours to set (\password mcpdex_crawler).

CREATE ROLE mcpdex_owner LOGIN;
CREATE ROLE mcpdex_crawler LOGIN;
CREATE ROLE mcpdex_reader LOGIN;

CREATE SCHEMA mcpdex AUTHORIZATION mcpdex_owner;
GRANT USAGE ON SCHEMA mcpdex TO mcpdex_crawler, mcpdex_reader;

-- What the owner makes from now on.
ALTER DEFAULT PRIVILEGES FOR ROLE mcpdex_owner IN SCHEMA mcpdex
    GRANT SELECT ON TABLES TO mcpdex_crawler, mcpdex_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE mcpdex_owner IN SCHEMA mcpdex
    GRANT INSERT, UPDATE, DELETE ON TABLES TO mcpdex_crawler;
ALTER DEFAULT PRIVILEGES FOR ROLE mcpdex_owner IN SCHEMA mcpdex
    GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO mcpdex_crawler;

-- Several crawlers over this database, and several that judge (`fleet.md`); a reader may see who is at work.
CREATE SCHEMA mcpdex_fleet AUTHORIZATION mcpdex_owner;
GRANT USAGE ON SCHEMA mcpdex_fleet TO mcpdex_crawler, mcpdex_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE mcpdex_owner IN SCHEMA mcpdex_fleet
    GRANT SELECT ON TABLES TO mcpdex_crawler, mcpdex_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE mcpdex_owner IN SCHEMA mcpdex_fleet
    GRANT INSERT, UPDATE, DELETE ON TABLES TO mcpdex_crawler;
