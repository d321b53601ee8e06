//! How npm is configured: a flag, the environment and the texts of `.npmrc` files in, the registry of a package and the
//! credentials for an address out. Reads no file itself and keeps credentials as [`SecretString`]s.

use base64::Engine;
use mcpdex_model::SecretString;
use std::collections::BTreeMap;
use url::Url;

/// A variable of the environment, by name.
pub type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A setting that names no registry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{setting} names no usable address: {why}")]
pub struct ConfigError {
    /// Where it was set, for instance `--npm-registry`. The value may hold credentials and is not repeated.
    pub setting: String,
    pub why: String,
}

/// What is configured, best first already applied.
#[derive(Debug, Clone, Default)]
pub struct NpmConfig {
    /// For every package without a scope of its own; `None` when nothing sets it.
    pub registry: Option<Url>,
    /// By scope, with its `@`.
    scopes: BTreeMap<String, Url>,
    /// The address without its scheme (`//host/path/`) and the header that goes there.
    credentials: Vec<(String, SecretString)>,
    /// A flag beats scopes as well: it says where everything comes from.
    forced: bool,
}

impl NpmConfig {
    /// Reads the configuration. `files` are the texts of `.npmrc` files, the strongest (the project's) first.
    ///
    /// # Errors
    /// A setting that would be used is no http or https URL.
    pub fn read(flag: Option<&str>, env: Env, files: &[String]) -> Result<NpmConfig, ConfigError> {
        let mut config = NpmConfig::default();
        if let Some(flag) = flag {
            config.registry = Some(web_url("--npm-registry", flag)?);
            config.forced = true;
        } else if let Some(value) = env("npm_config_registry").or_else(|| env("NPM_CONFIG_REGISTRY"))
            && !value.trim().is_empty()
        {
            config.registry = Some(web_url("NPM_CONFIG_REGISTRY", &value)?);
        }
        for text in files {
            config.add_file(text, env)?;
        }
        Ok(config)
    }

    /// Adds what `npm config get` answered for `registry` or for a scope's registry.
    ///
    /// # Errors
    /// The answer is no http or https URL.
    pub fn add_answer(&mut self, scope: Option<&str>, answer: &str) -> Result<(), ConfigError> {
        let answer = answer.trim();
        if answer.is_empty() || answer == "undefined" || answer == "null" {
            return Ok(());
        }
        let url = web_url("the answer of `npm config get`", answer)?;
        match scope {
            Some(scope) => {
                self.scopes.entry(scope.to_owned()).or_insert(url);
            }
            None => self.registry = Some(url),
        }
        Ok(())
    }

    /// The registry of a package, where the configuration names one.
    pub fn registry_of(&self, package: &str) -> Option<&Url> {
        let scoped = scope(package).filter(|_| !self.forced).and_then(|scope| self.scopes.get(scope));
        scoped.or(self.registry.as_ref())
    }

    /// The `Authorization` header for an address, where one is configured for its host and path.
    pub fn authorization(&self, url: &Url) -> Option<SecretString> {
        let address = url.as_str().split_once(':')?.1;
        let fits = self.credentials.iter().filter(|(place, _)| address.starts_with(place.as_str()));
        fits.max_by_key(|(place, _)| place.len()).map(|(_, secret)| secret.clone())
    }

    /// What there are credentials for: hosts, and scopes whose registry is configured.
    pub fn credential_places(&self) -> impl Iterator<Item = &str> {
        let hosts = self.credentials.iter().filter_map(|(place, _)| place.strip_prefix("//")?.split('/').next());
        hosts.chain(self.scopes.keys().map(String::as_str))
    }

    /// What of this a package may want and there is not: its scope where nothing says where that is, else the host of its
    /// registry; `None` where a credential is configured for it, or no registry is.
    pub fn lacked(&self, package: &str) -> Option<String> {
        let base = self.registry_of(package)?;
        if let Some(scope) = scope(package).filter(|scope| !self.forced && !self.scopes.contains_key(*scope)) {
            return Some(scope.to_owned());
        }
        if self.authorization(base).is_some() || !base.username().is_empty() {
            return None;
        }
        let port = base.port().map(|port| format!(":{port}")).unwrap_or_default();
        Some(format!("{}{port}", base.host_str()?))
    }

