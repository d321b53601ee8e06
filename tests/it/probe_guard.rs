//! No address that a server hands out, and no name that leads inside, is ever dialled. The resolver is the test's own
//! and whatever is dialled is loopback.

use crate::support::hostile::{Act, Hostile, PUBLIC, answer, client, json, result, stream};
use mcpdex::model::{Outcome, ProbeResult};
use mcpdex::net::{Client, Trust};
use mcpdex::probe::{self, Ask};
use url::Url;

const TOOLS: &str = r#"{"tools":[{"name":"inside"}]}"#;

/// A server that must not be reached.
fn secret() -> Hostile {
    Hostile::start(|seen| json(200, &result(seen, TOOLS)))
}

async fn refused(client: &Client, ask: &Ask, inside: &Hostile, case: &str) -> ProbeResult {
    let heard = probe::ask(client, ask).await;
    assert_eq!(heard.outcome, Outcome::Blocked, "{case}: {heard:?}");
    assert!(heard.tools.is_empty() && heard.card.is_none(), "{case}");
    assert_eq!(inside.seen().len(), 0, "{case}: something was sent");
    heard
}

/// One test for each address that the text of a URL may spell.
macro_rules! literals {
    ($($name:ident: $host:literal,)+) => {$(
        #[tokio::test]
        async fn $name() {
            let inside = secret();
            let url = Url::parse(&format!("http://{}:{}/mcp", $host, inside.port)).unwrap();
            refused(&client(&[]), &Ask::new(url, Trust::Untrusted), &inside, $host).await;
        }
    )+};
}

literals! {
    loopback_is_refused: "127.0.0.1",
    short_loopback_is_refused: "127.1",
    decimal_loopback_is_refused: "2130706433",
    hexadecimal_loopback_is_refused: "0x7f000001",
    octal_loopback_is_refused: "0177.0.0.1",
    fullwidth_loopback_is_refused: "１２７.０.０.１",
    ipv6_loopback_is_refused: "[::1]",
    mapped_loopback_is_refused: "[::ffff:127.0.0.1]",
    mapped_hexadecimal_loopback_is_refused: "[::ffff:7f00:1]",
    compatible_loopback_is_refused: "[::127.0.0.1]",
    translated_loopback_is_refused: "[64:ff9b::127.0.0.1]",
    locally_translated_address_is_refused: "[64:ff9b:1::1]",
    six_to_four_loopback_is_refused: "[2002:7f00:1::]",
    teredo_is_refused: "[2001::1]",
    unspecified_is_refused: "0.0.0.0",
    ipv6_unspecified_is_refused: "[::]",
    private_ten_is_refused: "10.0.0.1",
    private_172_is_refused: "172.16.0.1",
    private_192_is_refused: "192.168.1.1",
    carrier_grade_nat_is_refused: "100.64.0.1",
    link_local_is_refused: "169.254.0.1",
    ipv6_link_local_is_refused: "[fe80::1]",
    unique_local_is_refused: "[fd12:3456::1]",
    site_local_is_refused: "[fec0::1]",
    metadata_service_is_refused: "169.254.169.254",
    decimal_metadata_service_is_refused: "2852039166",
    ipv6_metadata_service_is_refused: "[fd00:ec2::254]",
    other_metadata_service_is_refused: "100.100.100.200",
    public_looking_metadata_service_is_refused: "168.63.129.16",
    documentation_is_refused: "192.0.2.1",
    benchmarking_is_refused: "198.18.0.1",
    multicast_is_refused: "224.0.0.1",
    ipv6_multicast_is_refused: "[ff02::1]",
    reserved_is_refused: "240.0.0.1",
    broadcast_is_refused: "255.255.255.255",
}

/// One test for each address that a name may lead to.
macro_rules! names {
    ($($name:ident: $to:literal,)+) => {$(
        #[tokio::test]
        async fn $name() {
            let inside = secret();
            let client = client(&[("inside.example", $to)]);
            refused(&client, &inside.ask_at("inside.example", "/mcp"), &inside, $to).await;
        }
    )+};
}

names! {
    a_name_for_loopback_is_refused: "127.0.0.1",
    a_name_for_a_private_address_is_refused: "10.1.2.3",
    a_name_for_the_metadata_service_is_refused: "169.254.169.254",
    a_name_for_a_mapped_address_is_refused: "::ffff:10.0.0.1",
    a_name_for_a_translated_address_is_refused: "64:ff9b::a00:1",
    a_name_for_a_unique_local_address_is_refused: "fd00::1",
    a_name_with_only_inner_addresses_is_refused: "10.0.0.1 ::1 192.168.0.1",
}

#[tokio::test]
async fn a_name_that_turns_inward_after_the_first_look_is_refused() {
    let inside = secret();
    // The lane looks as well, once.
    let client = client(&[("turn.example", PUBLIC), ("turn.example", PUBLIC), ("turn.example", "127.0.0.1")]);
    let first = Hostile::start(|_| vec![Act::Close]);
    let heard = probe::ask(&client, &first.ask_at("turn.example", "/mcp")).await;
    assert_eq!(heard.outcome, Outcome::Unreachable);
    refused(&client, &inside.ask_at("turn.example", "/mcp"), &inside, "rebound").await;
}

