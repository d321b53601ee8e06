//! What the command line of `mcpdex policy` asks for, read and checked.

use crate::cli::{Global, PolicyArgs};
use crate::command::profile;
use crate::model::{FoundTool, Tool, ToolOrigin, Verdict};
use crate::policy::{
    Decision, PlannedServer, PlannedTool, PolicyDocument, PolicyEffect, Profile, Refused, Target, TargetOptions,
    alias_of, decide_found, decide_with_arguments, document, targets,
};
use anyhow::bail;

pub(super) struct Settings {
    pub(super) targets: Vec<Target>,
    /// All targets were asked for, so one that cannot say what was decided is no failure.
    pub(super) whichever: bool,
    pub(super) profile: Profile,
    pub(super) options: TargetOptions,
    /// One of the two changes that people ask for, instead of what the profile says.
    instead: Option<PolicyEffect>,
}

impl Settings {
    /// # Errors
    /// A word is unknown, or the profile cannot be read.
    pub(super) fn of(global: &Global, args: &PolicyArgs) -> anyhow::Result<Settings> {
        let usual = global.settings.targets.as_ref().map(|said| said.value.join(","));
        let default = if args.budget { "all" } else { usual.as_deref().unwrap_or("policylayer") };
        let said = (!args.target.is_empty()).then(|| args.target.join(","));
        let chosen = said.as_deref().unwrap_or(default);
        let whichever = chosen.split(',').any(|word| word == "all");
        let chosen = targets(if whichever { "all" } else { chosen })?;
        let profile = match args.profile.as_deref() {
            None => profile::usual(global)?,
            Some(name) => profile::read(name)?,
        };
        let options = target_options(&args.set, args.lossy)?;
        let instead = if args.block { Some(PolicyEffect::Hide) } else { args.limit };
        Ok(Settings { targets: chosen, whichever, profile, options, instead })
    }

    /// What is recommended, to hold a policy that somebody wrote against.
    ///
    /// # Errors
    /// A word is unknown, or the profile cannot be read.
    pub(super) fn recommended(
        global: &Global,
        profile: Option<&str>,
        set: &[String],
        target: Target,
    ) -> anyhow::Result<Settings> {
        let profile = match profile {
            None => profile::usual(global)?,
            Some(name) => profile::read(name)?,
        };
        let options = target_options(set, false)?;
        Ok(Settings { targets: vec![target], whichever: false, profile, options, instead: None })
    }

    /// What happens to a tool.
    pub(super) fn decide(&self, found: &FoundTool) -> Decision {
        match self.instead {
            Some(PolicyEffect::Hide) => Decision::plain(PolicyEffect::Hide, "it is to be blocked completely"),
            Some(effect) => Decision::plain(effect, "its calls are to be counted"),
            None => decide_found(&self.profile, found),
        }
    }

    /// What happens to a tool that is in no current list, where its list was learnt as the server's lists are today.
    pub(super) fn decide_past(&self, verdict: &Verdict, origin: Option<ToolOrigin>, tool: &Tool) -> Decision {
        decide_with_arguments(&self.profile, verdict, origin, tool)
    }

    /// One server and what was decided on each of its tools. Of several definitions of one name the strictest decision
    /// governs all, as wherever a document is written.
    pub(super) fn plan(&self, name: &str, alias: Option<&str>, found: &[FoundTool]) -> PlannedServer {
        let tools = found.iter().map(|found| PlannedTool {
            name: found.tool.name.clone(),
            decision: self.decide(found),
            input_schema: found.tool.input_schema.clone(),
        });
        let alias = alias.map_or_else(|| alias_of(name), str::to_owned);
        PlannedServer { name: name.to_owned(), alias, launch: None, tools: tools.collect() }
    }

    /// The documents of one target: one for all servers, or one for each where the target wants it so.
    pub(super) fn documents<'a>(
        &'a self,
        target: Target,
        servers: &'a [PlannedServer],
    ) -> impl Iterator<Item = (&'a [PlannedServer], Result<PolicyDocument, Refused>)> {
        let size = if target.capability().one_server { 1 } else { servers.len().max(1) };
        servers.chunks(size).map(move |chunk| (chunk, document(target, chunk, &self.options, self.profile.uncounted)))
    }
}

/// What `--set` says.
///
/// # Errors
/// A key is unknown.
pub(super) fn target_options(set: &[String], lossy: bool) -> anyhow::Result<TargetOptions> {
    let mut options = TargetOptions { lossy, ..TargetOptions::default() };
    for pair in set {
        match pair.split_once('=') {
            Some(("separator", text)) if !text.is_empty() => text.clone_into(&mut options.separator),
            Some(("gateway", text)) if !text.is_empty() => text.clone_into(&mut options.gateway),
            Some(("group", text)) if !text.is_empty() => text.clone_into(&mut options.group),
            _ => bail!("--set takes separator=TEXT, gateway=ARN or group=NAME, not `{pair}`"),
        }
    }
    Ok(options)
}
