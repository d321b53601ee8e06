-- Three users of one database: `mcpdex_owner` makes the tables and brings them up to date, `mcpdex_crawler` writes what it
-- learns and what it judges, `mcpdex_reader` asks. Run once, by a user who may make roles, in the database of the catalogue:
--
--     psql --dbname catalogue --file roles.sql
--
-- and then once as the owner, who makes the tables: mcpdex --db 'postgres://mcpdex_owner@HOST/catalogue' stats
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
