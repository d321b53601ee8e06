//! What stands between a crawler and its database, and can be cut.

use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tokio::net::{UnixListener, UnixStream};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

/// The name that a server's socket has in its folder.
const SOCKET: &str = ".s.PGSQL.5432";

/// A socket before that of a server.
pub(crate) struct Proxy {
    folder: TempDir,
    target: PathBuf,
    handle: Handle,
    running: Option<JoinHandle<()>>,
}

impl Proxy {
    /// Before the server whose socket lies in this folder.
    pub(crate) fn new(server: &Path, handle: Handle) -> Proxy {
        let folder = tempfile::Builder::new().prefix("proxy").tempdir_in("/tmp").expect("a folder");
        let mut proxy = Proxy { folder, target: server.join(SOCKET), handle, running: None };
        proxy.mend();
        proxy
    }

    /// The folder of the socket to which a crawler connects.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn mend(&mut self) {
        let socket = self.folder.path().join(SOCKET);
        let _ = std::fs::remove_file(&socket);
        let entered = self.handle.enter();
        let (listener, target) = (UnixListener::bind(&socket).expect("a socket"), self.target.clone());
        drop(entered);
        self.running = Some(self.handle.spawn(async move {
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
        let _ = std::fs::remove_file(self.folder.path().join(SOCKET));
    }
}
