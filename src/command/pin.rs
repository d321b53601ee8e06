//! `mcpdex pin [CONFIG…]`: a lockfile of what the tools of a client's servers are today.

use super::configured::{self, Configured};
use super::{Exit, print};
use crate::cli::{Global, PinArgs};
use crate::model::text::counted;
use crate::report::visible;
use crate::survey::{Lock, LockedServer, LockedTool};
use anyhow::Context;

pub(super) fn run(global: &Global, args: &PinArgs) -> anyhow::Result<Exit> {
    let found = configured::servers(global, &args.configured)?;
    configured::complain(global, &found);
    let unread: Vec<&Configured> = found.in_use().filter(|server| server.unread.is_some()).collect();
    for server in &unread {
        let why = server.unread.as_deref().unwrap_or_default();
        eprintln!("not pinned: {}", visible(&format!("{}: {why}", server.alias)));
    }
    for server in found.in_use().filter(|server| server.unread.is_none() && !server.partial.is_empty()) {
        eprintln!("pinned in part: {}: the list of its tools is known to be incomplete", visible(&server.alias));
    }
    let lock = Lock::new(found.in_use().filter_map(locked).collect());
    if lock.servers.is_empty() {
        // An empty lockfile would let every check pass.
        eprintln!("not written: {}: there is no server that could be pinned", args.lock.display());
        return Ok(Exit::Unread);
    }
    let text = crate::report::to_json(&lock);
    std::fs::write(&args.lock, &text).with_context(|| format!("cannot write {}", args.lock.display()))?;
    if global.json {
        print(&text)?;
    } else if !global.quiet {
        let tools: usize = lock.servers.iter().map(|server| server.tools.len()).sum();
        eprintln!(
            "{}, {} pinned in {}",
            counted(lock.servers.len(), "server"),
            counted(tools, "tool"),
            args.lock.display()
        );
    }
    Ok(if unread.is_empty() && found.problems.is_empty() && !found.named_nothing { Exit::Done } else { Exit::Unread })
}

/// A server as it is today; `None` when it was not read.
pub(super) fn locked(server: &Configured) -> Option<LockedServer> {
    if server.unread.is_some() {
        return None;
    }
    let name = server.server.clone()?;
    let mut tools: Vec<LockedTool> = server.tools.iter().map(LockedTool::of).collect();
    tools.sort_by(|a, b| a.name.cmp(&b.name));
    let first = server.tools.first();
    Some(LockedServer {
        name: server.alias.clone(),
        server: name,
        identity: Some(server.identity.clone()),
        wanted: server.listing.version.clone(),
        origin: first.map_or(crate::model::ToolOrigin::Static, |tool| tool.origin),
        target: first.map_or_else(|| server.listing.server.0.clone(), |tool| tool.target.clone()),
        version: first.and_then(|tool| tool.version.clone()),
        tools,
    })
}
