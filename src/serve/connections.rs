//! Connections, so many at a time: one that is too many is closed before anything is read of it.

use super::MAX_CONNECTIONS;
use axum_server::accept::Accept;
use std::future::{Ready, ready};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Files that are kept free for the database, its log and whatever else is open.
#[cfg(unix)]
const OTHER_FILES: usize = 128;

/// Connections at a time, at least, however few files the system lets be open.
#[cfg(unix)]
const LEAST_CONNECTIONS: usize = 8;

/// How many connections are let in: [`MAX_CONNECTIONS`], or as many as the files that may be open leave room for. The limit
/// of files is raised for them as far as the system lets. A connection that is in and never answered would be worse than
/// one that is closed.
#[cfg(unix)]
pub(super) fn most() -> usize {
    let wanted = MAX_CONNECTIONS + OTHER_FILES;
    // Where the limit cannot be told, nothing is known against it.
    let files =
        rlimit::increase_nofile_limit(wanted as u64).map_or(wanted, |files| usize::try_from(files).unwrap_or(wanted));
    files.saturating_sub(OTHER_FILES).clamp(LEAST_CONNECTIONS, MAX_CONNECTIONS)
}

/// How many connections are let in.
#[cfg(not(unix))]
pub(super) fn most() -> usize {
    MAX_CONNECTIONS
}

/// Lets so many connections in.
#[derive(Debug, Clone)]
pub(super) struct Bounded {
    pub(super) open: Arc<AtomicUsize>,
    pub(super) most: usize,
}

/// A connection that counts while it lives.
#[derive(Debug)]
pub(super) struct Counted<I> {
    inner: I,
    open: Arc<AtomicUsize>,
}

impl<I> Drop for Counted<I> {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }
}

impl<I, S> Accept<I, S> for Bounded {
    type Stream = Counted<I>;
    type Service = S;
    type Future = Ready<io::Result<(Counted<I>, S)>>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        let counted = Counted { inner: stream, open: Arc::clone(&self.open) };
        let before = self.open.fetch_add(1, Ordering::Relaxed);
        // What is refused is dropped, and counted out again by that.
        ready(if before < self.most { Ok((counted, service)) } else { Err(io::ErrorKind::ConnectionRefused.into()) })
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Counted<I> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Counted<I> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
