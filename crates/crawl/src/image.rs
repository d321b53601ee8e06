//! A container image: its manifest and layers from the registry that the user's docker would ask, checked by their digests;
//! the program in it read as a package. Nothing of it is started, and nothing is written to disk.

use super::context::CrawlContext;
use super::package::{Unread, keep, page_key};
use mcpdex_extract::Extraction;
use mcpdex_extract::image::{ImageLimits, Layers, Program, Start};
use mcpdex_model::{Observation, Package, Partial, PartialReason, SecretString, Validator};
use mcpdex_net::{Cause, Failure, FetchLimits, Request, Trust, same_place};
use mcpdex_probe::challenges;
use mcpdex_source::artifact::sha256_hex;
use mcpdex_source::image::{self, Blob, DockerConfigError, ImageName, ImageRegistry, Manifest};
use url::Url;

/// Indexes within each other.
const MAX_INDEXES: usize = 3;

/// Why an image was not read.
#[derive(Debug, thiserror::Error)]
pub(super) enum ImageError {
    #[error(transparent)]
    Config(#[from] DockerConfigError),
    #[error("{0}")]
    Unreadable(String),
    #[error("{what}: {mismatch}")]
    Hash { what: String, mismatch: mcpdex_source::artifact::HashMismatch },
    #[error("layer {number} of {count}: {error}")]
    Layer { number: usize, count: usize, error: mcpdex_extract::archive::ArchiveError },
    #[error(
        "{failure}; docker leaves the credentials of this registry to the program `{helper}`, which is not started"
    )]
    Helper { failure: Failure, helper: String },
    #[error("the image has {0} layers, more than {1}")]
    TooMany(usize, usize),
}

impl ImageError {
    pub(super) fn outcome(&self) -> mcpdex_model::Outcome {
        use mcpdex_model::Outcome;
        match self {
            ImageError::Config(_) => Outcome::Unreachable,
            ImageError::Unreadable(_) | ImageError::Hash { .. } => Outcome::Unreadable,
            ImageError::Layer { error, .. } => error.outcome(),
            ImageError::Helper { failure, .. } => failure.outcome(),
            ImageError::TooMany(..) => Outcome::TooLarge,
        }
    }
}

/// A conversation with one registry about one image.
struct Asking<'a> {
    context: &'a CrawlContext,
    name: ImageName,
    registry: ImageRegistry,
    /// What the registry wants to see, once it has said so.
    authorization: Option<SecretString>,
}

impl CrawlContext {
    /// Reads the program of an image; with what its manifest is known by. `None`: it is the one that was read before.
    pub(super) async fn read_image(
        &self,
        package: &Package,
        observation: &mut Observation,
    ) -> Result<Option<Validator>, Unread> {
        let known = match self.options.history.has_list(&observation.server, &package.key()) {
            true => self.options.history.validator(&page_key(package)).and_then(|known| known.etag),
            false => None,
        };
        let Some((digest, extraction)) = self.image(package, known.as_deref()).await? else {
            observation.outcome = mcpdex_model::Outcome::NotModified;
            return Ok(None);
        };
        observation.artifact_sha256 = digest.strip_prefix("sha256:").map(str::to_owned);
        keep(extraction, observation);
        let validator = Validator { url: page_key(package), etag: Some(digest), ..Validator::default() };
        if observation.tools.is_empty() { Err(Unread::NothingFound) } else { Ok(Some(validator)) }
    }

    /// The digest of an image and what its program registers; `None` where the digest is the `known` one.
    pub(super) async fn image(
        &self,
        package: &Package,
        known: Option<&str>,
    ) -> Result<Option<(String, Extraction)>, Unread> {
        let name = ImageName::read(&package.identifier).map_err(ImageError::Unreadable)?;
        let registry = self.docker.registry_of(&name).map_err(ImageError::from)?;
        let mut asking = Asking { context: self, name, registry, authorization: None };
        let (digest, config, blobs) = asking.manifest().await?;
        if known == Some(&*digest) {
            return Ok(None);
        }
        let config = asking.blob(&config, image::MAX_DOCUMENT, "the image's configuration").await?;
        let config = image::read_config(&config).map_err(ImageError::Unreadable)?;
        let (layers, left_out) = asking.layers(&blobs).await?;
        let start = Start { words: config.words, folder: config.folder, path: config.path };
        let program = tokio::task::spawn_blocking(move || Program::find(&layers, &start)).await;
        let program = program.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
        let mut found = self.every_part(&program.files, &package.identifier).await;
        let place = |file: &str| format!("{}/{file}", program.folder).trim_start_matches('/').to_owned();
        for tool in &mut found.tools {
            tool.site.file = place(&tool.site.file);
        }
        let missing = |detail: String| Partial::missing(PartialReason::UnresolvedValue, detail, None);
        found.partial.extend(program.notes.into_iter().map(missing));
        found.partial.extend(left_out.into_iter().map(|why| Partial::missing(PartialReason::LimitReached, why, None)));
        Ok(Some((digest, found)))
    }
}

