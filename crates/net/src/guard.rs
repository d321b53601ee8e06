//! The address guard: a URL and how far it is trusted in, leave or a refusal out; and the resolver that lets untrusted
//! names reach public addresses only.
//!
//! Operator-configured hosts may be anywhere. An untrusted URL is checked three times: its text up front (scheme,
//! user information, port, IP literal), every resolved address at connect time (so that no second look-up can differ
//! from the one that was checked), and the address that answered.

use mcpdex_model::address::{literal, reserved};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use url::Url;

/// How far the author of a URL is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// The operator configured this host (flag, environment, client configuration), or an index so configured named
    /// it: it may be anywhere.
    Operator,
    /// It came out of a manifest, a redirect or another answer: it must be public.
    Untrusted,
}

/// Why the guard refused an address. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("only http and https addresses are fetched, this one is `{0}`")]
    Scheme(String),
    #[error("an untrusted address must not hold a user name or password")]
    UserInfo,
    #[error("port {0} is not one that web servers use")]
    Port(u16),
    #[error("the address names no host")]
    NoHost,
    #[error("{address} is not a public address ({purpose}); --allow-private lifts this")]
    Private { address: IpAddr, purpose: &'static str },
    #[error("a redirect from https to http was refused")]
    Downgrade,
}

/// Ports of other protocols, from the list that browsers block: an HTTP request can be misread there as a command.
const FOREIGN_PORTS: &[u16] = &[
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
    110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531,
    532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060,
    5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
];

/// Checks the text of a URL. `allow_private` lifts what concerns addresses, never what concerns schemes.
///
/// # Errors
/// The guard's refusal.
pub fn check_url(url: &Url, trust: Trust, allow_private: bool) -> Result<(), Refusal> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Refusal::Scheme(url.scheme().to_owned()));
    }
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or(Refusal::NoHost)?;
    if trust == Trust::Operator {
        return Ok(());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refusal::UserInfo);
    }
    if let Some(port) = url.port().filter(|port| FOREIGN_PORTS.contains(port)) {
        return Err(Refusal::Port(port));
    }
    match literal(host) {
        // A resolver is never asked for these, so this is the only look at them before connecting.
        Some(address) if !allow_private => check_address(address),
        _ => Ok(()),
    }
}

/// Checks one address that an untrusted name leads to.
///
/// # Errors
/// The address is not public.
pub fn check_address(address: IpAddr) -> Result<(), Refusal> {
    match reserved(address) {
        Some(range) => Err(Refusal::Private { address, purpose: range.purpose }),
        None => Ok(()),
    }
}

/// Checks a redirect and says how far its target is trusted: as far as the page that sent it while it stays on that
/// page's host and port, otherwise not at all.
///
/// # Errors
/// The guard's refusal.
pub fn check_redirect(from: &Url, to: &Url, trust: Trust, allow_private: bool) -> Result<Trust, Refusal> {
    if from.scheme() == "https" && to.scheme() == "http" {
        return Err(Refusal::Downgrade);
    }
    let stays = same_place(from, to) || is_upgrade(from, to);
    let trust = if stays { trust } else { Trust::Untrusted };
    check_url(to, trust, allow_private)?;
    Ok(trust)
}

/// Whether two URLs are answered by the same server: scheme, host and port. Credentials go no further than that.
pub fn same_place(a: &Url, b: &Url) -> bool {
    a.scheme() == b.scheme() && a.host_str() == b.host_str() && a.port_or_known_default() == b.port_or_known_default()
}

/// Whether the second URL is the same host behind TLS, at the same port or at the usual ones of both schemes.
fn is_upgrade(from: &Url, to: &Url) -> bool {
    let ports = (from.port_or_known_default(), to.port_or_known_default());
    let schemes = (from.scheme(), to.scheme());
    schemes == ("http", "https")
        && from.host_str() == to.host_str()
        && (ports.0 == ports.1 || ports == (Some(80), Some(443)))
}

/// The addresses that a look-up found.
pub type LookupFuture<'a> = Pin<Box<dyn Future<Output = std::io::Result<Vec<IpAddr>>> + Send + 'a>>;

/// Turns host names into addresses. The system does it, unless a test does.
pub trait Lookup: Send + Sync + 'static {
    fn lookup<'a>(&'a self, host: &'a str) -> LookupFuture<'a>;
}

/// The resolver of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemLookup;

