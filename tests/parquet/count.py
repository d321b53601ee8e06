"""Counts the tools of a Parquet export with DuckDB: `count.py FILE` prints JSON.

DuckDB comes from the package index that pip is configured for, into a virtual environment beside this script's cache
folder. Ends with 77 when it cannot be had.
"""

import json
import os
import subprocess
import sys
import tempfile
import venv

home = os.path.join(tempfile.gettempdir(), f"mcpdex-duckdb-{os.getuid()}")
python = os.path.join(home, "bin", "python")


def has_duckdb() -> bool:
    try:
        return subprocess.run([python, "-c", "import duckdb"], capture_output=True).returncode == 0
    except OSError:
        return False


if os.environ.get("MCPDEX_IN_VENV") != "1":
    if not has_duckdb():
        venv.create(home, with_pip=True, clear=True)
        got = subprocess.run([python, "-m", "pip", "install", "--quiet", "duckdb"], capture_output=True, text=True)
        if got.returncode != 0:
            print(f"DuckDB cannot be installed: {got.stderr.strip()[-300:]}", file=sys.stderr)
            sys.exit(77)
    sys.exit(subprocess.run([python, __file__, *sys.argv[1:]], env={**os.environ, "MCPDEX_IN_VENV": "1"}).returncode)

import duckdb  # noqa: E402

file = sys.argv[1]
ask = duckdb.connect().execute
rows, tokens = ask("SELECT count(*), sum(tokens) FROM read_parquet(?)", [file]).fetchone()
risks = dict(ask("SELECT risk, count(*) FROM read_parquet(?) GROUP BY risk", [file]).fetchall())
json.dump({"rows": rows, "tokens": int(tokens), "risks": risks}, sys.stdout)