impl Asking<'_> {
    /// The digest of the manifest, the configuration and the layers.
    async fn manifest(&mut self) -> Result<(String, Blob, Vec<Blob>), Unread> {
        let mut reference = self.name.reference.clone();
        let mut stated = self.name.digest.clone();
        for _ in 0..MAX_INDEXES {
            let url = self.name.manifest_url(&self.registry.base, &reference).map_err(ImageError::Unreadable)?;
            let bytes = self.get(&url, image::ACCEPT, image::MAX_DOCUMENT).await?;
            if let Some(digest) = &stated {
                check(digest, &bytes, "the manifest")?;
            }
            match image::read_manifest(&bytes).map_err(ImageError::Unreadable)? {
                Manifest::Instead(blob) => {
                    reference.clone_from(&blob.digest);
                    stated = Some(blob.digest);
                }
                Manifest::Image { config, layers } => {
                    return Ok((format!("sha256:{}", sha256_hex(&bytes)), config, layers));
                }
            }
        }
        Err(ImageError::Unreadable("its index leads to further indexes".to_owned()).into())
    }

    /// The layers from the top one down, as far as the limits go, and which were left out.
    async fn layers(&mut self, blobs: &[Blob]) -> Result<(Layers, Vec<String>), Unread> {
        let limits = ImageLimits::default();
        if blobs.len() > limits.layers {
            return Err(ImageError::TooMany(blobs.len(), limits.layers).into());
        }
        let (mut layers, mut left_out, mut stored) = (Layers::new(limits), Vec::new(), 0_u64);
        for (at, blob) in blobs.iter().enumerate().rev() {
            let (number, count) = (at + 1, blobs.len());
            stored = stored.saturating_add(blob.size);
            if blob.size > limits.layer_bytes || stored > limits.stored_bytes {
                left_out.push(format!("layer {number} of {count} has {} bytes and was not read", blob.size));
                continue;
            }
            // What the manifest says of its size is not believed.
            let bytes = self.blob(blob, blob.size.max(1), &format!("layer {number} of {count}")).await?;
            let read = tokio::task::spawn_blocking(move || {
                let added = layers.add(&bytes);
                (layers, added)
            });
            let (back, added) = read.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
            layers = back;
            added.map_err(|error| ImageError::Layer { number, count, error })?;
        }
        Ok((layers, left_out))
    }

    /// What a manifest names by its digest, checked.
    async fn blob(&mut self, blob: &Blob, most: u64, what: &str) -> Result<Vec<u8>, Unread> {
        let url = self.name.blob_url(&self.registry.base, &blob.digest).map_err(ImageError::Unreadable)?;
        let bytes = self.get(&url, "*/*", most).await?;
        check(&blob.digest, &bytes, what)?;
        Ok(bytes)
    }

    async fn get(&mut self, url: &Url, accept: &'static str, most: u64) -> Result<Vec<u8>, Unread> {
        let challenge = match self.ask(url, accept, most).await {
            Ok(bytes) => return Ok(bytes),
            Err(failure) => match &failure.cause {
                Cause::Status { status: 401, challenge: Some(challenge) } if self.authorization.is_none() => {
                    challenge.clone()
                }
                _ => return Err(self.denied(failure)),
            },
        };
        self.authorize(&challenge).await?;
        self.ask(url, accept, most).await.map_err(|failure| self.denied(failure))
    }

    /// A failure, with the word on a helper where credentials are what is missing.
    fn denied(&self, failure: Failure) -> Unread {
        match (&failure.cause, &self.registry.helper) {
            (Cause::Status { status: 401 | 403, .. }, Some(helper)) => {
                let helper = helper.chars().take(80).collect();
                ImageError::Helper { failure, helper }.into()
            }
            _ => Unread::Fetch(failure),
        }
    }

    fn trust(&self) -> Trust {
        if self.registry.configured { Trust::Operator } else { Trust::Untrusted }
    }

    async fn ask(&self, url: &Url, accept: &'static str, most: u64) -> Result<Vec<u8>, Failure> {
        let mut request = Request::archive(url.clone(), self.trust());
        request.accept = accept;
        request.limits = FetchLimits { body: most, ..self.context.options.archive };
        request.authorization = self.authorization.clone();
        Ok(self.context.client.get(request).await?.body)
    }

    /// Learns what the registry wants to see: what the user's configuration has, or a token for reading this image.
    async fn authorize(&mut self, challenge: &str) -> Result<(), Unread> {
        let challenges = challenges(challenge);
        let Some(bearer) = challenges.iter().find(|one| one.scheme == "bearer") else {
            self.authorization.clone_from(&self.registry.authorization);
            return Ok(());
        };
        let realm = bearer.get("realm").and_then(|text| Url::parse(text).ok());
        let mut realm = realm.filter(|url| matches!(url.scheme(), "http" | "https")).ok_or_else(|| {
            ImageError::Unreadable("the registry asks for a token and does not say where it is to be had".to_owned())
        })?;
        let scope = format!("repository:{}:pull", self.name.repository);
        let service = bearer.get("service").map(str::to_owned);
        realm
            .query_pairs_mut()
            .extend_pairs(service.map(|service| ("service".to_owned(), service)))
            .append_pair("scope", &scope);
        // Where the registry sends its users is its word: the user's credentials go to itself and to its own site alone.
        let own = same_place(&realm, &self.registry.base)
            || realm.scheme() == "https" && mcpdex_net::host_key(&realm) == mcpdex_net::host_key(&self.registry.base);
        let mut request = Request::page(realm, if own { self.trust() } else { Trust::Untrusted }, "application/json");
        request.limits = FetchLimits { body: 1 << 20, ..self.context.options.page };
        request.authorization = self.registry.authorization.clone().filter(|_| own);
        let answer = self.context.client.get(request).await.map_err(|failure| self.denied(failure))?;
        self.authorization = Some(image::read_token(&answer.body).map_err(ImageError::Unreadable)?);
        Ok(())
    }
}

fn check(digest: &str, bytes: &[u8], what: &str) -> Result<(), Unread> {
    let hash = image::hash_of(digest).ok_or_else(|| {
        let digest: String = digest.chars().take(80).collect();
        ImageError::Unreadable(format!("{what}: the digest `{digest}` is of a kind that is not known"))
    })?;
    hash.verify(bytes).map_err(|mismatch| ImageError::Hash { what: what.to_owned(), mismatch }.into())
}
