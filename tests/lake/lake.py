"""What tests/lake/run does, once its tools are there: `lake.py MCPDEX TOOLS MOMENTS`."""

import gzip
import hashlib
import importlib.util
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

MCPDEX, TOOLS, MOMENTS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
# Of the raw JSON at most, and from how many tools on that is held against the bound.
SHARE, HELD_FROM = 0.35, 50_000
# Tools of the snapshots that are killed while they are written.
SMALL = 4_000
work = tempfile.mkdtemp(prefix="mcpdex-lake-")
environment = {
    "HOME": work,
    "PATH": os.environ["PATH"],
    "TMPDIR": work,
    "AWS_ACCESS_KEY_ID": "planted-access-key",
    "AWS_SECRET_ACCESS_KEY": "planted-secret-key",
    "AWS_REGION": "us-east-1",
    "AWS_ALLOW_HTTP": "true",
}
failed = []


def say(text):
    print(text, flush=True)


def demand(holds, text):
    say(f"{'ok    ' if holds else 'FAILED'} {text}")
    if not holds:
        failed.append(text)


def mcpdex(*words, expected=0):
    ran = subprocess.run([MCPDEX, *words], env=environment, capture_output=True, text=True)
    assert "planted" not in ran.stdout + ran.stderr, f"{words}: a credential is told: {ran.stderr}"
    if ran.returncode != expected:
        sys.exit(f"{words} ended with {ran.returncode}: {ran.stderr[-2000:]}")
    return ran


def invented():
    verbs = ["list", "get", "create", "delete", "update", "run", "search", "send", "archive"]
    things = ["shelf", "label", "invoice", "plant", "room", "ticket", "file", "page"]
    for number in range(2_000):
        thing = things[number % len(things)]
        for verb in verbs:
            yield {
                "server": f"io.example.bench/{thing}-{number:05}",
                "name": f"{verb}_{thing}",
                "description": f"{verb} the {thing} of the caller's choice, number {number} of those that are kept.",
                "inputSchema": {
                    "type": "object",
                    "properties": {"id": {"type": "string", "description": f"Which {thing}."}},
                    "required": ["id"],
                },
            }


