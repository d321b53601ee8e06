//! What docker's own files say of registries: their texts in; where an image comes from, and with which credentials, out.

use super::ImageName;
use base64::Engine;
use mcpdex_model::SecretString;
use serde::Deserialize;
use std::collections::BTreeMap;
use url::Url;

/// A registry as the user's configuration has it.
#[derive(Debug, Clone)]
pub struct ImageRegistry {
    pub base: Url,
    /// The user's configuration names it.
    pub configured: bool,
    /// The header that it wants to see, as the configuration has it.
    pub authorization: Option<SecretString>,
    /// The program that has the credentials; it is not started.
    pub helper: Option<String>,
}

/// What docker's own files say of registries.
#[derive(Debug, Clone, Default)]
pub struct DockerConfig {
    /// There is a file: docker is used here.
    is_there: bool,
    auths: BTreeMap<String, Auth>,
    helpers: BTreeMap<String, String>,
    helper: Option<String>,
    mirrors: Vec<Url>,
    insecure: Vec<String>,
    /// The operator's own word on where images without a registry come from.
    named: Option<Url>,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Auth {
    auth: Option<SecretString>,
    username: Option<String>,
    password: Option<SecretString>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientFile {
    #[serde(default)]
    auths: BTreeMap<String, Auth>,
    #[serde(default)]
    cred_helpers: BTreeMap<String, String>,
    creds_store: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct DaemonFile {
    #[serde(default)]
    registry_mirrors: Vec<String>,
    #[serde(default)]
    insecure_registries: Vec<String>,
}

/// Why the configuration cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DockerConfigError {
    #[error("{0} is no address of a registry of images")]
    Address(String),
    #[error(
        "no registry of images is configured: the image names none, and docker has no configuration here; --image-registry names one"
    )]
    None,
}

impl DockerConfig {
    /// Reads the texts of docker's `config.json` and `daemon.json`, the strongest first; what is none is passed over, as
    /// docker's own files are its affair. `named` is the operator's registry.
    ///
    /// # Errors
    /// What the operator named is no address.
    pub fn read(
        named: Option<&str>,
        clients: &[String],
        daemons: &[String],
    ) -> Result<DockerConfig, DockerConfigError> {
        let mut config = DockerConfig::default();
        if let Some(text) = named {
            let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
            config.named = Some(url.ok_or_else(|| DockerConfigError::Address(crate::address::address(text).text))?);
        }
        for file in clients.iter().filter_map(|text| serde_json::from_str::<ClientFile>(text).ok()) {
            config.is_there = true;
            for (key, auth) in file.auths {
                config.auths.entry(host_of(&key)).or_insert(auth);
            }
            for (host, helper) in file.cred_helpers {
                config.helpers.entry(host_of(&host)).or_insert(helper);
            }
            config.helper = config.helper.or(file.creds_store);
        }
        for file in daemons.iter().filter_map(|text| serde_json::from_str::<DaemonFile>(text).ok()) {
            config.is_there = true;
            let web = |text: &String| Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
            config.mirrors.extend(file.registry_mirrors.iter().filter_map(web));
            config.insecure.extend(file.insecure_registries);
        }
        Ok(config)
    }

    /// Where an image comes from.
    ///
    /// # Errors
    /// The image names no registry, and nothing is configured.
    pub fn registry_of(&self, image: &ImageName) -> Result<ImageRegistry, DockerConfigError> {
        let Some(host) = &image.host else {
            let base = match (&self.named, self.mirrors.first()) {
                (Some(named), _) => named.clone(),
                (None, Some(mirror)) => mirror.clone(),
                (None, None) if self.is_there => self.base_of(&image.usual)?,
                (None, None) => return Err(DockerConfigError::None),
            };
            return Ok(self.with_credentials(base, true));
        };
        if let Some(named) = self.named.as_ref().filter(|named| authority(named) == *host) {
            return Ok(self.with_credentials(named.clone(), true));
        }
        let configured = self.auths.contains_key(host)
            || self.helpers.contains_key(host)
            || self.insecure.contains(host)
            || self.mirrors.iter().any(|mirror| authority(mirror) == *host);
        Ok(self.with_credentials(self.base_of(host)?, configured))
    }

    /// The hosts that there are credentials for, or helpers that have them.
    pub fn credential_hosts(&self) -> impl Iterator<Item = &str> {
        self.auths.keys().chain(self.helpers.keys()).map(String::as_str)
    }

