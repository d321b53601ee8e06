//! The thread that moves bytes to and from servers. Whoever asks waits on a thread of its own, which may belong to
//! another runtime.

use std::future::Future;
use std::sync::LazyLock;
use tokio::runtime::{Builder, Runtime};

static RUNTIME: LazyLock<std::io::Result<Runtime>> =
    LazyLock::new(|| Builder::new_multi_thread().worker_threads(1).thread_name("mcpdex-postgres").enable_all().build());

/// Waits on this thread for what the other one does.
pub(super) fn wait<T>(work: impl Future<Output = T>) -> T {
    pollster::block_on(work)
}

/// Lets the other thread do it; nothing where there is none.
pub(super) fn spawn(work: impl Future<Output = ()> + Send + 'static) {
    if let Ok(runtime) = &*RUNTIME {
        runtime.spawn(work);
    }
}

/// Lets the other thread do it, and waits for what comes out.
///
/// # Errors
/// There is no other thread.
pub(super) fn run<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> std::io::Result<T> {
    let runtime = RUNTIME.as_ref().map_err(|error| std::io::Error::new(error.kind(), error.to_string()))?;
    wait(runtime.spawn(work)).map_err(std::io::Error::other)
}
