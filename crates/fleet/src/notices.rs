//! Hearing that something was kept: a connection of its own in, a count that moves out. Whoever keeps something can say so
//! in the same transaction, by `pg_notify` on [`CHANNEL`]; `mcpdex` neither says nor hears it so far. Notices only make a
//! reader look sooner: a pooler that hands out connections by the transaction lets none through.

use super::FleetError;
use std::future::poll_fn;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{AsyncMessage, Client, Config, Socket};

/// Where it is said that something was kept.
pub const CHANNEL: &str = "mcpdex_kept";

/// What is said on [`CHANNEL`], for as long as the connection holds.
#[derive(Debug)]
pub struct Notices {
    /// How often it was said so far.
    heard: watch::Receiver<u64>,
    driver: JoinHandle<()>,
    /// Without it the connection ends.
    _client: Client,
}

impl Notices {
    /// Begins to listen.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn listen<T>(config: &Config, tls: T) -> Result<Notices, FleetError>
    where
        T: MakeTlsConnect<Socket>,
        T::Stream: Send + 'static,
    {
        let fail = FleetError::database("listening for what is kept");
        let (client, mut connection) = config.connect(tls).await.map_err(&fail)?;
        let (say, heard) = watch::channel(0);
        let driver = tokio::spawn(async move {
            while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
                if matches!(message, AsyncMessage::Notification(_)) {
                    say.send_modify(|count| *count += 1);
                }
            }
        });
        client.batch_execute(&format!("LISTEN {CHANNEL}")).await.map_err(&fail)?;
        Ok(Notices { heard, driver, _client: client })
    }

    /// Waits until something was kept since the last time; false where the connection has ended.
    pub async fn next(&mut self) -> bool {
        self.heard.changed().await.is_ok()
    }
}

impl Drop for Notices {
    fn drop(&mut self) {
        self.driver.abort();
    }
}
