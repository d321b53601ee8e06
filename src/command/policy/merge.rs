//! `mcpdex policy … --merge FILE`: recommendations into a file that a person wrote.

use super::export::write_whole;
use super::settings::Settings;
use super::written::read;
use crate::cli::Global;
use crate::command::Exit;
use crate::policy::{MergeError, PlannedServer, Target, merge};
use crate::report::visible;
use anyhow::bail;
use std::path::Path;

/// Merges; the file is whole before and after, and untouched where nothing has to change.
pub(super) fn run<'p>(
    global: &Global,
    settings: &Settings,
    file: &Path,
    plan: &dyn Fn(Target) -> &'p [PlannedServer],
) -> anyhow::Result<Exit> {
    let [target] = settings.targets.as_slice() else {
        bail!("--merge writes into one file, of one target; {} were named", settings.targets.len());
    };
    let servers = plan(*target);
    if target.capability().one_server && servers.len() != 1 {
        bail!("a {target} document is for one server; name one with --server");
    }
    if !file.exists() {
        let written = settings.documents(*target, servers).next();
        let Some((_, written)) = written else { bail!("there is nothing to write") };
        write_whole(file, written?.text())?;
        say(global, &format!("{} was not there and is written", file.display()));
        return Ok(Exit::Done);
    }
    let text = read(file)?;
    let merged = match merge(*target, &text, servers, &settings.options, settings.profile.uncounted) {
        Ok(merged) => merged,
        Err(error @ (MergeError::NotInPlace(_) | MergeError::Unreadable(_) | MergeError::OtherShape(_))) => {
            bail!("{}: {error}", file.display())
        }
        Err(error) => return Err(error.into()),
    };
    if merged.text != text {
        // Through a link the file itself is written, not the link.
        let place = std::fs::canonicalize(file)?;
        write_whole(&place, &merged.text)?;
    }
    let count = |many: &[String], what: &str| {
        if many.is_empty() {
            return None;
        }
        let names: Vec<String> = many.iter().take(5).map(|name| format!("`{name}`")).collect();
        let more = many.len().saturating_sub(names.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        Some(format!("{} {what}: {}{more}", many.len(), names.join(", ")))
    };
    let parts = [
        count(&merged.changed, "entries put in or changed"),
        count(&merged.kept, "tools were decided more strictly, which stays"),
        count(&merged.overruled, "tools are decided by another rule of the file, whatever their entry says"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    say(global, &if parts.is_empty() { "nothing had to change".to_owned() } else { parts.join("\n") });
    Ok(Exit::Done)
}

fn say(global: &Global, text: &str) {
    if !global.quiet {
        for line in text.lines() {
            eprintln!("{}", visible(line));
        }
    }
}
