//! Container images at their registry: a reference, the user's configuration of docker and the registry's documents in;
//! which addresses to ask, with which credentials, and what the answers mean out.

mod docker;

pub use docker::{DockerConfig, DockerConfigError, ImageRegistry};

use super::artifact::Hash;
use mcpdex_model::SecretString;
use oci_spec::distribution::Reference;
use oci_spec::image::{Descriptor, ImageIndex, ImageManifest};
use serde::Deserialize;
use std::collections::BTreeMap;
use url::Url;

/// The `Accept` header of a manifest.
pub const ACCEPT: &str = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json";
/// The longest manifest and the longest configuration of an image, in bytes.
pub const MAX_DOCUMENT: u64 = 4 << 20;

/// An image by its reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageName {
    /// Host and port of its registry; `None` where the reference names none.
    pub host: Option<String>,
    /// The host that clients ask where the reference names none.
    usual: String,
    /// The repository below the registry.
    pub repository: String,
    /// A tag or a digest.
    pub reference: String,
    /// The digest, where the reference has one.
    pub digest: Option<String>,
}

impl ImageName {
    /// Reads `[HOST[:PORT]/]PATH[:TAG][@DIGEST]`.
    ///
    /// # Errors
    /// Why the text is none.
    pub fn read(text: &str) -> Result<ImageName, String> {
        let read: Reference = text.parse().map_err(|error| format!("{error}"))?;
        // The reader fills in a registry where none is named; the text begins with it where it was.
        let named = text.starts_with(&format!("{}/", read.registry()));
        let digest = read.digest().map(str::to_owned);
        Ok(ImageName {
            host: named.then(|| read.registry().to_owned()),
            usual: read.resolve_registry().to_owned(),
            repository: read.repository().to_owned(),
            reference: digest.clone().or_else(|| read.tag().map(str::to_owned)).unwrap_or_else(|| "latest".to_owned()),
            digest,
        })
    }

    /// The address of the image's manifest, or of another one by its digest.
    ///
    /// # Errors
    /// The registry's address takes no path.
    pub fn manifest_url(&self, registry: &Url, reference: &str) -> Result<Url, String> {
        self.below(registry, "manifests", reference)
    }

    /// The address of a layer or a configuration.
    ///
    /// # Errors
    /// The registry's address takes no path.
    pub fn blob_url(&self, registry: &Url, digest: &str) -> Result<Url, String> {
        self.below(registry, "blobs", digest)
    }

    fn below(&self, registry: &Url, kind: &str, what: &str) -> Result<Url, String> {
        let mut url = registry.clone();
        url.set_query(None);
        url.set_fragment(None);
        let mut parts = url.path_segments_mut().map_err(|()| "the registry's address takes no path".to_owned())?;
        parts.pop_if_empty().push("v2").extend(self.repository.split('/')).push(kind).push(what);
        drop(parts);
        Ok(url)
    }
}

/// Something that a manifest names by its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// `sha256:…`
    pub digest: String,
    /// Bytes, as the manifest says.
    pub size: u64,
}

impl Blob {
    fn of(descriptor: &Descriptor) -> Blob {
        Blob { digest: descriptor.digest().to_string(), size: descriptor.size() }
    }
}

/// What a manifest says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Manifest {
    /// The manifest to read instead: of an index, the one for the usual platform.
    Instead(Blob),
    /// Configuration and layers, the lowest first.
    Image { config: Blob, layers: Vec<Blob> },
}

/// Reads a manifest or an index of them.
///
/// # Errors
/// Why the text is neither.
pub fn read_manifest(bytes: &[u8]) -> Result<Manifest, String> {
    if let Ok(index) = serde_json::from_slice::<ImageIndex>(bytes) {
        let is = |descriptor: &&Descriptor, system: &str, machine: &str| {
            descriptor.platform().as_ref().is_some_and(|platform| {
                platform.os().to_string() == system && platform.architecture().to_string() == machine
            })
        };
        let all = index.manifests();
        let chosen = all.iter().find(|one| is(one, "linux", "amd64"));
        // Attestations stand there as images of an unknown platform.
        let other = || all.iter().find(|one| is(one, "linux", "arm64") || one.platform().is_none());
        return match chosen.or_else(other) {
            Some(descriptor) => Ok(Manifest::Instead(Blob::of(descriptor))),
            None => Err("the index has no image for Linux".to_owned()),
        };
    }
    let manifest: ImageManifest =
        serde_json::from_slice(bytes).map_err(|error| format!("the manifest cannot be read: {error}"))?;
    Ok(Manifest::Image {
        config: Blob::of(manifest.config()),
        layers: manifest.layers().iter().map(Blob::of).collect(),
    })
}

/// What a registry answers who asks for a token.
#[derive(Deserialize)]
struct Token {
    token: Option<SecretString>,
    access_token: Option<SecretString>,
}

/// Reads the answer to whoever asked for a token, as the header that it is for.
///
/// # Errors
/// Why the text is none.
pub fn read_token(bytes: &[u8]) -> Result<SecretString, String> {
    use mcpdex_model::ExposeSecret;
    // What the parser says may quote the token.
    let token: Token = serde_json::from_slice(bytes).map_err(|_| "the registry's token cannot be read".to_owned())?;
    let token = token.token.or(token.access_token).ok_or("the registry's answer has no token")?;
    Ok(SecretString::from(format!("Bearer {}", token.expose_secret())))
}