def rows():
    corpus = os.environ.get("MCPDEX_CORPUS")
    if not corpus:
        return list(invented())
    with gzip.open(os.path.join(corpus, "tools-dev.jsonl.gz"), "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def write(path, count, of):
    """As many tools as are asked for; every round varies servers and, but for each tenth, names."""
    with open(path, "w", encoding="utf-8") as out:
        for at in range(count):
            turn, row = at // len(of), dict(of[at % len(of)])
            if turn:
                row["server"] = f"{row['server']}-{turn}"
                if turn % 10:
                    row["name"] = f"{row['name']}_{turn}"
            out.write(json.dumps(row, separators=(",", ":"), ensure_ascii=False) + "\n")
    return os.path.getsize(path)


def size(folder):
    return sum(os.path.getsize(os.path.join(at, name)) for at, _, names in os.walk(folder) for name in names)


def large(of):
    database, folder, raw = (os.path.join(work, name) for name in ("large.db", "large", "large.jsonl"))
    plain = write(raw, TOOLS, of)
    begun = time.monotonic()
    mcpdex("--db", database, "crawl", raw, "--listed", "-q")
    crawled = time.monotonic()
    mcpdex("--db", database, "publish", folder, "--unsigned")
    published, packed = time.monotonic(), size(folder)
    say(f"{TOOLS} tools: crawled and judged in {crawled - begun:.1f} s, published in {published - crawled:.1f} s")
    share = packed / plain
    mcpdex("--db", database, "export", "--format", "jsonl", "--out", os.path.join(work, "all.jsonl"))
    whole = os.path.getsize(os.path.join(work, "all.jsonl"))
    os.remove(os.path.join(work, "all.jsonl"))
    say(f"snapshot {packed} bytes: {share:.3f} of the raw JSON of its tools, {packed / whole:.3f} of its export as JSON")
    if TOOLS >= HELD_FROM:
        demand(share <= SHARE, f"a snapshot is at most {SHARE} of the raw JSON of its tools: {share:.3f}")
    if importlib.util.find_spec("duckdb") is None:
        say("skipped: no DuckDB, which would count the tools")
        return
    import duckdb

    manifest = json.load(open(os.path.join(folder, "snapshot.json"), encoding="utf-8"))
    files = [os.path.join(folder, file["path"]) for file in manifest["files"] if file["content"] == "tools"]
    ask, sql = duckdb.connect(), sqlite3.connect(database)
    for what, theirs, ours in [
        ("tools", "SELECT count(*), 0 FROM read_parquet(?)", "SELECT count(*), 0 FROM tools_current"),
        ("servers", "SELECT count(DISTINCT server), 0 FROM read_parquet(?)", "SELECT count(DISTINCT server_id), 0 FROM tool WHERE current = 1"),
        ("by risk", "SELECT risk, count(*) FROM read_parquet(?) GROUP BY 1", "SELECT risk, count(*) FROM verdicts_current GROUP BY 1"),
        ("by class", "SELECT class, count(*) FROM read_parquet(?) GROUP BY 1", "SELECT class, count(*) FROM verdicts_current GROUP BY 1"),
    ]:
        begun = time.monotonic()
        counted = sorted(ask.execute(theirs, [files]).fetchall())
        took = time.monotonic() - begun
        demand(counted == sorted(sql.execute(ours).fetchall()), f"DuckDB counts {what} as the database does ({took:.2f} s): {counted}")


class Folder:
    name = "a folder"

    def __init__(self):
        self.place = os.path.join(work, "snapshot")

    def read(self, path):
        with open(os.path.join(self.place, path), "rb") as file:
            return file.read()


class Bucket:
    name = "a bucket"

    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url, self.place = f"http://127.0.0.1:{port}", "s3://lake/some/prefix"
        environment["AWS_ENDPOINT_URL"] = self.url
        server = os.path.join(os.path.dirname(sys.executable), "moto_server")
        self.process = subprocess.Popen([server, "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        import boto3

        keys = {"aws_access_key_id": "planted-access-key", "aws_secret_access_key": "planted-secret-key", "region_name": "us-east-1"}
        self.library = boto3.client("s3", endpoint_url=self.url, **keys)
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        self.library.create_bucket(Bucket="lake")

    def read(self, path):
        return self.library.get_object(Bucket="lake", Key=f"some/prefix/{path}")["Body"].read()


def whole(store):
    """Whether the snapshot that is there is one: every file of the manifest with its hash. How many tools it has."""
    manifest = json.loads(store.read("snapshot.json"))
    for file in manifest["files"]:
        if hashlib.sha256(store.read(file["path"])).hexdigest() != file["sha256"]:
            return None
    return manifest["counts"]["tools"]


def killed(store, of):
    database, taken = os.path.join(work, f"{type(store).__name__}.db"), os.path.join(work, "taken.db")
    publish = ["--db", database, "publish", store.place, "--unsigned"]
    raw = os.path.join(work, "small.jsonl")
    write(raw, SMALL, of)
    mcpdex("--db", database, "crawl", raw, "--listed", "-q")
    begun = time.monotonic()
    mcpdex(*publish)
    took = time.monotonic() - begun
    before, cut, ended, torn = whole(store), 0, 0, 0
    for moment in range(MOMENTS):
        more = [{"server": f"late-{moment}", "name": f"late_{n}", "description": "Lists what came late.", "inputSchema": {"type": "object"}} for n in range(50)]
        write(raw, len(more), more)
        mcpdex("--db", database, "crawl", raw, "--listed", "-q")
        process = subprocess.Popen([MCPDEX, *publish], env=environment, stderr=subprocess.DEVNULL)
        # Nothing is sent in the first moments, while the program starts and reads.
        time.sleep(took * (moment + 0.5) / MOMENTS)
        process.send_signal(signal.SIGKILL)
        cut, ended = (cut, ended + 1) if process.wait() == 0 else (cut + 1, ended)
        now = whole(store)
        for path in (taken, f"{taken}-wal", f"{taken}-shm"):
            if os.path.exists(path):
                os.remove(path)
        imported = subprocess.run([MCPDEX, "--db", taken, "import", store.place, "--unsigned", "-q"], env=environment, capture_output=True)
        if now is None or now < before or imported.returncode != 0:
            torn += 1
            say(f"torn at moment {moment}: {before} {now} {imported.stderr.decode()[-500:]}")
        before = max(before, now or 0)
    demand(torn == 0, f"{store.name}: {cut} publishes killed, {ended} had ended, each leaves a whole snapshot")
    demand(cut > 0, f"{store.name}: some were killed before their end")
    mcpdex(*publish)
    demand(whole(store) == SMALL + 50 * MOMENTS, f"{store.name}: the next publish is whole")


def overtaken(store, of):
    """One that is held up while another publishes is refused, and what the other published stays."""
    first, second = os.path.join(work, "first.db"), os.path.join(work, "second.db")
    raw = os.path.join(work, "small.jsonl")
    for database, count in ((first, SMALL), (second, 40)):
        write(raw, count, of)
        mcpdex("--db", database, "crawl", raw, "--listed", "-q")
    mcpdex("--db", first, "publish", store.place, "--unsigned", "--replace")
    spools = lambda: {name for name in os.listdir(work) if name.startswith("mcpdex-publish-")}
    left = spools()  # of those that were killed
    slow = subprocess.Popen([MCPDEX, "--db", first, "publish", store.place, "--unsigned", "--replace"], env=environment, stderr=subprocess.PIPE, text=True)
    # It has asked for the manifest and is at its rows.
    while slow.poll() is None and spools() == left:
        time.sleep(0.002)
    slow.send_signal(signal.SIGSTOP)
    mcpdex("--db", second, "publish", store.place, "--unsigned", "--replace")
    slow.send_signal(signal.SIGCONT)
    said = slow.communicate()[1]
    demand(slow.returncode == 1 and "another mcpdex has published" in said, f"{store.name}: who is overtaken is refused: {said.strip()[-200:]}")
    demand(whole(store) == 40, f"{store.name}: what overtook it stays whole")


def main():
    of = rows()
    large(of)
    killed(Folder(), of)
    if importlib.util.find_spec("moto") is None:
        say("skipped: no moto, which would be the S3 server")
        return
    bucket = Bucket()
    try:
        killed(bucket, of)
        overtaken(bucket, of)
    finally:
        bucket.process.kill()


try:
    main()
finally:
    shutil.rmtree(work, ignore_errors=True)
sys.exit(f"{len(failed)} failed" if failed else 0)
