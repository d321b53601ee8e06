//! Bundles (MCPB, DXT): what their manifest states, and the program in them as a package. A bundle lies in a file of this
//! machine, or at the address that a manifest names with its hash.

use super::context::CrawlContext;
use super::files::Unread as UnreadFile;
use super::package::{PackageArchive, Unread, keep};
use mcpdex_extract::archive::{self, ArchiveError, ArchiveKind};
use mcpdex_extract::{PackageInfo, ReadLimits, SourceTree};
use mcpdex_model::{Ecosystem, Observation, Outcome, Package, PartialKind, ServerId, Sighting, ToolOrigin};
use mcpdex_net::{Request, Trust};
use mcpdex_source::artifact::sha256_hex;
use mcpdex_source::catalogue;
use mcpdex_source::document::{Document, Entry};
use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;
use url::Url;

/// The name of the manifest, at the root of the bundle.
const MANIFEST: &str = "manifest.json";

/// Unpacks a bundle, with all its limits.
fn unpacked(bytes: &[u8], called: &str, limits: &ReadLimits) -> Result<SourceTree, ArchiveError> {
    let info = PackageInfo { ecosystem: Ecosystem::Mcpb, name: called.to_owned(), version: None };
    archive::read(ArchiveKind::Zip, bytes, info, limits)
}

/// Reads the manifest of a bundle that lies in a file.
pub(super) fn read_manifest(bytes: &[u8], source: &str, called: &str) -> Result<Document, UnreadFile> {
    let limits = ReadLimits::default();
    if bytes.len() as u64 > limits.archive_bytes {
        return Err(UnreadFile::TooLarge(format!("the bundle is larger than {} bytes", limits.archive_bytes)));
    }
    let tree = unpacked(bytes, called, &limits).map_err(|error| {
        let detail = format!("the bundle cannot be unpacked: {error}");
        match error {
            ArchiveError::TooLarge(_) => UnreadFile::TooLarge(detail),
            _ => UnreadFile::Unreadable(detail),
        }
    })?;
    let manifest = tree.files.get(MANIFEST).map(|text| String::from_utf8_lossy(text));
    let found = manifest.and_then(|text| catalogue::bundle(&text, source, called));
    let (listing, tools) =
        found.ok_or_else(|| UnreadFile::Unreadable("the bundle has no manifest that can be read".to_owned()))?;
    let mut document = Document::new(source, "");
    document.problems.extend(listing.problems.iter().cloned());
    document.entries.push(Entry::of(listing, tools));
    Ok(document)
}

impl CrawlContext {
    /// Reads the program of a bundle that lies in a file, as a package.
    pub(super) async fn observe_bundle(&self, server: &ServerId, file: &Path) -> Observation {
        let target = format!("program of {server}");
        let mut observation = Observation::failed(server.clone(), ToolOrigin::Static, target, Outcome::Ok, "");
        observation.detail = None;
        let most = self.options.extract.archive_bytes;
        let path = file.to_owned();
        let read = tokio::task::spawn_blocking(move || {
            let mut bytes = Vec::new();
            std::fs::File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
            Ok::<_, std::io::Error>(bytes)
        });
        let bytes = match read.await {
            Ok(Ok(bytes)) => bytes,
            Ok(Err(error)) => {
                observation.outcome = Outcome::Unreadable;
                observation.detail = Some(format!("the bundle cannot be read: {error}"));
                return observation;
            }
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        };
        observation.artifact_sha256 = Some(sha256_hex(&bytes));
        let info = PackageInfo { ecosystem: Ecosystem::Mcpb, name: server.0.clone(), version: None };
        let archive = PackageArchive { package: info, kind: ArchiveKind::Zip, bytes };
        let read = self.extract(&archive).await.map_err(Unread::from).and_then(|extraction| {
            keep(extraction, &mut observation);
            if observation.tools.is_empty() { Err(Unread::NothingFound) } else { Ok(()) }
        });
        if let Err(unread) = read {
            observation.outcome = unread.outcome();
            observation.detail = Some(unread.to_string());
        }
        observation
    }

    /// A bundle that was kept, or as it is fetched from the address that its manifest names, which may be anybody's.
    pub(super) async fn bundle_of(
        &self,
        package: &Package,
        kept: Option<Vec<u8>>,
        observation: &mut Observation,
    ) -> Result<PackageArchive, Unread> {
        let url = Url::parse(&package.identifier).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let shown: String = package.identifier.chars().take(120).collect();
        let url = url.ok_or(Unread::Name(shown, "a bundle is named by the address that it is fetched from"))?;
        let mut request = Request::archive(url, Trust::Untrusted);
        request.limits = self.options.archive;
        let bytes = match kept {
            Some(bytes) => bytes,
            None => self.client.get(request).await.map_err(Unread::Fetch)?.body,
        };
        observation.artifact_sha256 = Some(sha256_hex(&bytes));
        let name = package.identifier.rsplit('/').next().unwrap_or_default().to_owned();
        let info = PackageInfo { ecosystem: Ecosystem::Mcpb, name, version: package.version.clone() };
        Ok(PackageArchive { package: info, kind: ArchiveKind::Zip, bytes })
    }

    /// What the manifest of a fetched bundle states of its tools, as an observation of its own.
    pub(super) fn stated(&self, server: &ServerId, package: &Package, fetched: &PackageArchive) -> Option<Observation> {
        let tree = unpacked(&fetched.bytes, &fetched.package.name, &self.options.extract).ok()?;
        let text = String::from_utf8_lossy(tree.files.get(MANIFEST)?).into_owned();
        let (listing, tools) = catalogue::bundle(&text, "", &fetched.package.name)?;
        let mut observation = super::plan::declared(&listing, &format!("manifest of {}", package.key()), tools?);
        observation.server = server.clone();
        Some(observation)
    }
}

/// Adds to the list that a manifest states what the program registers beside it: the better origin must not hide a tool.
pub(super) fn add_unstated(stated: &mut Observation, program: &Observation) {
    let known: BTreeSet<String> = stated.tools.iter().map(|(tool, _)| tool.name.clone()).collect();
    for (tool, sighting) in program.tools.iter().filter(|(tool, _)| !known.contains(&tool.name)) {
        let sighting = Sighting { origin: sighting.origin.or(Some(program.origin)), ..sighting.clone() };
        stated.tools.push((tool.clone(), sighting));
    }
    stated.partial.extend(program.partial.iter().filter(|lack| lack.kind == PartialKind::MissingTool).cloned());
}
