"""Runs every statement of SQL in a page of Markdown, one after the other, with DuckDB, in the folder that holds the snapshot:
`examples.py PAGE` prints what the last statement of each block answered, as JSON. Ends with 77 where there is no DuckDB."""

import json
import re
import sys

import with_duckdb  # noqa: F401
import duckdb

page = open(sys.argv[1], encoding="utf-8").read()
connection = duckdb.connect()
answers = [connection.execute(block).fetchall() for block in re.findall(r"^```sql\n(.*?)^```", page, re.M | re.S)]
json.dump(answers, sys.stdout, default=str)
