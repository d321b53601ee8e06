//! Memory for large bodies: how many giants may be held at once, however many answer.

use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Memory for large bodies, shared by all requests: however many giants answer at once, few are held at a time.
#[derive(Clone)]
pub(super) struct BodyBudget(Arc<Semaphore>);

/// A body beyond this size counts as large, in bytes.
const LARGE: u64 = 256 << 10;
/// MiB that large bodies may take together.
const LARGE_TOTAL: u32 = 96;

impl BodyBudget {
    pub(super) fn new() -> Self {
        BodyBudget(Arc::new(Semaphore::new(LARGE_TOTAL as usize)))
    }

    /// Makes room for the rest of a body of which `read` bytes have come and that may have `most`; waits while others
    /// hold too much.
    pub(super) async fn room(&self, read: u64, most: u64, held: &mut Option<OwnedSemaphorePermit>) {
        if read <= LARGE || held.is_some() {
            return;
        }
        let wanted = u32::try_from(most >> 20).unwrap_or(u32::MAX).clamp(1, LARGE_TOTAL);
        // The semaphore is never closed.
        *held = self.0.clone().acquire_many_owned(wanted).await.ok();
    }
}
