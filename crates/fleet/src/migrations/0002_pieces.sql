-- Everything judged again by other rules, dealt out in pieces: what readers see meanwhile, and that a piece ends together with
-- what came of it, is kept by `mcpdex` (its `edition`).

-- The rules that judge, and the edition of verdicts that they make. One at a time.
CREATE TABLE mcpdex_fleet.judging (
    edition bigint PRIMARY KEY,
    ruleset text NOT NULL,
    began timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Servers from one number to another, both included, whose tools are to be judged.
CREATE TABLE mcpdex_fleet.piece (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    edition bigint NOT NULL REFERENCES mcpdex_fleet.judging ON DELETE CASCADE,
    first bigint NOT NULL,
    last bigint NOT NULL,
    -- Only those of them that have changed since the judging began; else only the others.
    late boolean NOT NULL,
    -- How many tools they had when this was cut.
    tools bigint NOT NULL,
    -- Who has it; a worker that is gone has nothing.
    worker bigint REFERENCES mcpdex_fleet.worker ON DELETE SET NULL,
    taken timestamptz,
    -- How often it was taken: what its takers did not survive comes last.
    tries integer NOT NULL DEFAULT 0,
    done boolean NOT NULL DEFAULT false
);
CREATE INDEX piece_waiting ON mcpdex_fleet.piece (edition, tries, id) WHERE worker IS NULL AND NOT done;
CREATE INDEX piece_taken ON mcpdex_fleet.piece (worker) WHERE worker IS NOT NULL;

-- Begins a judging in the place of any other; its number.
CREATE FUNCTION mcpdex_fleet.judge_anew(of_edition bigint, by_rules text) RETURNS bigint LANGUAGE sql AS $$
    DELETE FROM mcpdex_fleet.judging;
    INSERT INTO mcpdex_fleet.judging (edition, ruleset) VALUES (of_edition, by_rules) RETURNING edition;
$$;

-- Adds a piece to it; its number.
CREATE FUNCTION mcpdex_fleet.cut_piece(of_edition bigint, first bigint, last bigint, late boolean, tools bigint)
RETURNS bigint LANGUAGE sql AS $$
    INSERT INTO mcpdex_fleet.piece (edition, first, last, late, tools) VALUES (of_edition, first, last, late, tools) RETURNING id
$$;

-- Hands out a piece to a worker that lives; no row where none is free.
CREATE FUNCTION mcpdex_fleet.take_piece(by_worker bigint, of_edition bigint)
RETURNS TABLE (id bigint, first bigint, last bigint, late boolean) LANGUAGE plpgsql AS $$
DECLARE
    free bigint;
BEGIN
    IF NOT mcpdex_fleet.lives(by_worker) THEN
        RETURN;
    END IF;
    SELECT piece.id INTO free FROM mcpdex_fleet.piece
        WHERE piece.edition = of_edition AND piece.worker IS NULL AND NOT piece.done
        ORDER BY piece.tries, piece.id LIMIT 1 FOR UPDATE SKIP LOCKED;
    RETURN QUERY UPDATE mcpdex_fleet.piece SET worker = by_worker, taken = clock_timestamp(), tries = tries + 1
        WHERE piece.id = free RETURNING piece.id, piece.first, piece.last, piece.late;
END $$;

-- Ends a piece, where the worker still has it: only then may what came of it be kept, in the same transaction.
CREATE FUNCTION mcpdex_fleet.end_piece(by_worker bigint, of_piece bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    UPDATE mcpdex_fleet.piece SET worker = NULL, done = true WHERE id = of_piece AND worker = by_worker;
    RETURN FOUND;
END $$;

-- How many pieces are not done, and how many of these a worker has that lives.
CREATE FUNCTION mcpdex_fleet.pieces_left(of_edition bigint, OUT "left" bigint, OUT held bigint) LANGUAGE sql STABLE AS $$
    SELECT count(*), count(worker.id) FROM mcpdex_fleet.piece
    LEFT JOIN mcpdex_fleet.worker ON worker.id = piece.worker AND worker.until > clock_timestamp()
    WHERE piece.edition = of_edition AND NOT piece.done
$$;

-- Puts a judging away that has come to its end, or was given up; its number.
CREATE FUNCTION mcpdex_fleet.judged(of_edition bigint) RETURNS bigint LANGUAGE sql AS $$
    DELETE FROM mcpdex_fleet.judging WHERE edition = of_edition RETURNING edition
$$;
