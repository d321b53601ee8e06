//! `mcpdex mcp`: the catalogue as an MCP server, and how clients add it.

use super::Exit;
use crate::cli::{Global, McpArgs};

/// Runs the command.
///
/// # Errors
/// This build has no server.
#[cfg(not(feature = "serve"))]
pub(super) fn run(_global: &Global, _args: &McpArgs) -> anyhow::Result<Exit> {
    anyhow::bail!("this build has no server; build it with the feature `serve`, which is on unless it was switched off")
}

#[cfg(feature = "serve")]
pub(super) use serving::{catalogue, run};

#[cfg(feature = "serve")]
mod serving {
    use super::{Exit, Global, McpArgs};
    use crate::cli::InstallClient;
    use crate::command::{database, output::print, profile, serve};
    use crate::mcp::{McpServer, install_plan};
    use crate::query::Catalogue;
    use crate::report::visible;
    use crate::serve::ServeOffer;
    use crate::store::DatabasePlace;
    use anyhow::{Context, bail};
    use rmcp::ServiceExt;
    use std::io::ErrorKind;
    use std::path::Path;
    use std::sync::Arc;

    /// Runs the command.
    ///
    /// # Errors
    /// There is no database, the rules cannot be read, or a client's file cannot be read or written.
    pub(in crate::command) fn run(global: &Global, args: &McpArgs) -> anyhow::Result<Exit> {
        match args.install {
            Some(client) => install(global, client, args.write),
            None => match args.listen {
                Some(address) => serve::listen(global, address, &args.access, ServeOffer::Mcp, None),
                None => over_stdio(catalogue(global)?),
            },
        }
    }

    /// The database with what it is judged by.
    ///
    /// # Errors
    /// There is no database, or it cannot be judged.
    pub(in crate::command) fn catalogue(global: &Global) -> anyhow::Result<Arc<Catalogue>> {
        let path = database::place(global)?;
        // What is stale is judged before anybody is answered.
        let reader = database::open_judged(global, &path)?;
        anyhow::ensure!(
            !reader.is_copy(),
            "{} cannot be written, and its verdicts are those of other rules; let `mcpdex stats` judge it as its owner",
            path
        );
        drop(reader);
        let bench = database::load_bench(global)?;
        Ok(Arc::new(Catalogue::open(&path, profile::usual(global)?, bench)?))
    }

    /// Answers until the client closes stdin.
    fn over_stdio(catalogue: Arc<Catalogue>) -> anyhow::Result<Exit> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.context("cannot start threads")?;
        let ended = runtime.block_on(async {
            let (stdin, stdout) = rmcp::transport::io::stdio_pipes();
            match McpServer::new(catalogue).serve((stdin, stdout)).await {
                Ok(running) => running.waiting().await.map(drop).context("the server failed"),
                // A client that only looked whether the program starts.
                Err(rmcp::service::ServerInitializeError::ConnectionClosed(_)) => Ok(()),
                Err(error) => Err(error).context("the client cannot be spoken to"),
            }
        });
        runtime.shutdown_background();
        ended.map(|()| Exit::Done)
    }

    fn install(global: &Global, client: InstallClient, write: bool) -> anyhow::Result<Exit> {
        let folders = directories::BaseDirs::new().context("cannot find this user's home")?;
        let program = std::env::current_exe().context("cannot find this program's own file")?;
        let program = program.to_str().context("this program's path is no UTF-8 text")?;
        let mut arguments = vec!["mcp".to_owned()];
        if let Some(file) = &global.db {
            // Into a file that others may read.
            let DatabasePlace::File(file) = file.absolute().context("cannot tell where the database is")? else {
                bail!(
                    "the address of a server's database is not written into a client's configuration, as it may hold a \
                     password; leave --db out and set MCPDEX_DB where the client starts its servers"
                );
            };
            arguments
                .extend(["--db".to_owned(), file.to_str().context("the database's path is no UTF-8 text")?.to_owned()]);
        }
        let read = |path: &Path| match std::fs::read_to_string(path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        };
        let plan = install_plan(client, (folders.home_dir(), folders.config_dir()), read, program, &arguments)?;
        let path = visible(&plan.path.display().to_string()).into_owned();
        if !write {
            if !global.quiet {
                eprintln!("into {path}; --write puts it there");
            }
            print(&format!("{}\n", plan.entry.trim_end()))?;
            return Ok(Exit::Done);
        }
        match &plan.text {
            None => note!("{path} has it already"),
            Some(text) => {
                put(&plan.path, text)?;
                note!("mcpdex was added to {path}; start the client anew");
            }
        }
        Ok(Exit::Done)
    }

    /// Writes a client's file whole: where it leads to another place, there, and only for whom it was readable.
    fn put(path: &Path, text: &str) -> anyhow::Result<()> {
        let failed = || format!("cannot write {}", path.display());
        let place = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let folder = place.parent().context("the file is in no folder")?;
        std::fs::create_dir_all(folder).with_context(failed)?;
        let mut part = tempfile::NamedTempFile::new_in(folder).with_context(failed)?;
        std::io::Write::write_all(&mut part, text.as_bytes()).with_context(failed)?;
        if let Ok(before) = std::fs::metadata(&place) {
            part.as_file().set_permissions(before.permissions()).with_context(failed)?;
        }
        part.persist(&place).with_context(failed)?;
        Ok(())
    }
}