    fn add_file(&mut self, text: &str, env: Env) -> Result<(), ConfigError> {
        let mut halves: BTreeMap<String, (Option<String>, Option<String>)> = BTreeMap::new();
        for line in text.lines() {
            let line = line.trim();
            let Some((key, value)) = line.split_once('=').filter(|_| !line.starts_with([';', '#'])) else { continue };
            let (key, value) = (key.trim(), expand(value.trim().trim_matches(['"', '\'']), env));
            if key == "registry" {
                if self.registry.is_none() {
                    self.registry = Some(web_url("registry in .npmrc", &value)?);
                }
            } else if let Some(scope) = key.strip_suffix(":registry").filter(|scope| scope.starts_with('@')) {
                if !self.scopes.contains_key(scope) {
                    self.scopes.insert(scope.to_owned(), web_url(&format!("{key} in .npmrc"), &value)?);
                }
            } else if let Some((place, what)) = key.rsplit_once(':').filter(|_| key.starts_with("//")) {
                let place = format!("{}/", place.trim_end_matches('/'));
                match what {
                    "_authToken" => self.credentials.push((place, SecretString::from(format!("Bearer {value}")))),
                    "_auth" => self.credentials.push((place, SecretString::from(format!("Basic {value}")))),
                    "username" => halves.entry(place).or_default().0 = Some(value),
                    "_password" => halves.entry(place).or_default().1 = Some(value),
                    _ => {}
                }
            }
        }
        let base64 = base64::engine::general_purpose::STANDARD;
        for (place, (user, password)) in halves {
            // npm keeps the password in base64.
            let password = password.and_then(|text| String::from_utf8(base64.decode(text).ok()?).ok());
            if let (Some(user), Some(password)) = (user, password) {
                let pair = base64.encode(format!("{user}:{password}"));
                self.credentials.push((place, SecretString::from(format!("Basic {pair}"))));
            }
        }
        Ok(())
    }
}

/// The scope of a package name, with its `@`.
pub fn scope(package: &str) -> Option<&str> {
    package.split_once('/').map(|(scope, _)| scope).filter(|scope| scope.starts_with('@'))
}

/// Replaces `${NAME}` as npm does; what is not set stays as it is.
fn expand(value: &str, env: Env) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(start) = rest.find("${") {
        let Some(end) = rest[start..].find('}') else { break };
        let name = &rest[start + 2..start + end];
        out.push_str(&rest[..start]);
        out.push_str(&env(name).unwrap_or_else(|| rest[start..=start + end].to_owned()));
        rest = &rest[start + end + 1..];
    }
    out.push_str(rest);
    out
}

/// Reads a URL that something is fetched from.
pub(super) fn web_url(setting: &str, text: &str) -> Result<Url, ConfigError> {
    let fail = |why: String| ConfigError { setting: setting.to_owned(), why };
    let url = Url::parse(text.trim()).map_err(|error| fail(error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(fail(format!("only http and https are fetched, not `{}`", url.scheme())));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use mcpdex_model::ExposeSecret;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("a URL")
    }

    #[test]
    fn a_flag_beats_the_environment_which_beats_files_in_order() {
        let files = [
            "; mine\nregistry = https://project.example/\n@clay:registry=https://clay.example/npm".to_owned(),
            "registry=https://user.example/\n@clay:registry=https://other.example/".to_owned(),
        ];
        let none = |_: &str| None;
        let env = |name: &str| (name == "NPM_CONFIG_REGISTRY").then(|| "https://env.example/".to_owned());
        let of = |flag, env: Env, package: &str| {
            NpmConfig::read(flag, env, &files).expect("readable").registry_of(package).map(Url::to_string)
        };
        assert_eq!(of(None, &none, "kiln").as_deref(), Some("https://project.example/"));
        assert_eq!(of(None, &none, "@clay/kiln").as_deref(), Some("https://clay.example/npm"));
        assert_eq!(of(None, &env, "kiln").as_deref(), Some("https://env.example/"));
        assert_eq!(of(None, &env, "@clay/kiln").as_deref(), Some("https://clay.example/npm"));
        assert_eq!(of(Some("http://flag.example"), &env, "@clay/kiln").as_deref(), Some("http://flag.example/"));
    }

    #[test]
    fn credentials_go_to_their_own_place_only() {
        let file = "//npm.example/team/:_authToken=${TOKEN}\n//old.example/:username=me\n//old.example/:_password=cHc=";
        let env = |name: &str| (name == "TOKEN").then(|| "t0p".to_owned());
        let config = NpmConfig::read(None, &env, &[file.to_owned()]).expect("readable");
        let header =
            |address: &str| config.authorization(&url(address)).map(|secret| secret.expose_secret().to_owned());
        assert_eq!(header("https://npm.example/team/kiln").as_deref(), Some("Bearer t0p"));
        assert_eq!(header("https://npm.example/other/kiln"), None);
        assert_eq!(header("https://npm.example.evil.example/team/kiln"), None);
        assert_eq!(header("https://old.example/kiln").as_deref(), Some("Basic bWU6cHc="));
        assert!(!format!("{config:?}").contains("t0p"));
    }

    #[test]
    fn answers_of_the_client_fill_what_nothing_else_sets() {
        let mut config = NpmConfig::read(None, &|_| None, &[]).expect("readable");
        assert_eq!(config.registry_of("kiln"), None);
        config.add_answer(Some("@clay"), "undefined\n").expect("no answer is fine");
        config.add_answer(None, "https://asked.example/\n").expect("a URL");
        assert_eq!(config.registry_of("@clay/kiln"), Some(&url("https://asked.example/")));
        assert!(config.add_answer(None, "ftp://x.example").is_err());
    }
}