    /// The host of an image's registry, where there is no credential for it.
    pub fn lacked(&self, image: &ImageName) -> Option<String> {
        let registry = self.registry_of(image).ok()?;
        let lacks = registry.authorization.is_none() && registry.helper.is_none();
        lacks.then(|| authority(&registry.base))
    }

    /// Docker speaks plainly to this machine and to what is configured so, and to nobody else.
    fn base_of(&self, host: &str) -> Result<Url, DockerConfigError> {
        let wrong = || DockerConfigError::Address(host.chars().take(120).collect());
        let secure = Url::parse(&format!("https://{host}/")).map_err(|_| wrong())?;
        let is_here = match secure.host().ok_or_else(wrong)? {
            url::Host::Domain(name) => name == "localhost",
            url::Host::Ipv4(address) => address.is_loopback(),
            url::Host::Ipv6(address) => address.is_loopback(),
        };
        if is_here || self.insecure.iter().any(|known| known == host) {
            return Url::parse(&format!("http://{host}/")).map_err(|_| wrong());
        }
        Ok(secure)
    }

    fn with_credentials(&self, mut base: Url, configured: bool) -> ImageRegistry {
        let host = authority(&base);
        let mut authorization = None;
        if !base.username().is_empty() {
            authorization = basic(base.username(), base.password().unwrap_or_default());
            // These fail for addresses without a host only.
            let _ = base.set_username("");
            let _ = base.set_password(None);
        }
        let known = self.auths.get(&host);
        let authorization = authorization.or_else(|| known.and_then(Auth::header));
        let helper = match &authorization {
            Some(_) => None,
            None => self.helpers.get(&host).or_else(|| self.helper.as_ref().filter(|_| known.is_some())).cloned(),
        };
        ImageRegistry { base, configured, authorization, helper }
    }
}

impl Auth {
    fn header(&self) -> Option<SecretString> {
        use mcpdex_model::ExposeSecret;
        if let Some(auth) = self.auth.as_ref().map(|auth| auth.expose_secret()).filter(|auth| !auth.is_empty()) {
            // As docker writes it, the pair in base64.
            base64::engine::general_purpose::STANDARD.decode(auth).ok()?;
            return Some(SecretString::from(format!("Basic {auth}")));
        }
        basic(self.username.as_deref()?, self.password.as_ref()?.expose_secret())
    }
}

fn basic(user: &str, password: &str) -> Option<SecretString> {
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
    Some(SecretString::from(format!("Basic {pair}")))
}

/// Host and port of a key of `auths`, which may be an address.
fn host_of(key: &str) -> String {
    let rest = key.split_once("://").map_or(key, |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default().to_owned()
}

fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mcpdex_model::ExposeSecret;

    fn name(text: &str) -> ImageName {
        ImageName::read(text).expect("a reference")
    }

    #[test]
    fn the_users_configuration_says_where_images_come_from_and_with_what() {
        let client = r#"{"auths":{"oci.example":{"auth":"bWU6cGxhbnRlZA=="},"https://two.example/v1/":{}},"credsStore":"desktop",
            "credHelpers":{"three.example":"cloud"}}"#;
        let daemon = r#"{"registry-mirrors":["https://mirror.example/"],"insecure-registries":["plain.example:5000"]}"#;
        let config = DockerConfig::read(None, &[client.to_owned()], &[daemon.to_owned()]).expect("a configuration");
        let of = |text: &str| config.registry_of(&name(text)).expect("a registry");
        let one = of("oci.example/kiln");
        assert_eq!((one.base.as_str(), one.configured), ("https://oci.example/", true));
        assert_eq!(one.authorization.expect("one").expose_secret(), "Basic bWU6cGxhbnRlZA==");
        assert_eq!(of("two.example/kiln").helper.as_deref(), Some("desktop"));
        assert_eq!(of("three.example/kiln").helper.as_deref(), Some("cloud"));
        assert_eq!(of("kiln").base.as_str(), "https://mirror.example/");
        assert_eq!(of("plain.example:5000/kiln").base.as_str(), "http://plain.example:5000/");
        let stranger = of("stranger.example/kiln");
        assert!(!stranger.configured && stranger.authorization.is_none() && stranger.helper.is_none());
        let nothing = DockerConfig::read(None, &[], &[]).expect("a configuration");
        assert_eq!(nothing.registry_of(&name("kiln")).map(|of| of.base), Err(DockerConfigError::None));
        assert!(DockerConfig::read(Some("no address"), &[], &[]).is_err());
    }
}
