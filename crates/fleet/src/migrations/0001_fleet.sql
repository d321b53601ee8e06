-- Who is at work, at which hosts, on what. Every function is one transaction and holds no state of a session, so that a
-- pooler may stand between. Times are the database's own.

-- A crawler. It lives as long as it says so: `until` is moved on by its heartbeat, and whoever is past it is gone.
CREATE TABLE mcpdex_fleet.worker (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- For people: machine and process.
    name text NOT NULL,
    began timestamptz NOT NULL DEFAULT clock_timestamp(),
    until timestamptz NOT NULL,
    -- What it has credentials for.
    credentials text[] NOT NULL,
    -- Jobs that it has brought to their end.
    done bigint NOT NULL DEFAULT 0
);

-- What is asked at one registrable domain.
CREATE TABLE mcpdex_fleet.host (
    name text PRIMARY KEY,
    -- When the next request may start.
    next timestamptz NOT NULL DEFAULT '-infinity',
    -- Nothing starts before this: the host has asked for patience.
    closed timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 50);

-- A request that is under way at a domain and at the address behind it.
CREATE TABLE mcpdex_fleet.place (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    worker bigint NOT NULL REFERENCES mcpdex_fleet.worker ON DELETE CASCADE,
    domain text NOT NULL,
    address text
);
CREATE INDEX place_domain ON mcpdex_fleet.place (domain);
CREATE INDEX place_address ON mcpdex_fleet.place (address);
CREATE INDEX place_worker ON mcpdex_fleet.place (worker);

-- A run of the crawl over sources, and who reads them.
CREATE TABLE mcpdex_fleet.run (
    id bigint PRIMARY KEY,
    -- What the one who reads the sources was asked for, which holds for all who join.
    options text NOT NULL,
    planner bigint REFERENCES mcpdex_fleet.worker ON DELETE SET NULL,
    -- The sources were read to their end: no more jobs come.
    planned boolean NOT NULL DEFAULT false
);

-- One listing of a server whose tools are to be learnt. What was done stays to the end of its run, so that it is not put
-- in again.
CREATE TABLE mcpdex_fleet.job (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run bigint NOT NULL REFERENCES mcpdex_fleet.run ON DELETE CASCADE,
    -- What tells it from the others of its run.
    key text NOT NULL,
    server text NOT NULL,
    host text NOT NULL,
    -- How many of the same host come before it: what makes hosts take turns.
    turn integer NOT NULL,
    -- Credentials without which it was tried in vain.
    needs text[] NOT NULL DEFAULT '{}',
    payload text NOT NULL,
    -- Who has it; a worker that is gone has nothing.
    worker bigint REFERENCES mcpdex_fleet.worker ON DELETE SET NULL,
    taken timestamptz,
    -- How often it was taken: what its takers did not survive comes last.
    tries integer NOT NULL DEFAULT 0,
    done boolean NOT NULL DEFAULT false
);
-- A key is as long as what a stranger calls his server, and an index holds no such text: it holds its digest.
CREATE FUNCTION mcpdex_fleet.digest_of(plain text) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN pg_catalog.sha256(pg_catalog.convert_to(plain, 'UTF8'));
CREATE UNIQUE INDEX job_once ON mcpdex_fleet.job (run, mcpdex_fleet.digest_of(key));
CREATE INDEX job_waiting ON mcpdex_fleet.job (run, tries, turn, id) WHERE worker IS NULL AND NOT done;
CREATE INDEX job_taken ON mcpdex_fleet.job (worker) WHERE worker IS NOT NULL;

-- Whether the worker's lease still runs.
CREATE FUNCTION mcpdex_fleet.lives(bigint) RETURNS boolean LANGUAGE sql STABLE
    AS $$ SELECT EXISTS (SELECT 1 FROM mcpdex_fleet.worker WHERE id = $1 AND until > clock_timestamp()) $$;