#[tokio::test]
async fn a_redirect_inward_is_refused_whatever_its_status() {
    for status in [301, 302, 307, 308] {
        for host in ["127.0.0.1", "inside.example", "[::1]"] {
            let inside = secret();
            let to = format!("location: http://{host}:{}/mcp\r\n", inside.port);
            let server = Hostile::start(move |_| answer(status, &to, b""));
            let client = client(&[("inside.example", "10.0.0.1")]);
            refused(&client, &server.ask(), &inside, &format!("{status} to {host}")).await;
        }
    }
}

#[tokio::test]
async fn a_redirect_to_another_scheme_is_refused() {
    for to in ["file:///etc/hostname", "gopher://mcp.example/", "ftp://mcp.example/"] {
        let header = format!("location: {to}\r\n");
        let server = Hostile::start(move |_| answer(307, &header, b""));
        refused(&client(&[]), &server.ask(), &secret(), to).await;
    }
}

#[tokio::test]
async fn endless_redirects_end() {
    let server = Hostile::start(|_| answer(307, "location: /mcp\r\n", b""));
    let heard = probe::ask(&client(&[]), &server.ask()).await;
    assert_eq!((heard.outcome, server.seen().len()), (Outcome::TooLarge, 4));
}

#[tokio::test]
async fn schemes_ports_and_user_information_are_refused() {
    for url in ["file:///etc/hostname", "ftp://mcp.example/", "http://mcp.example:25/", "http://u:p@mcp.example/"] {
        let ask = Ask::new(Url::parse(url).unwrap(), Trust::Untrusted);
        refused(&client(&[]), &ask, &secret(), url).await;
    }
}

/// A server of the first revision whose stream names this address.
fn streaming(endpoint: String) -> Hostile {
    Hostile::start(move |seen| match seen.method.as_str() {
        "GET" if seen.path == "/mcp" => vec![stream(&format!("event: endpoint\ndata: {endpoint}\n\n")), Act::Close],
        _ => answer(405, "", b""),
    })
}

#[tokio::test]
async fn a_stream_that_names_an_address_elsewhere_is_refused() {
    for host in ["127.0.0.1", "other.example", "169.254.169.254"] {
        let inside = secret();
        let server = streaming(format!("http://{host}:{}/messages", inside.port));
        refused(&client(&[]), &server.ask(), &inside, host).await;
    }
}

#[tokio::test]
async fn metadata_at_an_inner_address_is_refused_and_said() {
    let inside = Hostile::start(|_| json(200, r#"{"scopes_supported":["stolen"]}"#));
    let challenge = format!("www-authenticate: Bearer resource_metadata=\"http://127.0.0.1:{}/m\"\r\n", inside.port);
    let server = Hostile::start(move |seen| match seen.method.as_str() {
        "POST" => answer(401, &challenge, b""),
        _ => answer(404, "", b""),
    });
    let heard = probe::ask(&client(&[]), &server.ask()).await;
    let auth = heard.auth.expect("the server wants credentials");
    assert_eq!((heard.outcome, inside.seen().len()), (Outcome::AuthRequired, 0));
    assert!(auth.problems[0].contains("not a public address"), "{auth:?}");
}

#[tokio::test]
async fn an_authorisation_server_at_an_inner_address_is_refused_and_said() {
    let inside = Hostile::start(|_| json(200, "{}"));
    let document =
        format!(r#"{{"resource":"http://mcp.example","authorization_servers":["http://127.0.0.1:{}"]}}"#, inside.port);
    let server = Hostile::start(move |seen| match seen.path.as_str() {
        "/.well-known/oauth-protected-resource/mcp" => json(200, &document),
        "/mcp" => answer(401, "www-authenticate: Bearer\r\n", b""),
        _ => answer(404, "", b""),
    });
    let heard = probe::ask(&client(&[]), &server.ask()).await;
    assert_eq!(inside.seen().len(), 0);
    assert!(heard.auth.is_some_and(|auth| auth.problems.iter().any(|p| p.contains("not a public address"))));
}

#[tokio::test]
async fn a_card_at_an_inner_address_is_not_fetched() {
    let inside = Hostile::start(|_| json(200, r#"{"tools":[{"name":"inside"}]}"#));
    let catalogue = format!(
        r#"{{"entries":[{{"type":"application/mcp-server-card+json","url":"http://127.0.0.1:{}/card"}}]}}"#,
        inside.port
    );
    let server = Hostile::start(move |seen| match seen.path.as_str() {
        "/.well-known/ai-catalog.json" => json(200, &catalogue),
        "/mcp" => answer(401, "", b""),
        _ => answer(404, "", b""),
    });
    let heard = probe::ask(&client(&[]), &server.ask()).await;
    assert_eq!((heard.card, inside.seen().len()), (None, 0));
}
