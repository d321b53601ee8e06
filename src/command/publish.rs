//! `mcpdex publish PLACE`: a snapshot of the database, signed, in a folder or a bucket.

use super::Exit;
#[cfg(feature = "parquet")]
use super::{database, interrupt};
use crate::cli::{Global, PublishArgs};
use crate::report::visible;
use anyhow::Context;
use std::io::Read;
use std::path::Path;

/// Where the password of a key may stand.
#[cfg(feature = "parquet")]
const PASSWORD: &str = "MCPDEX_KEY_PASSWORD";

/// Bytes of a key's file.
const MAX_KEY: u64 = 64 << 10;

/// Reads the file of a key.
///
/// # Errors
/// It cannot be read, or is larger than a key may be.
pub(super) fn key_text(path: &Path) -> anyhow::Result<String> {
    let shown = visible(&path.display().to_string()).into_owned();
    let file = std::fs::File::open(path).with_context(|| format!("cannot read {shown}"))?;
    let mut text = String::new();
    file.take(MAX_KEY).read_to_string(&mut text).with_context(|| format!("cannot read {shown}"))?;
    Ok(text)
}

/// Runs the command.
///
/// # Errors
/// This build cannot write Parquet.
#[cfg(not(feature = "parquet"))]
pub(super) fn run(_global: &Global, _args: &PublishArgs) -> anyhow::Result<Exit> {
    anyhow::bail!(
        "this build has no Parquet, which a snapshot needs; build it with the feature `parquet`, which is on unless it was switched off"
    )
}

/// Runs the command.
///
/// # Errors
/// There is no database, the key cannot be used, or the place cannot be written.
#[cfg(feature = "parquet")]
pub(super) fn run(global: &Global, args: &PublishArgs) -> anyhow::Result<Exit> {
    use crate::model::text::counted;
    // First: whoever has mistyped a password does not wait for the database.
    let key = args.key.as_deref().map(signing_key).transpose()?;
    let lake = crate::lake::Lake::open(&args.place)?;
    let reader = database::open_judged(global, &database::place(global)?)?;
    let _orderly = interrupt::orderly();
    let now = jiff::Timestamp::now().as_second();
    let check = || interrupt::check().map_err(anyhow::Error::from);
    let published = crate::snapshot::publish(&reader, &lake, key.as_ref(), now, args.replace, &check)?;
    if !global.quiet {
        let tools = counted(usize::try_from(published.tools).unwrap_or(usize::MAX), "tool");
        let files = counted(published.files, "file");
        let by = key.as_ref().map_or_else(|| "unsigned".to_owned(), |key| format!("signed by the key {}", key.id()));
        let shown = lake.shown();
        eprintln!("{tools} published in {shown}: {files}, {} bytes, {by}", published.bytes);
    }
    Ok(Exit::Done)
}

/// Reads a secret key that nobody else can read, and opens it.
#[cfg(feature = "parquet")]
fn signing_key(path: &Path) -> anyhow::Result<crate::snapshot::SigningKey> {
    use crate::snapshot::{SigningKey, secret_key_needs_password};
    let shown = visible(&path.display().to_string()).into_owned();
    let text = key_text(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(path).with_context(|| format!("cannot read {shown}"))?.permissions().mode();
        anyhow::ensure!(mode & 0o077 == 0, "{shown} can be read by others than its owner; `chmod 600` closes it");
    }
    let closed = secret_key_needs_password(&text).with_context(|| format!("cannot use {shown}"))?;
    let password = match std::env::var(PASSWORD) {
        _ if !closed => None,
        Ok(password) => Some(password),
        Err(_) => Some(rpassword::prompt_password(format!("Password of {shown}: ")).with_context(|| {
            format!("{shown} is closed by a password, and there is no terminal to ask for it; {PASSWORD} may hold it")
        })?),
    };
    SigningKey::read(&text, password).with_context(|| format!("cannot use {shown}"))
}
