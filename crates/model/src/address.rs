//! Which IP addresses are public: an address in, the special-purpose range that holds it out. Pure.
//!
//! The tables are IANA's special-purpose address registries for IPv4 and IPv6, every row, with what each says about
//! being globally reachable; below them stand the ranges that those registries leave to other documents (multicast,
//! site-local, IPv4-compatible) and cloud metadata services on addresses that look public.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A special-purpose range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The range in CIDR notation.
    pub cidr: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    reach: Reach,
}

/// What a range means for an address inside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// A host of the public internet may be there.
    Public,
    /// Nothing public is there.
    Reserved,
    /// The last 32 bits are an IPv4 address, which decides.
    Embedded,
}

const fn row(cidr: &'static str, purpose: &'static str, reach: Reach) -> Range {
    Range { cidr, purpose, reach }
}

use Reach::{Embedded, Public, Reserved};

/// The rows for IPv4.
const V4: &[Range] = &[
    row("0.0.0.0/8", "this network", Reserved),
    row("0.0.0.0/32", "this host on this network", Reserved),
    row("10.0.0.0/8", "private use", Reserved),
    row("100.64.0.0/10", "shared address space", Reserved),
    row("127.0.0.0/8", "loopback", Reserved),
    row("169.254.0.0/16", "link local", Reserved),
    row("169.254.169.254/32", "cloud metadata service", Reserved),
    row("172.16.0.0/12", "private use", Reserved),
    row("192.0.0.0/24", "protocol assignments", Reserved),
    row("192.0.0.0/29", "service continuity prefix", Reserved),
    row("192.0.0.8/32", "dummy address", Reserved),
    row("192.0.0.9/32", "port control protocol anycast", Public),
    row("192.0.0.10/32", "traversal using relays around NAT anycast", Public),
    row("192.0.0.170/32", "NAT64/DNS64 discovery", Reserved),
    row("192.0.0.171/32", "NAT64/DNS64 discovery", Reserved),
    row("192.0.2.0/24", "documentation", Reserved),
    row("192.31.196.0/24", "AS112", Public),
    row("192.52.193.0/24", "automatic multicast tunneling", Public),
    row("192.88.99.0/24", "6to4 relay anycast", Reserved),
    row("192.88.99.2/32", "6a44 relay anycast", Reserved),
    row("192.168.0.0/16", "private use", Reserved),
    row("192.175.48.0/24", "direct delegation AS112", Public),
    row("198.18.0.0/15", "benchmarking", Reserved),
    row("198.51.100.0/24", "documentation", Reserved),
    row("203.0.113.0/24", "documentation", Reserved),
    row("240.0.0.0/4", "reserved", Reserved),
    row("255.255.255.255/32", "limited broadcast", Reserved),
    // Beyond the registry.
    row("224.0.0.0/4", "multicast", Reserved),
    row("168.63.129.16/32", "cloud metadata service", Reserved),
];

/// The rows for IPv6.
const V6: &[Range] = &[
    row("::1/128", "loopback", Reserved),
    row("::/128", "unspecified", Reserved),
    row("::ffff:0:0/96", "IPv4-mapped", Reserved),
    row("64:ff9b::/96", "IPv4/IPv6 translation", Embedded),
    row("64:ff9b:1::/48", "local-use IPv4/IPv6 translation", Reserved),
    row("100::/64", "discard only", Reserved),
    row("100:0:0:1::/64", "dummy prefix", Reserved),
    row("2001::/23", "protocol assignments", Reserved),
    row("2001::/32", "Teredo", Reserved),
    row("2001:1::1/128", "port control protocol anycast", Public),
    row("2001:1::2/128", "traversal using relays around NAT anycast", Public),
    row("2001:1::3/128", "service registration anycast", Public),
    row("2001:2::/48", "benchmarking", Reserved),
    row("2001:3::/32", "automatic multicast tunneling", Public),
    row("2001:4:112::/48", "AS112", Public),
    row("2001:10::/28", "deprecated ORCHID", Reserved),
    // The registry calls these two reachable; they name hosts of overlay networks, where no web server answers.
    row("2001:20::/28", "ORCHID version 2", Reserved),
    row("2001:30::/28", "drone remote identification", Reserved),
    row("2001:db8::/32", "documentation", Reserved),
    row("2002::/16", "6to4", Reserved),
    row("2620:4f:8000::/48", "direct delegation AS112", Public),
    row("3fff::/20", "documentation", Reserved),
    row("5f00::/16", "segment routing identifiers", Reserved),
    row("fc00::/7", "unique local", Reserved),
    row("fd00:ec2::254/128", "cloud metadata service", Reserved),
    row("fe80::/10", "link local", Reserved),
    // Beyond the registry.
    row("::/96", "IPv4-compatible", Reserved),
    row("fec0::/10", "site local", Reserved),
    row("ff00::/8", "multicast", Reserved),
    // Global unicast is handed out of 2000::/3 alone; a longer row above wins over these.
    row("::/3", "outside of global unicast", Reserved),
    row("4000::/2", "outside of global unicast", Reserved),
    row("8000::/1", "outside of global unicast", Reserved),
];

