"""Runs the script that imports this in an environment that has DuckDB, which comes from the package index that pip is
configured for, into a folder beside the temporary files. Ends with 77 when it cannot be had.
"""

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
    sys.exit(subprocess.run([python, *sys.argv], env={**os.environ, "MCPDEX_IN_VENV": "1"}).returncode)
