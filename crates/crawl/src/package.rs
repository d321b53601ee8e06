//! One package: find its archive, fetch it, check its published hash, have a worker read it. Whatever happens becomes an
//! observation with an outcome.

use super::archives;
use super::bundle::add_unstated;
use super::checkout::{CheckoutError, crate_archive};
use super::configured::{Registry, Unconfigured};
use super::context::CrawlContext;
use super::image::ImageError;
use mcpdex_extract::archive::ArchiveKind;
use mcpdex_extract::worker::WorkerError;
use mcpdex_extract::{Extraction, PackageInfo};
use mcpdex_model::{
    Ecosystem, Observation, Outcome, Package, Partial, PartialKind, PartialReason, ServerId, Sighting, Tool,
    ToolOrigin, Validator,
};
use mcpdex_net::{Failure, FetchedBody, Request, Trust, Validators, same_place};
use mcpdex_source::artifact::sha256_hex;
use mcpdex_source::{Artifact, Hash, PageError, check_name, npm, pypi};
use url::Url;

/// The archive of a package, fetched and checked.
#[derive(Debug)]
pub struct PackageArchive {
    pub package: PackageInfo,
    pub kind: ArchiveKind,
    pub bytes: Vec<u8>,
}

/// Why a package was not read. Each has its outcome.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unread {
    #[error("not read: package type {0} is not supported yet")]
    Unsupported(Ecosystem),
    #[error("`{0}` is not a package name: {1}")]
    Name(String, &'static str),
    #[error(transparent)]
    Unconfigured(#[from] Unconfigured),
    #[error(transparent)]
    Page(#[from] PageError),
    #[error(transparent)]
    Crate(#[from] CheckoutError),
    #[error(transparent)]
    Image(#[from] ImageError),
    #[error(transparent)]
    Fetch(Failure),
    #[error("{file}: {mismatch}")]
    Hash { file: String, mismatch: mcpdex_source::artifact::HashMismatch },
    #[error("the manifest's sha256 `{0}` is not one")]
    ManifestHash(String),
    #[error("{0} is not an archive of a kind that can be read")]
    Format(String),
    #[error(transparent)]
    Worker(#[from] WorkerError),
    #[error("no tool was found in the source of the package")]
    NothingFound,
}

impl Unread {
    pub(super) fn outcome(&self) -> Outcome {
        match self {
            Unread::Fetch(failure) => failure.outcome(),
            Unread::Worker(error) => error.outcome(),
            Unread::Image(error) => error.outcome(),
            Unread::Page(PageError::NoSuchVersion(_)) => Outcome::Gone,
            Unread::Unconfigured(Unconfigured::Npm(_) | Unconfigured::Pypi(_)) | Unread::Crate(_) => {
                Outcome::Unreachable
            }
            _ => Outcome::Unreadable,
        }
    }
}

/// An archive and how to get at it.
struct Located {
    artifact: Artifact,
    trust: Trust,
    /// The registry whose credentials the archive may need.
    registry: Option<Registry>,
}

/// The page of a package in its registry, then and now.
struct Page {
    known: Option<Validator>,
    validator: Option<Validator>,
}

/// What a package's page is remembered by: the same page read for another version or by another mcpdex, which may find
/// more, is another page.
pub(super) fn page_key(package: &Package) -> String {
    format!("{package} read by {}", env!("CARGO_PKG_VERSION"))
}

impl CrawlContext {
    /// Reads one package of a server: what its source has and, where it says so itself, what it states; with what its
    /// index answered is known by, where the package was read.
    pub(super) async fn observe(&self, server: &ServerId, package: &Package) -> (Vec<Observation>, Option<Validator>) {
        let mut observation =
            Observation::failed(server.clone(), ToolOrigin::Static, package.to_string(), Outcome::Ok, "");
        observation.package = Some(package.clone());
        observation.detail = None;
        let mut stated: Option<Observation> = None;
        let validator = match self.read(package, &mut observation, &mut stated).await {
            Ok(validator) => validator,
            Err(unread) => {
                observation.outcome = unread.outcome();
                observation.detail = Some(unread.to_string());
                None
            }
        };
        if let Some(stated) = &mut stated {
            add_unstated(stated, &observation);
        }
        (stated.into_iter().chain([observation]).collect(), validator)
    }

    /// Fills the observation as far as it gets: what was learnt before a failure stays.
    async fn read(
        &self,
        package: &Package,
        observation: &mut Observation,
        stated: &mut Option<Observation>,
    ) -> Result<Option<Validator>, Unread> {
        if package.ecosystem == Ecosystem::Oci {
            return self.read_image(package, observation).await;
        }
        let Some((archive, validator)) = self.archive(package, observation).await? else {
            observation.outcome = Outcome::NotModified;
            return Ok(None);
        };
        if package.ecosystem == Ecosystem::Mcpb {
            *stated = self.stated(&observation.server, package, &archive);
        }
        let extraction = self.extract(&archive).await?;
        keep(extraction, observation);
        // An empty list out of source is no proof that there are no tools.
        if observation.tools.is_empty() { Err(Unread::NothingFound) } else { Ok(validator) }
    }

    /// Finds, fetches and checks the archive of a package; with what the answer of its index is known by. `None`: the
    /// index answers as it did when the list that is known already was read.
    pub(super) async fn archive(
        &self,
        package: &Package,
        observation: &mut Observation,
    ) -> Result<Option<(PackageArchive, Option<Validator>)>, Unread> {
        check_name(package.ecosystem, &package.identifier)
            .map_err(|why| Unread::Name(package.identifier.clone(), why))?;
        match package.ecosystem {
            Ecosystem::Cargo => return self.crate_of(package, observation).await.map(Some),
            Ecosystem::Mcpb => {
                let address = archives::address(&[], package);
                let taken = self.archives.take(address.as_ref(), self.options.archive.body).await;
                let is_taken = taken.is_some();
                let archive = self.bundle_of(package, taken, observation).await?;
                verify(&archive.bytes, &archive.package.name, &[], package)?;
                if !is_taken {
                    self.archives.keep(address.as_ref(), &archive.bytes).await;
                }
                return Ok(Some((archive, None)));
            }
            _ => {}
        }
        let mut page = Page { known: None, validator: None };
        if self.options.history.has_list(&observation.server, &package.key()) {
            page.known = self.options.history.validator(&page_key(package));
        }
        let located = match package.ecosystem {
            Ecosystem::Npm => self.locate_npm(package, &mut page).await?,
            Ecosystem::Pypi => self.locate_pypi(package, &mut page).await?,
            other => return Err(Unread::Unsupported(other)),
        };
        let Some(located) = located else { return Ok(None) };
        let version = located.artifact.version.clone();
        observation.package = Some(Package { version: Some(version.clone()), ..package.clone() });
        let address = archives::address(&located.artifact.hashes, package);
        let taken = self.archives.take(address.as_ref(), self.options.archive.body).await;
        let is_taken = taken.is_some();
        let archive = match taken {
            Some(archive) => archive,
            None => self.fetch(package, &located).await?,
        };
        observation.artifact_sha256 = Some(sha256_hex(&archive));
        let file = &located.artifact.file;
        verify(&archive, file, &located.artifact.hashes, package)?;
        if !is_taken {
            self.archives.keep(address.as_ref(), &archive).await;
        }
        let kind = ArchiveKind::of_name(file).ok_or_else(|| Unread::Format(file.clone()))?;
        let info =
            PackageInfo { ecosystem: package.ecosystem, name: package.identifier.clone(), version: Some(version) };
        Ok(Some((PackageArchive { package: info, kind, bytes: archive }, page.validator)))
    }

    /// A crate, as the user's cargo fetches it.
    async fn crate_of(
        &self,
        package: &Package,
        observation: &mut Observation,
    ) -> Result<(PackageArchive, Option<Validator>), Unread> {
        let version = package.version.as_ref().map(|version| format!("@{version}")).unwrap_or_default();
        let word = format!("{}{version}", package.identifier);
        let archive = crate_archive(&word, &self.options.surroundings).await?;
        observation.package = Some(Package { version: archive.package.version.clone(), ..package.clone() });
        observation.artifact_sha256 = Some(sha256_hex(&archive.bytes));
        verify(&archive.bytes, &word, &[], package)?;
        Ok((archive, None))
    }

    async fn locate_npm(&self, package: &Package, known: &mut Page) -> Result<Option<Located>, Unread> {
        let registry = self.configured.npm(package).await?;
        let name = &package.identifier;
        let url = npm::page_url(&registry.base, name)?;
        let Some(page) = self.page(url, &registry, npm::ACCEPT, package, known).await? else { return Ok(None) };
        let artifact = npm::choose(&page.body, name, package.version.as_deref())?;
        Ok(Some(Located { artifact, trust: registry.trust, registry: Some(registry) }))
    }

    /// The index is asked; what it does not have, pip may find elsewhere.
    async fn locate_pypi(&self, package: &Package, known: &mut Page) -> Result<Option<Located>, Unread> {
        let located = self.locate_in_index(package, known).await;
        let is_missing = match &located {
            Err(Unread::Unconfigured(Unconfigured::Pypi(_))) => true,
            Err(Unread::Fetch(failure)) => failure.outcome() == Outcome::Gone,
            _ => false,
        };
        if is_missing && let Some(artifact) = self.configured.pip_report(package).await? {
            return Ok(Some(Located { artifact, trust: Trust::Operator, registry: None }));
        }
        located
    }

    async fn locate_in_index(&self, package: &Package, known: &mut Page) -> Result<Option<Located>, Unread> {
        let registry = self.configured.pypi(package).await?;
        let name = &package.identifier;
        let url = pypi::page_url(&registry.base, name)?;
        let Some(page) = self.page(url, &registry, pypi::ACCEPT, package, known).await? else { return Ok(None) };
        let wanted = package.version.as_deref();
        let artifact = pypi::choose(&page.body, page.content_type.as_deref(), &page.final_url, name, wanted)?;
        Ok(Some(Located { artifact, trust: registry.trust, registry: Some(registry) }))
    }

    /// The package's page; `None`: it is what it was when the kept list was read.
    async fn page(
        &self,
        url: Url,
        registry: &Registry,
        accept: &'static str,
        package: &Package,
        page: &mut Page,
    ) -> Result<Option<FetchedBody>, Unread> {
        let mut request = Request::page(url, registry.trust, accept);
        request.limits = self.options.page;
        request.authorization = registry.authorization.clone();
        request.known =
            page.known.take().map(|known| Validators { etag: known.etag, last_modified: known.last_modified });
        let fetched = self.client.get(request).await.map_err(|failure| briefly(failure, registry.trust))?;
        if fetched.is_not_modified() {
            return Ok(None);
        }
        page.validator = fetched.validators().map(|known| Validator {
            url: page_key(package),
            etag: known.etag,
            last_modified: known.last_modified,
            next: None,
        });
        Ok(Some(fetched))
    }

    async fn fetch(&self, package: &Package, located: &Located) -> Result<Vec<u8>, Unread> {
        let mut request = Request::archive(located.artifact.url.clone(), located.trust);
        request.limits = self.options.archive;
        if located.trust == Trust::Operator {
            request.authorization = match (&located.registry, package.ecosystem) {
                // npm configures credentials by address, so another host may have its own.
                (_, Ecosystem::Npm) => self.configured.npm_authorization(&request.url).await,
                _ => None,
            };
            if let Some(registry) =
                located.registry.as_ref().filter(|registry| same_place(&registry.base, &request.url))
            {
                request.authorization = request.authorization.or_else(|| registry.authorization.clone());
            }
        }
        let fetched = self.client.get(request).await.map_err(|failure| briefly(failure, located.trust))?;
        Ok(fetched.body)
    }
}

/// A failure at a registry that the user has configured, without the folders of its address: a variable or a key of the
/// user's may be among them.
fn briefly(mut failure: Failure, trust: Trust) -> Unread {
    if trust == Trust::Operator
        && let Ok(mut url) = Url::parse(&failure.url)
    {
        let name = url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default().to_owned();
        let deep = url.path().len() > name.len() + 1;
        url.set_path(&name);
        url.set_query(None);
        let host = url.as_str().strip_suffix(&name).unwrap_or_default().trim_end_matches('/');
        failure.url = format!("{host}/{}{name}", if deep { "…/" } else { "" });
    }
    Unread::Fetch(failure)
}

/// Checks what the index publishes and what the manifest states; both have to fit.
fn verify(archive: &[u8], file: &str, hashes: &[Hash], package: &Package) -> Result<(), Unread> {
    let stated = match package.sha256.as_deref() {
        Some(text) => {
            Some(Hash::sha256_hex(text).ok_or_else(|| Unread::ManifestHash(text.chars().take(80).collect()))?)
        }
        None => None,
    };
    for hash in hashes.iter().chain(&stated) {
        hash.verify(archive).map_err(|mismatch| Unread::Hash { file: file.to_owned(), mismatch })?;
    }
    Ok(())
}

/// Moves what a worker found into the observation.
pub(super) fn keep(extraction: Extraction, observation: &mut Observation) {
    let is_remark = |partial: &Partial| partial.kind == PartialKind::Remark;
    (observation.remarks, observation.partial) = extraction.partial.into_iter().partition(is_remark);
    for found in extraction.tools {
        match Tool::from_json(&found.json) {
            Ok(tool) => {
                let tool = Tool { code: found.code, ..tool };
                let origin = Some(found.origin).filter(|origin| *origin != observation.origin);
                let (site, condition, inexact) = (Some(found.site), found.condition, found.partial);
                observation.tools.push((tool, Sighting { site, origin, condition, inexact }));
            }
            Err(error) => observation.partial.push(Partial::missing(
                PartialReason::MalformedTool,
                error.to_string(),
                Some(found.site),
            )),
        }
    }
}
