//! `mcpdex serve`: the catalogue over HTTP; and whatever else listens.

use super::Exit;
use crate::cli::{Global, ServeArgs};

/// Runs the command.
///
/// # Errors
/// This build has no server.
#[cfg(not(feature = "serve"))]
pub(super) fn run(_global: &Global, _args: &ServeArgs) -> anyhow::Result<Exit> {
    anyhow::bail!("this build has no server; build it with the feature `serve`, which is on unless it was switched off")
}

#[cfg(feature = "serve")]
pub(super) use serving::{listen, run};

#[cfg(feature = "serve")]
mod serving {
    use super::{Exit, Global, ServeArgs};
    use crate::cli::AccessArgs;
    use crate::command::{database, interrupt, mcp, site};
    use crate::query::Approval;
    use crate::report::visible;
    use crate::serve::{AccessTokens, LEAVE, ServeError, ServeOffer, ServeSettings, serve};
    use anyhow::Context;
    use std::io::Read;
    use std::net::SocketAddr;
    use std::path::Path;

    /// Requests a second of one address beyond loopback.
    const USUAL_RATE: u32 = 50;

    /// Bytes of a list of approved servers.
    const MAX_APPROVAL: u64 = 4 << 20;

    /// Runs the command.
    ///
    /// # Errors
    /// There is no database, a file cannot be read, or the address cannot be listened on.
    pub(in crate::command) fn run(global: &Global, args: &ServeArgs) -> anyhow::Result<Exit> {
        let reader = database::open_judged(global, &database::place(global)?)?;
        let offer = ServeOffer::Catalogue(Box::new(site::settings(global, &reader, site::chosen(global, &[])?, None)?));
        drop(reader);
        let approval = match args.approve.as_deref().map(approval).transpose() {
            Ok(approval) => approval,
            Err(error) => {
                crate::command::complain(&error);
                return Ok(Exit::Usage);
            }
        };
        listen(global, args.listen, &args.access, offer, approval)
    }

    /// Reads a list of approved servers, which has to hold today.
    fn approval(path: &Path) -> anyhow::Result<Approval> {
        let shown = visible(&path.display().to_string()).into_owned();
        let file = std::fs::File::open(path).with_context(|| format!("cannot read {shown}"))?;
        let mut text = String::new();
        file.take(MAX_APPROVAL + 1).read_to_string(&mut text).with_context(|| format!("cannot read {shown}"))?;
        anyhow::ensure!(text.len() as u64 <= MAX_APPROVAL, "{shown} is larger than a list of approved servers may be");
        let today = jiff::Zoned::now().date();
        let approval = Approval::read(&text, today).with_context(|| format!("cannot use {shown}"))?;
        for over in approval.expired(today) {
            warn!("{}", visible(&over));
        }
        Ok(approval)
    }

    /// Listens until it is asked to end.
    ///
    /// # Errors
    /// As of `run`.
    pub(in crate::command) fn listen(
        global: &Global,
        address: SocketAddr,
        access: &AccessArgs,
        offer: ServeOffer,
        approval: Option<Approval>,
    ) -> anyhow::Result<Exit> {
        let tokens = access.token_file.as_deref().map(tokens).transpose()?;
        let usual = if address.ip().is_loopback() { 0 } else { USUAL_RATE };
        let path = if matches!(offer, ServeOffer::Mcp) { "mcp" } else { "" };
        let settings = ServeSettings {
            listen: address,
            hosts: access.host.clone(),
            tokens,
            tls: access.tls_cert.clone().zip(access.tls_key.clone()),
            rate: Some(access.rate.unwrap_or(usual)).filter(|rate| *rate > 0),
            access_log: access.access_log,
            approval,
            offer,
        };
        if settings.tokens.is_none() && !address.ip().is_loopback() {
            eprintln!("error: {}", ServeError::NoTokens);
            return Ok(Exit::Usage);
        }
        if settings.tls.is_none() && !address.ip().is_loopback() {
            warn!("tokens and answers go over the network as they are; --tls-cert and --tls-key speak TLS");
        }
        let scheme = if settings.tls.is_some() { "https" } else { "http" };
        let catalogue = mcp::catalogue(global)?;
        let runtime = tokio::runtime::Runtime::new().context("cannot start threads")?;
        let _orderly = interrupt::answering(LEAVE);
        let mut asked = interrupt::asked();
        let stop = async move {
            // Without anybody who could ask it goes on.
            if asked.wait_for(|asked| *asked).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        let ready = |address: SocketAddr| eprintln!("listening on {scheme}://{address}/{path}");
        let ended = runtime.block_on(serve(catalogue, settings, ready, stop));
        runtime.shutdown_background();
        ended?;
        Ok(Exit::Done)
    }

    /// Reads a file of tokens that nobody else can read.
    fn tokens(path: &Path) -> anyhow::Result<AccessTokens> {
        let shown = visible(&path.display().to_string()).into_owned();
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {shown}"))?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(path).with_context(|| format!("cannot read {shown}"))?.permissions().mode();
            anyhow::ensure!(mode & 0o077 == 0, "{shown} can be read by others than its owner; `chmod 600` closes it");
        }
        AccessTokens::read(&text).with_context(|| format!("cannot use {shown}"))
    }
}
