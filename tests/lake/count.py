"""Counts the tools of a Parquet export with DuckDB: `count.py FILE` prints JSON. Ends with 77 where there is no DuckDB."""

import json
import sys

import with_duckdb  # noqa: F401
import duckdb

file = sys.argv[1]
ask = duckdb.connect().execute
rows, tokens = ask("SELECT count(*), sum(tokens) FROM read_parquet(?)", [file]).fetchone()
risks = dict(ask("SELECT risk, count(*) FROM read_parquet(?) GROUP BY risk", [file]).fetchall())
json.dump({"rows": rows, "tokens": int(tokens), "risks": risks}, sys.stdout)
