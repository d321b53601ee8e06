//! An address in, whether its host is one of the public internet out, as far as the text tells. A name is not looked up: what
//! a name of strangers leads to, only a rule where the server runs can hold.

use mcpdex_model::address::reserved;
use url::{Host, Url};

/// Last words of names that no public registry gives out.
const NOT_PUBLIC: [&str; 30] = [
    "alt",
    "arpa",
    "bind",
    "cluster",
    "consul",
    "corp",
    "docker",
    "domain",
    "home",
    "internal",
    "intranet",
    "invalid",
    "kube",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "localnet",
    "mail",
    "nomad",
    "onion",
    "priv",
    "private",
    "server",
    "svc",
    "test",
    "vault",
    "vpn",
    "workgroup",
    "wpad",
];

/// Services whose names stand for the address that is written in them, or for the machine itself.
const STAND_FOR_AN_ADDRESS: [&str; 10] = [
    "backname.io",
    "local.gd",
    "localho.st",
    "localtest.me",
    "lvh.me",
    "nip.io",
    "sslip.io",
    "traefik.me",
    "vcap.me",
    "xip.io",
];

/// Whether an address, by its text, is of a host of the public internet, spelled as every parser reads it.
pub(crate) fn is_public(address: &str) -> bool {
    let Some(after) = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://")) else {
        return false;
    };
    // What a parser drops, turns around or takes for the end of a host.
    let plain = |byte: u8| byte.is_ascii_graphic() && !br#"\"<>^`{|}"#.contains(&byte);
    if !after.bytes().all(plain) {
        return false;
    }
    let authority = after.split(['/', '?', '#']).next().unwrap_or_default();
    let Ok(url) = Url::parse(address) else { return false };
    let (Some(host), Some(written)) = (url.host(), url.host_str()) else { return false };
    // No user, no other spelling of the host, and a port that is a number.
    let Some(port) = authority.strip_prefix(written) else { return false };
    let port_is_plain = match port.strip_prefix(':') {
        None => port.is_empty(),
        Some(digits) => !digits.starts_with('0') && digits.parse::<u16>().is_ok(),
    };
    port_is_plain
        && match host {
            Host::Domain(name) => is_public_name(name),
            Host::Ipv4(address) => reserved(address.into()).is_none(),
            Host::Ipv6(address) => reserved(address.into()).is_none(),
        }
}

fn is_public_name(name: &str) -> bool {
    let label = |label: &str| {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !label.is_empty() && !label.starts_with('-') && !label.ends_with('-') && label.chars().all(fits)
    };
    let Some((_, last)) = name.rsplit_once('.') else { return false };
    let stands_for =
        |service: &&str| name.strip_suffix(*service).is_some_and(|left| left.is_empty() || left.ends_with('.'));
    name.split('.').all(label)
        && last.starts_with(|c: char| c.is_ascii_lowercase())
        && !NOT_PUBLIC.contains(&last)
        && !STAND_FOR_AN_ADDRESS.iter().any(stands_for)
}
