//! `mcpdex import FILE`: an export in JSON lines or a published snapshot, out of a folder or a bucket, read into a new database.

use super::{Exit, database, interrupt, judging, publish, time};
use crate::cli::{Global, ImportArgs};
use crate::lake::{Lake, is_address};
use crate::model::text::counted;
use crate::report::visible;
use crate::snapshot::{Snapshot, VerifyingKey, fetch};
use crate::store::{load, load_counted};
use anyhow::Context;
use std::path::{Path, PathBuf};

pub(super) fn run(global: &Global, args: &ImportArgs) -> anyhow::Result<Exit> {
    let path = database::place(global)?;
    let lake = if is_address(&args.file) { Some(Lake::open(&args.file)?) } else { None };
    let shown = match &lake {
        Some(lake) => lake.shown().to_owned(),
        None => visible(&args.file.display().to_string()).into_owned(),
    };
    let place = match lake {
        Some(lake) => Some(match lake.folder() {
            Some(folder) => Place::Folder(folder.to_owned()),
            None => Place::Lake(lake),
        }),
        None => Snapshot::folder_of(&args.file).map(Place::Folder),
    };
    let rows = match place {
        Some(place) => {
            if args.key.is_none() && !args.unsigned {
                eprintln!(
                    "error: {shown} is a snapshot: name the public key of who signed it (--key FILE), or say that nobody \
                     has to vouch for it (--unsigned)"
                );
                return Ok(Exit::Usage);
            }
            snapshot(global, args.key.as_deref(), &place, &path).with_context(|| format!("importing {shown}"))?
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
        eprintln!("{rows} rows imported into {path}");
    }
    Ok(Exit::Done)
}

/// Where a snapshot lies.
enum Place {
    Folder(PathBuf),
    /// From where it is copied first.
    Lake(Lake),
}

/// Reads a snapshot, once all of it is as its manifest says; how many rows.
fn snapshot(
    global: &Global,
    key: Option<&Path>,
    place: &Place,
    path: &crate::store::DatabasePlace,
) -> anyhow::Result<u64> {
    let key = key.map(verifying_key).transpose()?;
    let fetched;
    let folder = match place {
        Place::Folder(folder) => folder,
        Place::Lake(lake) => {
            let _orderly = interrupt::orderly();
            let check = || interrupt::check().map_err(anyhow::Error::from);
            fetched = fetch(lake, key.as_ref(), &check)?;
            fetched.folder()
        }
    };
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
