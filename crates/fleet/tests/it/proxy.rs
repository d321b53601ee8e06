//! What stands between a crawler and its database, and can be cut.

use crate::servers::PostgresServer;
use std::path::PathBuf;
use tempfile::TempDir;
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinHandle;
use tokio_postgres::Config;

/// A socket before that of a server.
pub(crate) struct Proxy {
    folder: TempDir,
    target: PathBuf,
    running: Option<JoinHandle<()>>,
}

impl Proxy {
    pub(crate) fn new(server: &PostgresServer) -> Proxy {
        let folder = tempfile::Builder::new().prefix("proxy").tempdir_in("/tmp").expect("a folder");
        let mut proxy = Proxy { folder, target: server.folder().join(".s.PGSQL.5432"), running: None };
        proxy.mend();
        proxy
    }

    /// How to reach the database through it.
    pub(crate) fn config(&self) -> Config {
        let mut config = Config::new();
        config.host_path(self.folder.path()).user("owner").dbname("crawl");
        config
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