/// The special-purpose range that keeps `address` from being a host of the public internet; `None` when it may be one.
///
/// Where ranges overlap the narrowest decides, as the registries ask.
pub fn reserved(address: IpAddr) -> Option<&'static Range> {
    let (table, bits) = match address {
        IpAddr::V4(v4) => (V4, widen(v4)),
        IpAddr::V6(v6) => (V6, u128::from(v6)),
    };
    let narrowest = table.iter().filter(|range| range.holds(bits)).max_by_key(|range| range.parts().1)?;
    match narrowest.reach {
        Public => None,
        Reserved => Some(narrowest),
        // The cast keeps the last 32 bits on purpose: they are the embedded address.
        Embedded => reserved(IpAddr::V4(Ipv4Addr::from(bits as u32))),
    }
}

/// IPv4 bits moved to the front of 128, so that one comparison serves both families (the tables stay apart).
fn widen(v4: Ipv4Addr) -> u128 {
    u128::from(u32::from(v4)) << 96
}

impl Range {
    fn holds(&self, bits: u128) -> bool {
        let (network, length) = self.parts();
        (bits ^ network).checked_shr(128 - length).unwrap_or(0) == 0
    }

    /// The network's bits from the front, and how many of them count.
    fn parts(&self) -> (u128, u32) {
        let parsed = self.cidr.split_once('/').and_then(|(network, length)| {
            let length: u32 = length.parse().ok()?;
            Some((network.parse::<IpAddr>().ok()?, length))
        });
        match parsed {
            Some((IpAddr::V4(v4), length)) => (widen(v4), length),
            Some((IpAddr::V6(v6), length)) => (u128::from(v6), length),
            // A row that cannot be read would hold nothing back: the unit test parses every row, and this holds all.
            None => (0, 0),
        }
    }
}

