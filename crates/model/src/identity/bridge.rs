//! Programs that pass every call on to an address or a command, by the last part of their name, which forks keep: the
//! same one stands in front of servers that have nothing to do with each other.

use super::key::Key;

/// Names of bridges.
pub const BRIDGES: &[&str] = &[
    "mcp-remote",
    "mcp-remote-client",
    "mcp-remote-proxy",
    "mcp-http-bridge",
    "mcp-sse-bridge",
    "mcp-stdio-bridge",
    "mcp-http-proxy",
    "mcp-sse-proxy",
    "mcp-streamablehttp-proxy",
    "mcp-streamable-http-proxy",
    "mcp-stdio-to-streamable-http-adapter",
    "mcp-stdio-proxy",
    "mcp-connect",
    "supergateway",
    "mcp-proxy",
    "mcp-bridge",
    "mcpo",
];

/// Whether a package is a bridge.
pub fn is_bridge(key: &Key) -> bool {
    let Key::Package(_, name) = key else { return false };
    name == "@smithery/cli" || BRIDGES.contains(&name.rsplit('/').next().unwrap_or(name))
}
