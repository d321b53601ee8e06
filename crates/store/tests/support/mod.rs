//! PostgreSQL servers for tests: each its own, in a temporary folder that its socket lies in, run by a user who is not
//! root, and gone when the test ends.

#![allow(dead_code, reason = "each file of tests needs a part of it")]

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// `nobody`, where the tests are run by root, under whom no server starts.
const NOBODY: u32 = 65_534;

pub(crate) struct PostgresServer {
    folder: tempfile::TempDir,
    programs: PathBuf,
    server: Child,
}

/// What a server says, in its folder.
const LOG: &str = "log";

/// The folder of a server's programs; `None` where there is none.
fn programs() -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.flatten().map(|entry| entry.path().join("bin")).collect())
        .unwrap_or_default();
    folders.sort();
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    folders.into_iter().find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
}

/// Says that a test was not made, past what gathers the output of tests.
pub(crate) fn skipped(what: &str) {
    let mut past = std::io::stderr();
    writeln!(past, "skipped: {what} is not installed").unwrap();
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    output.stdout.starts_with(b"0\n")
}

/// A command that is not run as root.
pub(crate) fn as_somebody(program: impl AsRef<Path>) -> Command {
    let mut command = Command::new(program.as_ref());
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// A folder that whoever runs servers may write.
pub(crate) fn folder() -> tempfile::TempDir {
    let folder = tempfile::Builder::new().prefix("mcpdex-pg-").tempdir_in("/tmp").unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    if is_root() {
        std::os::unix::fs::chown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
    }
    folder
}

impl PostgresServer {
    /// Starts a server; `None`, which is said, where none is installed. Its texts are ordered by the rules of a language, so
    /// that whatever relies on the order of bytes has to say so.
    pub(crate) fn start() -> Option<PostgresServer> {
        let Some(programs) = programs() else {
            skipped("postgresql");
            return None;
        };
        let folder = folder();
        let data = folder.path().join("data");
        let made = as_somebody(programs.join("initdb"))
            .args(["--username", "owner", "--auth", "trust", "--encoding", "UTF8", "--no-sync", "--no-instructions"])
            .args(["--locale", "C.UTF-8", "--locale-provider", "icu", "--icu-locale", "en-US"])
            .arg("--pgdata")
            .arg(&data)
            .status()
            .unwrap();
        assert!(made.success(), "initdb failed");
        std::fs::write(
            data.join("pg_hba.conf"),
            "local all guarded scram-sha-256\nlocal all all trust\nhost all guarded 127.0.0.1/32 scram-sha-256\n",
        )
        .unwrap();
        let server = Self::run(&programs, folder.path());
        let server = PostgresServer { folder, programs, server };
        server.is_up();
        server.sql("postgres", "CREATE ROLE guarded LOGIN PASSWORD 'right'");
        Some(server)
    }

    fn run(programs: &Path, folder: &Path) -> Child {
        as_somebody(programs.join("postgres"))
            .arg("-D")
            .arg(folder.join("data"))
            .args(["-c", "listen_addresses=", "-c", "fsync=off", "-c", "autovacuum=off", "-c", "shared_buffers=64MB"])
            .args(["-c", "max_wal_size=4GB", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"])
            .arg("-c")
            .arg(format!("unix_socket_directories={}", folder.display()))
            .stderr(std::fs::File::options().create(true).append(true).open(folder.join(LOG)).unwrap())
            .spawn()
            .unwrap()
    }

    fn is_up(&self) {
        let (end, mut last) = (Instant::now() + Duration::from_secs(60), String::new());
        while Instant::now() < end {
            let answer = self.psql("postgres", "SELECT 1");
            if answer.status.success() {
                return;
            }
            last = String::from_utf8_lossy(&answer.stderr).into_owned();
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the server did not start: {last}");
    }

    /// The folder that the socket lies in.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A new database of this name; its address.
    pub(crate) fn database(&self, name: &str) -> String {
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        self.url("owner", name)
    }

    pub(crate) fn url(&self, user: &str, database: &str) -> String {
        format!("postgres://{user}@/{database}?host={}", self.folder.path().display())
    }

    pub(crate) fn psql(&self, database: &str, sql: &str) -> Output {
        self.psql_as("owner", database, sql)
    }

    pub(crate) fn psql_as(&self, user: &str, database: &str, sql: &str) -> Output {
        Command::new(self.programs.join("psql"))
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1"])
            .args(["--username", user, "--dbname", database, "--command", sql, "--host"])
            .arg(self.folder.path())
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// What a statement answers, a row a line.
    pub(crate) fn sql(&self, database: &str, sql: &str) -> String {
        let answer = self.psql(database, sql);
        assert!(answer.status.success(), "{sql}: {}", String::from_utf8_lossy(&answer.stderr));
        String::from_utf8(answer.stdout).unwrap()
    }

    /// Notes from now on each statement that is run in a database, by connections that are made from now on.
    pub(crate) fn note_statements(&self, database: &str) {
        self.sql("postgres", &format!("ALTER DATABASE {database} SET log_statement = 'all'"));
    }

    /// How many statements were noted so far.
    pub(crate) fn statements(&self) -> usize {
        let log = std::fs::read_to_string(self.folder.path().join(LOG)).unwrap();
        log.lines().filter(|line| line.contains("LOG:  execute ") || line.contains("LOG:  statement: ")).count()
    }

    fn stop(&mut self) {
        // At once: nothing of it is needed again.
        Command::new("kill").args(["-QUIT", &self.server.id().to_string()]).status().ok();
        let end = Instant::now() + Duration::from_secs(10);
        while Instant::now() < end {
            if self.server.try_wait().is_ok_and(|ended| ended.is_some()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.server.kill().ok();
        self.server.wait().ok();
    }

    /// Ends the server as a power cut would, and starts it again.
    pub(crate) fn restart(&mut self) {
        self.stop();
        self.server = Self::run(&self.programs, self.folder.path());
        self.is_up();
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A pgbouncer before a server, which gives each transaction any connection.
pub(crate) struct Pooler {
    folder: tempfile::TempDir,
    pooler: Child,
}

impl Pooler {
    /// Starts one with this many connections to the server; `None`, which is said, where none is installed.
    pub(crate) fn start(before: &PostgresServer, connections: usize) -> Option<Pooler> {
        let found = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"].into_iter().find(|path| Path::new(path).exists());
        let Some(program) = found else {
            skipped("pgbouncer");
            return None;
        };
        let folder = folder();
        let (here, server) = (folder.path().display(), before.folder().display());
        let settings = folder.path().join("pgbouncer.ini");
        std::fs::write(
            &settings,
            format!(
                "[databases]\n* = host={server} port=5432 user=owner\n[pgbouncer]\nlisten_addr =\nunix_socket_dir = {here}\n\
                 listen_port = 6543\nauth_type = any\nauth_file = {here}/users\npool_mode = transaction\n\
                 default_pool_size = {connections}\nmax_client_conn = 100\nlogfile = {here}/log\n"
            ),
        )
        .unwrap();
        std::fs::write(folder.path().join("users"), "\"owner\" \"\"\n").unwrap();
        let pooler = as_somebody(program).arg(&settings).spawn().unwrap();
        let pooler = Pooler { folder, pooler };
        let end = Instant::now() + Duration::from_secs(20);
        while !pooler.folder.path().join(".s.PGSQL.6543").exists() {
            assert!(Instant::now() < end, "pgbouncer did not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(pooler)
    }

    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://owner@/{database}?host={}&port=6543", self.folder.path().display())
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        self.pooler.kill().ok();
        self.pooler.wait().ok();
    }
}