impl Lookup for SystemLookup {
    fn lookup<'a>(&'a self, host: &'a str) -> LookupFuture<'a> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((host, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// Leads an address elsewhere; see [`Config::dial`](super::Config::dial).
pub type Dial = Arc<dyn Fn(IpAddr) -> IpAddr + Send + Sync>;

/// What reqwest asks for addresses: hands on public ones only when `guarded`.
pub(super) struct Resolver {
    pub(super) lookup: Arc<dyn Lookup>,
    pub(super) dial: Option<Dial>,
    pub(super) guarded: bool,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (lookup, dial, guarded) = (self.lookup.clone(), self.dial.clone(), self.guarded);
        Box::pin(async move {
            let mut found = lookup.lookup(name.as_str()).await?;
            if guarded {
                let mut refusal = None;
                found.retain(|address| match check_address(*address) {
                    Ok(()) => true,
                    Err(refused) => {
                        refusal.get_or_insert(refused);
                        false
                    }
                });
                if let (true, Some(refusal)) = (found.is_empty(), refusal) {
                    return Err(refusal.into());
                }
            }
            if let Some(dial) = dial {
                found.iter_mut().for_each(|address| *address = dial(*address));
            }
            let addresses: Addrs = Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, trust: Trust) -> Result<(), Refusal> {
        check_url(&Url::parse(url).expect("a URL"), trust, false)
    }

    #[test]
    fn every_spelling_of_a_loopback_literal_is_refused_when_untrusted() {
        for url in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0177.0.0.1/",
            "http://１２７.0.0.1/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:7f00:1]/",
            "http://[64:ff9b::127.0.0.1]/",
            "http://0/",
            "https://169.254.169.254/latest/meta-data/",
            "http://[fd00:ec2::254]/",
        ] {
            assert!(matches!(check(url, Trust::Untrusted), Err(Refusal::Private { .. })), "{url}");
            assert_eq!(check(url, Trust::Operator), Ok(()), "{url}");
        }
    }

    #[test]
    fn untrusted_addresses_are_plain_web_addresses() {
        assert_eq!(check("https://packages.example/x", Trust::Untrusted), Ok(()));
        assert_eq!(check("https://packages.example:8443/x", Trust::Untrusted), Ok(()));
        for with_user in
            ["https://u:p@packages.example/", "https://u@packages.example/", "https://:p@packages.example/"]
        {
            assert_eq!(check(with_user, Trust::Untrusted), Err(Refusal::UserInfo), "{with_user}");
        }
        let private = Url::parse("http://10.0.0.1/").expect("a URL");
        assert_eq!(check_url(&private, Trust::Untrusted, true), Ok(()), "a lab allows it");
        assert_eq!(check("http://packages.example:25/", Trust::Untrusted), Err(Refusal::Port(25)));
        for trust in [Trust::Untrusted, Trust::Operator] {
            assert_eq!(check("file:///etc/hostname", trust), Err(Refusal::Scheme("file".into())));
        }
    }

    #[test]
    fn a_redirect_keeps_trust_on_its_own_host_and_loses_it_elsewhere() {
        let go = |from: &str, to: &str, trust| {
            check_redirect(&Url::parse(from).expect("a URL"), &Url::parse(to).expect("a URL"), trust, false)
        };
        assert_eq!(go("http://10.0.0.1/a", "http://10.0.0.1/b", Trust::Operator), Ok(Trust::Operator));
        assert_eq!(go("http://host.example/a", "https://host.example/b", Trust::Operator), Ok(Trust::Operator));
        for (from, to) in [
            ("https://a.example/", "https://b.example/"),
            ("http://a.example/", "https://b.example/"),
            ("http://a.example:8080/", "https://a.example:8443/"),
            ("http://a.example:8080/", "https://a.example/"),
            ("https://a.example/", "https://a.example:8443/"),
        ] {
            assert_eq!(go(from, to, Trust::Operator), Ok(Trust::Untrusted), "{from} to {to}");
        }
        assert_eq!(go("http://a.example:90/", "https://a.example:90/", Trust::Operator), Ok(Trust::Operator));
        assert_eq!(go("https://a.example/", "http://a.example/", Trust::Operator), Err(Refusal::Downgrade));
        assert!(matches!(
            go("http://10.0.0.1/a", "http://10.0.0.1:8500/b", Trust::Operator),
            Err(Refusal::Private { .. })
        ));
        assert!(matches!(go("https://a.example/", "https://10.0.0.1/", Trust::Operator), Err(Refusal::Private { .. })));
    }

    #[test]
    fn a_place_is_scheme_host_and_port() {
        let same = |a: &str, b: &str| same_place(&Url::parse(a).expect("a URL"), &Url::parse(b).expect("a URL"));
        assert!(same("https://a.example/x", "https://a.example:443/y?z"));
        for other in ["http://a.example/", "https://b.example/", "https://a.example:8443/", "http://a.example:443/"] {
            assert!(!same("https://a.example/", other), "{other}");
        }
    }
}