/// Reads an address out of a URL's host, brackets or not.
pub fn literal(host: &str) -> Option<IpAddr> {
    let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
    bare.parse::<Ipv4Addr>().map(IpAddr::V4).or_else(|_| bare.parse::<Ipv6Addr>().map(IpAddr::V6)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn purpose(address: &str) -> Option<&'static str> {
        reserved(address.parse().expect("an address")).map(|range| range.purpose)
    }

    /// First and last address of a range.
    fn ends(range: &Range) -> [IpAddr; 2] {
        let (network, length) = range.parts();
        let last = network | u128::MAX.checked_shr(length).unwrap_or(0);
        let v4 = range.cidr.contains('.');
        [network, last].map(|bits| match v4 {
            true => IpAddr::V4(Ipv4Addr::from((bits >> 96) as u32)),
            false => IpAddr::V6(Ipv6Addr::from(bits)),
        })
    }

    #[test]
    fn every_row_is_read_and_holds_its_first_and_last_address() {
        for range in V4.iter().chain(V6) {
            let (network, length) = range.cidr.split_once('/').expect("a slash");
            let width = if network.parse::<IpAddr>().expect("an address").is_ipv4() { 32 } else { 128 };
            assert!((1..=width).contains(&length.parse::<u32>().expect("a length")), "{}", range.cidr);
            for end in ends(range) {
                let found = reserved(end);
                match range.reach {
                    Public => assert_eq!(found, None, "{end} of {}", range.cidr),
                    // A narrower row may say more of the same address, but never that it is public.
                    Reserved => assert!(found.is_some(), "{end} of {}", range.cidr),
                    Embedded => assert!(found.is_some(), "{end} of {} embeds a reserved address", range.cidr),
                }
            }
        }
    }

    #[test]
    fn every_reserved_row_decides_for_an_address_of_its_own() {
        for (address, expected) in [
            ("0.1.2.3", "this network"),
            ("0.0.0.0", "this host on this network"),
            ("10.9.8.7", "private use"),
            ("100.64.0.1", "shared address space"),
            ("100.100.100.200", "shared address space"),
            ("127.0.0.1", "loopback"),
            ("169.254.1.1", "link local"),
            ("169.254.169.254", "cloud metadata service"),
            ("172.31.255.255", "private use"),
            ("192.0.0.77", "protocol assignments"),
            ("192.0.0.5", "service continuity prefix"),
            ("192.0.0.8", "dummy address"),
            ("192.0.0.170", "NAT64/DNS64 discovery"),
            ("192.0.0.171", "NAT64/DNS64 discovery"),
            ("192.0.2.1", "documentation"),
            ("192.88.99.1", "6to4 relay anycast"),
            ("192.88.99.2", "6a44 relay anycast"),
            ("192.168.1.1", "private use"),
            ("198.19.255.255", "benchmarking"),
            ("198.51.100.1", "documentation"),
            ("203.0.113.80", "documentation"),
            ("224.0.0.1", "multicast"),
            ("239.255.255.255", "multicast"),
            ("240.0.0.1", "reserved"),
            ("255.255.255.255", "limited broadcast"),
            ("168.63.129.16", "cloud metadata service"),
            ("::1", "loopback"),
            ("::", "unspecified"),
            ("::ffff:127.0.0.1", "IPv4-mapped"),
            ("::ffff:8.8.8.8", "IPv4-mapped"),
            ("64:ff9b::7f00:1", "loopback"),
            ("64:ff9b::a9fe:a9fe", "cloud metadata service"),
            ("64:ff9b:1::1", "local-use IPv4/IPv6 translation"),
            ("100::1", "discard only"),
            ("100:0:0:1::1", "dummy prefix"),
            ("2001:100::1", "protocol assignments"),
            ("2001::1", "Teredo"),
            ("2001:2::1", "benchmarking"),
            ("2001:10::1", "deprecated ORCHID"),
            ("2001:20::1", "ORCHID version 2"),
            ("2001:30::1", "drone remote identification"),
            ("2001:db8::1", "documentation"),
            ("2002:7f00:1::1", "6to4"),
            ("3fff:1::1", "documentation"),
            ("5f00::1", "segment routing identifiers"),
            ("fc00::1", "unique local"),
            ("fd12:3456::1", "unique local"),
            ("fd00:ec2::254", "cloud metadata service"),
            ("fe80::1", "link local"),
            ("::127.0.0.1", "IPv4-compatible"),
            ("fec0::1", "site local"),
            ("ff02::1", "multicast"),
            ("200::1", "outside of global unicast"),
            ("4000::1", "outside of global unicast"),
            ("8000::1", "outside of global unicast"),
        ] {
            assert_eq!(purpose(address), Some(expected), "{address}");
        }
    }

    #[test]
    fn public_addresses_pass_and_so_do_the_reachable_rows() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.0.9",
            "192.0.0.10",
            "192.31.196.1",
            "192.52.193.1",
            "192.175.48.1",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450::1",
            "64:ff9b::808:808",
            "2001:1::1",
            "2001:1::2",
            "2001:1::3",
            "2001:3::1",
            "2001:4:112::1",
            "2001:200::1",
            "2620:4f:8000::1",
        ] {
            assert_eq!(purpose(address), None, "{address}");
        }
    }

    #[test]
    fn a_literal_is_recognised_with_and_without_brackets() {
        assert_eq!(literal("[::1]"), Some(IpAddr::V6(Ipv6Addr::LOCALHOST)));
        assert_eq!(literal("127.0.0.1"), Some(IpAddr::V4(Ipv4Addr::LOCALHOST)));
        assert_eq!(literal("packages.example"), None);
    }
}
