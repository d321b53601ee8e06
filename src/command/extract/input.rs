//! What `mcpdex extract` is given: a word of the command line in, an archive or the files of a folder out.

use crate::cli::ExtractArgs;
use crate::command::named;
use crate::crawl::{self, Options, PackageArchive, Repository, Surroundings};
use crate::extract::archive::{self, ArchiveKind};
use crate::extract::worker::WorkerError;
use crate::extract::{Extraction, PackageInfo, ReadLimits, folder};
use crate::model::Ecosystem;
use crate::source::SourceSpec;
use anyhow::{Context, bail};
use std::collections::BTreeMap;
use std::path::Path;

/// What is to be read.
pub(super) enum Input {
    /// One package, as its registry keeps it.
    Package(PackageArchive),
    /// One package, read together with what it leads to.
    Read(PackageInfo, Result<Extraction, WorkerError>),
    /// The files of a folder or archive, which may hold several packages.
    Files { name: String, files: BTreeMap<String, Vec<u8>> },
}

/// Finds what a word names, and fetches it where it is not here.
pub(super) async fn find(args: &ExtractArgs, program: &Path, limits: &ReadLimits) -> anyhow::Result<Input> {
    let word = args.source.as_str();
    let around = Surroundings::of_process();
    match word.split_once(':') {
        Some(("npm" | "pypi" | "oci", _)) => {
            let SourceSpec::Package(package) = word.parse()? else { bail!("`{word}` names no package") };
            let mut options = Options::new(program.to_owned(), around);
            options.npm_registry.clone_from(&args.npm_registry);
            options.pypi_index.clone_from(&args.pypi_index);
            options.image_registry.clone_from(&args.image_registry);
            let (info, found) = crawl::read_package(&package, &options).await.context("cannot fetch the package")?;
            Ok(Input::Read(info, found))
        }
        Some(("crate", name)) => Ok(Input::Package(crawl::crate_archive(name, &around).await?)),
        Some(("github", name)) => checkout(&name.parse()?, &around, limits).await,
        _ => at_path(Path::new(word), limits),
    }
}

async fn checkout(repository: &Repository, around: &Surroundings, limits: &ReadLimits) -> anyhow::Result<Input> {
    // Whoever else uses this machine must not choose where git writes.
    let place = tempfile::tempdir().context("cannot make a folder for the checkout")?;
    let folder = place.path().join("checkout");
    repository.clone_into(&folder, around).await?;
    Ok(Input::Files { name: repository.name.clone(), files: folder::read(&folder, limits)? })
}

fn at_path(path: &Path, limits: &ReadLimits) -> anyhow::Result<Input> {
    let shown = path.display();
    let meta = named::file(std::fs::metadata(path)).with_context(|| {
        format!(
            "cannot read `{shown}`: expected a folder, an archive, npm:NAME, pypi:NAME, crate:NAME, oci:IMAGE or github:OWNER/NAME"
        )
    })?;
    let full = path.canonicalize().with_context(|| format!("cannot read {shown}"))?;
    let name = full.file_name().map_or_else(|| "package".to_owned(), |name| name.to_string_lossy().into_owned());
    if meta.is_dir() {
        return Ok(Input::Files { name, files: folder::read(path, limits)? });
    }
    let Some(kind) = ArchiveKind::of_name(&name) else {
        bail!(
            "`{shown}` is no archive that can be read: its name ends in none of .tgz, .tar.gz, .tar, .crate, .whl, .zip, .mcpb, .dxt"
        )
    };
    if meta.len() > limits.archive_bytes {
        bail!("`{shown}` is larger than {} bytes", limits.archive_bytes);
    }
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {shown}"))?;
    // Unpacking is safe here; parsing happens in workers, one for each package that the archive holds.
    let info = PackageInfo { ecosystem: Ecosystem::Mcpb, name: name.clone(), version: None };
    let tree = archive::read(kind, &bytes, info, limits).with_context(|| format!("cannot read {shown}"))?;
    Ok(Input::Files { name, files: tree.files })
}