-- Moves a worker's lease on, if it still runs; says whether it does. The row is never held by what takes long, or the
-- heartbeat would wait for it.
CREATE FUNCTION mcpdex_fleet.beat(by_worker bigint, lease_ms bigint, jobs bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    UPDATE mcpdex_fleet.worker SET until = clock_timestamp() + lease_ms * interval '1 millisecond', done = jobs
        WHERE id = by_worker AND until > clock_timestamp();
    RETURN FOUND;
END $$;

-- Takes a place at a domain, and at the address where one is given; NULL where either is full or the worker is gone.
-- Domains are locked before addresses, one of each, so that no two wait for each other.
CREATE FUNCTION mcpdex_fleet.enter(by_worker bigint, at_domain text, per_domain bigint, at_address text, per_address bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    given bigint;
BEGIN
    PERFORM mcpdex_fleet.lock_host(at_domain);
    IF (SELECT count(*) FROM mcpdex_fleet.place JOIN mcpdex_fleet.worker ON worker.id = place.worker
        WHERE place.domain = at_domain AND worker.until > clock_timestamp()) >= per_domain THEN
        RETURN NULL;
    END IF;
    IF at_address IS NOT NULL THEN
        PERFORM mcpdex_fleet.lock_host(at_address);
        IF (SELECT count(*) FROM mcpdex_fleet.place JOIN mcpdex_fleet.worker ON worker.id = place.worker
            WHERE place.address = at_address AND worker.until > clock_timestamp()) >= per_address THEN
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO mcpdex_fleet.place (worker, domain, address)
        SELECT id, at_domain, at_address FROM mcpdex_fleet.worker WHERE id = by_worker AND until > clock_timestamp()
        RETURNING id INTO given;
    RETURN given;
END $$;

-- Holds a host's row to the end of the transaction, and makes it where there is none. It may be swept away in between.
CREATE FUNCTION mcpdex_fleet.lock_host(called text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    LOOP
        PERFORM 1 FROM mcpdex_fleet.host WHERE name = called FOR UPDATE;
        EXIT WHEN FOUND;
        INSERT INTO mcpdex_fleet.host (name) VALUES (called) ON CONFLICT DO NOTHING;
    END LOOP;
END $$;

-- Takes a domain's next turn: 0, or how many milliseconds to wait before asking again; NULL where the worker is gone.
CREATE FUNCTION mcpdex_fleet.start(by_worker bigint, at_domain text, every_ms bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    ready timestamptz;
BEGIN
    IF NOT mcpdex_fleet.lives(by_worker) THEN
        RETURN NULL;
    END IF;
    UPDATE mcpdex_fleet.host SET next = clock_timestamp() + every_ms * interval '1 millisecond'
        WHERE name = at_domain AND greatest(next, closed) <= clock_timestamp();
    IF FOUND THEN
        RETURN 0;
    END IF;
    SELECT greatest(next, closed) INTO ready FROM mcpdex_fleet.host WHERE name = at_domain;
    RETURN greatest(1, ceil(1000 * extract(epoch FROM coalesce(ready, clock_timestamp()) - clock_timestamp()))::bigint);
END $$;

-- Lets nothing start at a domain for a while.
CREATE FUNCTION mcpdex_fleet.hold(at_domain text, for_ms bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO mcpdex_fleet.host AS host (name, closed)
        VALUES (at_domain, clock_timestamp() + for_ms * interval '1 millisecond')
        ON CONFLICT (name) DO UPDATE SET closed = greatest(host.closed, excluded.closed)
$$;

-- Forgets workers that are gone, with their places, and hosts that nobody asks; their jobs are free again.
-- Whoever holds a row longer than a moment is left for the next time.
CREATE FUNCTION mcpdex_fleet.sweep() RETURNS bigint LANGUAGE plpgsql SET lock_timeout = '200ms' AS $$
DECLARE
    gone bigint;
BEGIN
    WITH dead AS (
        SELECT id FROM mcpdex_fleet.worker WHERE until <= clock_timestamp() FOR UPDATE SKIP LOCKED
    )
    DELETE FROM mcpdex_fleet.worker USING dead WHERE worker.id = dead.id;
    GET DIAGNOSTICS gone = ROW_COUNT;
    DELETE FROM mcpdex_fleet.host USING (
        SELECT name FROM mcpdex_fleet.host
        WHERE greatest(next, closed) < clock_timestamp() - interval '1 hour'
            AND NOT EXISTS (SELECT 1 FROM mcpdex_fleet.place WHERE name IN (domain, address))
        LIMIT 1000 FOR UPDATE SKIP LOCKED
    ) AS idle WHERE host.name = idle.name;
    RETURN gone;
END $$;

-- Puts a job into the queue of a run, unless it is or was there.
CREATE FUNCTION mcpdex_fleet.put(run bigint, key text, server text, host text, turn bigint, payload text)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO mcpdex_fleet.job (run, key, server, host, turn, payload)
        VALUES (run, key, server, host, turn, payload) ON CONFLICT DO NOTHING
$$;

-- Says that no more jobs of a run will come.
CREATE FUNCTION mcpdex_fleet.planned(of_run bigint) RETURNS void LANGUAGE sql AS $$
    UPDATE mcpdex_fleet.run SET planned = true WHERE id = of_run
$$;

-- Hands out jobs of a run to a worker that lives: hosts in turn, in each the order in which they came. What needs a
-- credential is left to those who have it, as long as one of them lives. In two statements: in one, the planner would
-- reckon with a tenth of all jobs, and read them all for each few that are taken.
CREATE FUNCTION mcpdex_fleet.take(by_worker bigint, of_run bigint, most bigint) RETURNS TABLE (id bigint, payload text)
LANGUAGE plpgsql AS $$
DECLARE
    has text[];
    free bigint[];
BEGIN
    SELECT credentials INTO has FROM mcpdex_fleet.worker WHERE worker.id = by_worker AND until > clock_timestamp();
    IF NOT FOUND THEN
        RETURN;
    END IF;
    free := ARRAY(
        SELECT job.id FROM mcpdex_fleet.job
        WHERE job.run = of_run AND job.worker IS NULL AND NOT job.done
            AND (job.needs = '{}' OR job.needs <@ has OR NOT EXISTS (
                SELECT 1 FROM mcpdex_fleet.worker AS other
                WHERE job.needs <@ other.credentials AND other.until > clock_timestamp()))
        ORDER BY job.tries, job.turn, job.id LIMIT most FOR UPDATE OF job SKIP LOCKED
    );
    RETURN QUERY UPDATE mcpdex_fleet.job SET worker = by_worker, taken = clock_timestamp(), tries = tries + 1
        WHERE job.id = ANY (free) RETURNING job.id, job.payload;
END $$;

-- Leaves a job to those who have what this worker lacks for it, where one of them lives; says whether it did.
CREATE FUNCTION mcpdex_fleet.leave(by_worker bigint, of_job bigint, lacks text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    UPDATE mcpdex_fleet.job SET worker = NULL, needs = needs || lacks
        WHERE id = of_job AND worker = by_worker AND EXISTS (
            SELECT 1 FROM mcpdex_fleet.worker AS other
            WHERE job.needs || lacks <@ other.credentials AND other.until > clock_timestamp());
    RETURN FOUND;
END $$;

-- Ends a job, where the worker still has it: only then may what came of it be kept, in the same transaction.
CREATE FUNCTION mcpdex_fleet.complete(by_worker bigint, of_job bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    UPDATE mcpdex_fleet.job SET worker = NULL, done = true, payload = '' WHERE id = of_job AND worker = by_worker;
    RETURN FOUND;
END $$;