/// The hash that a digest states; `None`: it is of an algorithm that is not known.
pub fn hash_of(digest: &str) -> Option<Hash> {
    digest.strip_prefix("sha256:").and_then(Hash::sha256_hex)
}

/// What an image starts, as its configuration has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImageConfig {
    /// Entry point and arguments.
    pub words: Vec<String>,
    pub folder: String,
    /// Folders of programs.
    pub path: Vec<String>,
    /// The registry name that the image claims for its server (`io.modelcontextprotocol.server.name`).
    pub claims: Option<String>,
}

#[derive(Deserialize)]
struct ConfigFile {
    config: Option<RunConfig>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct RunConfig {
    entrypoint: Option<Vec<String>>,
    cmd: Option<Vec<String>>,
    working_dir: Option<String>,
    env: Option<Vec<String>>,
    labels: Option<BTreeMap<String, String>>,
}

/// Reads the configuration of an image.
///
/// # Errors
/// Why the text is none.
pub fn read_config(bytes: &[u8]) -> Result<ImageConfig, String> {
    let file: ConfigFile =
        serde_json::from_slice(bytes).map_err(|error| format!("the image's configuration cannot be read: {error}"))?;
    let run = file.config.unwrap_or_default();
    let path = run.env.unwrap_or_default().iter().find_map(|pair| pair.strip_prefix("PATH=").map(str::to_owned));
    let path = path.unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".to_owned());
    Ok(ImageConfig {
        words: run.entrypoint.into_iter().chain(run.cmd).flatten().take(100).collect(),
        folder: run.working_dir.filter(|folder| !folder.is_empty()).unwrap_or_else(|| "/".to_owned()),
        path: path.split(':').filter(|folder| folder.starts_with('/')).take(50).map(str::to_owned).collect(),
        claims: run.labels.unwrap_or_default().remove("io.modelcontextprotocol.server.name"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> ImageName {
        ImageName::read(text).expect("a reference")
    }

    #[test]
    fn references_are_read_with_and_without_registry_tag_and_digest() {
        let digest = format!("sha256:{}", "a".repeat(64));
        for (text, host, repository, reference) in [
            ("127.0.0.1:5000/clay/kiln:1.0", Some("127.0.0.1:5000"), "clay/kiln", "1.0"),
            ("oci.example/clay/kiln", Some("oci.example"), "clay/kiln", "latest"),
            ("clay/kiln:2", None, "clay/kiln", "2"),
            (&*format!("oci.example/kiln:1@{digest}"), Some("oci.example"), "kiln", &*digest),
        ] {
            let read = name(text);
            assert_eq!(
                (read.host.as_deref(), &*read.repository, &*read.reference),
                (host, repository, reference),
                "{text}"
            );
        }
        let base = Url::parse("http://127.0.0.1:5000").expect("a URL");
        let url = name("127.0.0.1:5000/clay/kiln").manifest_url(&base, "latest").expect("a URL");
        assert_eq!(url.as_str(), "http://127.0.0.1:5000/v2/clay/kiln/manifests/latest");
        assert!(ImageName::read("oci.example/../kiln").is_err() && ImageName::read("UPPER").is_err());
    }

    #[test]
    fn an_index_leads_to_the_image_of_the_usual_platform() {
        let at = |digit: &str, platform: &str| {
            format!(
                r#"{{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:{}","size":7{platform}}}"#,
                digit.repeat(64)
            )
        };
        let platform =
            |system: &str, machine: &str| format!(r#","platform":{{"os":"{system}","architecture":"{machine}"}}"#);
        let index = format!(
            r#"{{"schemaVersion":2,"manifests":[{},{}]}}"#,
            at("1", &platform("unknown", "unknown")),
            at("2", &platform("linux", "amd64"))
        );
        let chosen = Blob { digest: format!("sha256:{}", "2".repeat(64)), size: 7 };
        assert_eq!(read_manifest(index.as_bytes()), Ok(Manifest::Instead(chosen)));
        let image = format!(r#"{{"schemaVersion":2,"config":{},"layers":[{}]}}"#, at("3", ""), at("4", ""));
        let Ok(Manifest::Image { config, layers }) = read_manifest(image.as_bytes()) else { panic!("an image") };
        assert!(hash_of(&config.digest).is_some() && layers.len() == 1);
        assert!(read_manifest(b"{}").is_err() && hash_of("md5:x").is_none());
    }

    #[test]
    fn a_configuration_says_what_is_started() {
        let text = r#"{"architecture":"amd64","config":{"Entrypoint":["python"],"Cmd":["-m","kiln"],"WorkingDir":"/app",
            "Env":["A=b","PATH=/venv/bin:relative:/bin"],"Labels":{"io.modelcontextprotocol.server.name":"a/b"}}}"#;
        let config = read_config(text.as_bytes()).expect("a configuration");
        assert_eq!((config.words, config.folder), (vec!["python".into(), "-m".into(), "kiln".into()], "/app".into()));
        assert_eq!((config.path, config.claims.as_deref()), (vec!["/venv/bin".to_owned(), "/bin".into()], Some("a/b")));
        assert_eq!(read_config(b"{}").map(|config| config.folder).as_deref(), Ok("/"));
        assert!(read_config(b"[").is_err());
    }
}
