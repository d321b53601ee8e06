//! A PostgreSQL of the test's own: on a socket in a temporary folder, as an ordinary user, without syncing to the disk. It
//! can be stopped at once and started again, and reached through a proxy that cuts.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinHandle;
use tokio_postgres::{Config, NoTls};

/// A server, stopped and removed when dropped.
pub(crate) struct Server {
    folder: TempDir,
    programs: PathBuf,
    databases: AtomicU32,
}

/// The folder of PostgreSQL's programs, newest first; `None` where it is not installed.
fn programs() -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> =
        std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten().map(|entry| entry.path().join("bin")).collect();
    versions.sort();
    versions.into_iter().rev().find(|folder| folder.join("initdb").exists())
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}

impl Server {
    /// Starts a server; `None`, and a line that says so, where PostgreSQL is not installed.
    pub(crate) fn start() -> Option<Server> {
        let Some(programs) = programs() else {
            eprintln!("skipped: PostgreSQL is not installed below /usr/lib/postgresql");
            return None;
        };
        let folder = tempfile::Builder::new().prefix("fleet").tempdir_in("/tmp").expect("a folder");
        let server = Server { folder, programs, databases: AtomicU32::new(0) };
        if is_root() {
            let owned = Command::new("chown").arg("nobody").arg(server.path()).output().expect("chown");
            assert!(owned.status.success(), "{owned:?}");
        }
        let data = server.path().join("data");
        server.run("initdb", &["-D", &data.to_string_lossy(), "-A", "trust", "-U", "test", "--no-sync", "-E", "UTF8"]);
        let settings = format!(
            "\nlisten_addresses=''\nunix_socket_directories='{}'\nfsync=off\nmax_connections=60\nshared_buffers=64MB\n",
            server.path().display()
        );
        let file = data.join("postgresql.conf");
        let written = std::fs::read_to_string(&file).expect("its settings") + &settings;
        std::fs::write(&file, written).expect("its settings");
        server.begin();
        Some(server)
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs one of PostgreSQL's programs as an ordinary user.
    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        let program = self.programs.join(program);
        let mut command = match is_root() {
            true => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"]).arg(program);
                command
            }
            false => Command::new(program),
        };
        let output = command.args(arguments).current_dir(self.path()).output().expect("PostgreSQL's programs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output
    }

    fn control(&self, arguments: &[&str]) {
        let (data, log) = (self.path().join("data"), self.path().join("log"));
        let mut all = vec!["-D".to_owned(), data.display().to_string(), "-w".to_owned(), "-s".to_owned()];
        all.extend(["-l".to_owned(), log.display().to_string()]);
        all.extend(arguments.iter().map(|word| (*word).to_owned()));
        self.run("pg_ctl", &all.iter().map(String::as_str).collect::<Vec<_>>());
    }

    pub(crate) fn begin(&self) {
        self.control(&["start"]);
    }

    /// Stops it as if the power had gone.
    pub(crate) fn crash(&self) {
        self.control(&["-m", "immediate", "stop"]);
    }

    /// How to reach a database of this server, by the folder of its socket.
    pub(crate) fn config(&self, folder: &Path, database: &str) -> Config {
        let mut config = Config::new();
        config.host_path(folder).user("test").dbname(database).connect_timeout(Duration::from_secs(5));
        config
    }

    /// A new database, and how to reach it.
    pub(crate) async fn database(&self) -> (String, Config) {
        let name = format!("t{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let (client, connection) = self.config(self.path(), "postgres").connect(NoTls).await.expect("a connection");
        tokio::spawn(connection);
        client.batch_execute(&format!("CREATE DATABASE {name}")).await.expect("a database");
        (name.clone(), self.config(self.path(), &name))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.path().join("data");
        let stop = ["-D", &data.to_string_lossy(), "-m", "immediate", "-s", "stop"].map(str::to_owned);
        let mut command = Command::new(if is_root() { "setpriv".into() } else { self.programs.join("pg_ctl") });
        if is_root() {
            command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"]).arg(self.programs.join("pg_ctl"));
        }
        // It may have been stopped already.
        let _ = command.args(stop).output();
    }
}

/// What stands between a crawler and its database, and can be cut.
pub(crate) struct Proxy {
    pub(crate) folder: TempDir,
    target: PathBuf,
    running: Option<JoinHandle<()>>,
}

impl Proxy {
    pub(crate) fn new(server: &Server) -> Proxy {
        let folder = tempfile::Builder::new().prefix("proxy").tempdir_in("/tmp").expect("a folder");
        let mut proxy = Proxy { folder, target: server.path().join(".s.PGSQL.5432"), running: None };
        proxy.mend();
        proxy
    }

    pub(crate) fn mend(&mut self) {
        let socket = self.folder.path().join(".s.PGSQL.5432");
        let _ = std::fs::remove_file(&socket);
        let (listener, target) = (UnixListener::bind(&socket).expect("a socket"), self.target.clone());
        self.running = Some(tokio::spawn(async move {
            // All of them end with this task.
            let mut links = tokio::task::JoinSet::new();
            while let Ok((mut near, _)) = listener.accept().await {
                let target = target.clone();
                links.spawn(async move {
                    if let Ok(mut far) = UnixStream::connect(target).await {
                        let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                    }
                });
            }
        }));
    }

    /// Breaks what goes through it, and lets nothing new through.
    pub(crate) fn cut(&mut self) {
        if let Some(running) = self.running.take() {
            running.abort();
        }
        let _ = std::fs::remove_file(self.folder.path().join(".s.PGSQL.5432"));
    }
}
