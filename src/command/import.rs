//! `mcpdex import FILE`: an export in JSON lines or a published snapshot, read into a new database.

use super::{Exit, database, judging, publish, time};
use crate::cli::{Global, ImportArgs};
use crate::model::text::counted;
use crate::report::visible;
use crate::snapshot::{Snapshot, VerifyingKey};
use crate::store::{load, load_counted};
use anyhow::Context;
use std::path::Path;

pub(super) fn run(global: &Global, args: &ImportArgs) -> anyhow::Result<Exit> {
    let path = database::path(global)?;
    let shown = visible(&args.file.display().to_string()).into_owned();
    let rows = match Snapshot::folder_of(&args.file) {
        Some(folder) => {
            if args.key.is_none() && !args.unsigned {
                eprintln!(
                    "error: {shown} is a snapshot: name the public key of who signed it (--key FILE), or say that nobody \
                     has to vouch for it (--unsigned)"
                );
                return Ok(Exit::Usage);
            }
            snapshot(global, args.key.as_deref(), &folder, &path).with_context(|| format!("importing {shown}"))?
        }
        None if args.key.is_some() || args.unsigned => {
            eprintln!(
                "error: {shown} is no snapshot, and an export has no signature; --key and --unsigned are for snapshots"
            );
            return Ok(Exit::Usage);
        }
        None => {
            let input = judging::open(Some(&args.file))?;
            load(&path, input).with_context(|| format!("importing {shown}"))?
        }
    };
    // Makes what an export leaves out: the search index, names, costs; and verdicts, where the rules have changed.
    database::open_judged(global, &path)?;
    if !global.quiet {
        eprintln!("{rows} rows imported into {}", path.display());
    }
    Ok(Exit::Done)
}

/// Reads a snapshot, once all of it is as its manifest says; how many rows.
fn snapshot(global: &Global, key: Option<&Path>, folder: &Path, path: &Path) -> anyhow::Result<u64> {
    let key = key.map(verifying_key).transpose()?;
    let snapshot = Snapshot::open(folder, key.as_ref())?;
    snapshot.check()?;
    let manifest = snapshot.manifest();
    let rows = load_counted(path, snapshot.rows(), manifest.database, manifest.counts.tools)?;
    if !global.quiet {
        let tools = counted(usize::try_from(manifest.counts.tools).unwrap_or(usize::MAX), "tool");
        match &key {
            Some(key) => {
                let at =
                    snapshot.signed_at().and_then(time::of_seconds).unwrap_or_else(|| "an unknown time".to_owned());
                eprintln!("{tools} in a snapshot that the key {} signed at {at}", key.id());
            }
            None => eprintln!("{tools} in a snapshot that nobody vouches for"),
        }
    }
    Ok(rows)
}

fn verifying_key(path: &Path) -> anyhow::Result<VerifyingKey> {
    let shown = visible(&path.display().to_string()).into_owned();
    let text = publish::key_text(path)?;
    VerifyingKey::read(&text).with_context(|| format!("cannot use {shown}"))
}
