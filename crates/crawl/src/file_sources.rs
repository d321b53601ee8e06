//! Sources that lie in files of this machine, and documents that were fetched: their servers out as they are found.

use super::dispatch::{Job, Recorded};
use super::files::{FileContent, Rows};
use super::plan::list_key;
use super::sources::{Found, ReceiverGone, Source};
use mcpdex_model::{Outcome, ServerId};
use mcpdex_source::document::{Document, Entry};
use mcpdex_source::row_file::RowEntry;
use std::path::Path;
use url::Url;

impl Source<'_> {
    /// Reads files, and folders with all that is below them.
    pub(super) async fn files(&self, paths: &[std::path::PathBuf]) -> Result<(), ReceiverGone> {
        for path in paths {
            let files = match super::files::below(path) {
                Ok(files) => files,
                Err(why) => return self.fail(Outcome::Gone, why).await,
            };
            for file in files {
                self.send(Found::At(file.display().to_string())).await?;
                // What lies in a folder may be anybody's; a configuration that is named is the user's word.
                let own = file == *path;
                let (name, shown, named) = (self.name.clone(), file.display().to_string(), path.clone());
                let place = file.clone();
                match tokio::task::spawn_blocking(move || super::files::read_file(&file, &named, &name)).await {
                    Ok(Ok(FileContent::Whole(document))) => self.entries(document, &shown, own, None).await?,
                    Ok(Ok(FileContent::Bundle(document))) => self.entries(document, &shown, own, Some(&place)).await?,
                    Ok(Ok(FileContent::Rows(rows))) => self.rows(rows, &shown, own).await?,
                    Ok(Err(why)) => self.fail(why.outcome(), format!("{shown}: {why}")).await?,
                    Err(error) => std::panic::resume_unwind(error.into_panic()),
                }
            }
        }
        Ok(())
    }

    pub(super) async fn clients(&self) -> Result<(), ReceiverGone> {
        let files = super::places::client_files(std::path::Path::new("."));
        if files.is_empty() {
            let detail = "no configuration of a client was found; name the file instead".to_owned();
            return self.fail(Outcome::Gone, detail).await;
        }
        self.files(&files).await
    }

    /// Sends on what a document holds. `own`: the addresses in a client's configuration are the user's; `bundle`: the file
    /// that has the server's program as well.
    pub(super) async fn entries(
        &self,
        document: Document,
        shown: &str,
        own: bool,
        bundle: Option<&Path>,
    ) -> Result<(), ReceiverGone> {
        self.send(Found::Redacted(document.redacted)).await?;
        self.send(Found::Superseded(document.superseded)).await?;
        for problem in document.problems {
            self.send(Found::Problem(format!("{shown}: {problem}"))).await?;
        }
        for entry in document.entries {
            let job = Job { bundle: bundle.map(Path::to_owned), ..job(&self.name, entry, own) };
            self.send(Found::Server { job: Box::new(job), new: true }).await?;
        }
        Ok(())
    }

    /// Sends on what rows hold, each server when its rows were read: no more of them are in memory than may wait.
    async fn rows(&self, mut rows: Box<Rows>, shown: &str, own: bool) -> Result<(), ReceiverGone> {
        let (name, history, out) = (self.name.clone(), self.context.options.history.clone(), self.out.clone());
        let read = tokio::task::spawn_blocking(move || {
            let is_seen = |server: &str, digest: &str| {
                let server = ServerId(server.to_owned());
                history.has_list(&server, &name)
                    && history.validator(&list_key(&server, &name)).and_then(|known| known.etag).as_deref()
                        == Some(digest)
            };
            loop {
                let RowEntry { entry, unchanged, digest } = match rows.next_entry(&is_seen) {
                    Ok(Some(found)) => found,
                    Ok(None) => return Ok(Ok(rows.finish())),
                    Err(error) => return Ok(Err(error)),
                };
                let mut job = job(&name, entry, own);
                if unchanged {
                    job.recorded = Some((name.clone(), Recorded::Unchanged));
                } else if let Some((_, Recorded::List { digest: known, .. })) = &mut job.recorded {
                    *known = digest;
                }
                out.blocking_send(Found::Server { job: Box::new(job), new: true }).map_err(|_| ReceiverGone)?;
            }
        });
        let remarks = match read.await {
            Ok(Ok(Ok(remarks))) => remarks,
            Ok(Ok(Err(error))) => {
                return self.fail(Outcome::Unreadable, format!("{shown}: cannot be read: {error}")).await;
            }
            Ok(Err(gone)) => return Err(gone),
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        };
        self.send(Found::Redacted(remarks.redacted)).await?;
        self.send(Found::Superseded(remarks.superseded)).await?;
        for problem in remarks.problems {
            self.send(Found::Problem(format!("{shown}: {problem}"))).await?;
        }
        Ok(())
    }
}

/// The job of an entry. `own`: the addresses in a client's configuration are the user's.
fn job(source: &str, entry: Entry, own: bool) -> Job {
    // As the user's own configuration has it; what is kept is without what may be secret.
    let address = entry.address.filter(|_| own).and_then(|text| Url::parse(&text).ok());
    Job {
        listing: Box::new(entry.listing),
        recorded: entry.tools.map(|list| (source.to_owned(), Recorded::List { list, digest: None })),
        named: false,
        trusted: own && entry.configured,
        changed: false,
        address,
        bundle: None,
        ticket: None,
    }
}
