//! Decisions meet a target: what it cannot express falls to the stricter side, and every fall is listed.
//!
//! A target that cannot refuse at all asks about what was to be refused, which is listed by name. Where one that can
//! refuse could not name such a tool, there is no document unless the user asked for one.

use super::capability::{Adapted, Capability, RefusalMode};
use super::condition::Condition;
use super::decision::{PolicyEffect, Uncounted};
use super::fitted::{FittedServer, FittedTool};
use super::format::TargetOptions;
use super::loss::{Described, Deviation, Losses, Refused};
use super::plan::{PlannedServer, PlannedTool};
use super::targets::Target;
use std::collections::BTreeMap;

/// Fits the servers to the target.
pub(super) fn fit<'a>(
    target: Target,
    servers: &'a [PlannedServer],
    options: &TargetOptions,
    uncounted: Uncounted,
    losses: &mut Losses,
) -> Result<Vec<FittedServer<'a>>, Refused> {
    let mut fitted: Vec<FittedServer<'a>> = Vec::with_capacity(servers.len());
    for server in servers {
        let alias = target.format().alias(&server.alias).map_err(|why| Refused::Alias {
            target,
            alias: server.alias.clone(),
            why,
        })?;
        if fitted.iter().any(|other| other.alias == alias) {
            return Err(Refused::TwoServers(alias));
        }
        fitted.push(One { target, capability: target.capability(), server, options, uncounted, losses }.fit(alias)?);
    }
    Ok(fitted)
}

/// One server on its way to a target.
struct One<'a, 'l> {
    target: Target,
    capability: &'static Capability,
    server: &'a PlannedServer,
    options: &'l TargetOptions,
    uncounted: Uncounted,
    losses: &'l mut Losses,
}

impl<'a> One<'a, '_> {
    fn fit(mut self, alias: String) -> Result<FittedServer<'a>, Refused> {
        let mut tools: Vec<FittedTool<'a>> = Vec::with_capacity(self.server.tools.len());
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        let mut unnamed = Vec::new();
        let mut unrefusable: Vec<&str> = Vec::new();
        let mut conditional = 0;
        for tool in &self.server.tools {
            let name = match self.target.format().name(&alias, &tool.name) {
                Ok(name) => name,
                Err(why) => {
                    self.falls_to_default(tool, why, &mut unrefusable);
                    unnamed.push(tool.name.as_str());
                    continue;
                }
            };
            let mut one = self.fit_tool(tool, name);
            if !one.conditions.is_empty() {
                conditional += 1;
                if conditional > self.capability.most_conditional {
                    one.conditions.clear();
                    let why = (self.capability.lists, Deviation::Stricter);
                    one.effect = self.fall(tool, tool.decision.otherwise, Some(why));
                }
            }
            match places.get(&one.name) {
                Some(place) => self.merge(&mut tools[*place], one),
                None => {
                    places.insert(one.name.clone(), tools.len());
                    tools.push(one);
                }
            }
        }
        if let (Some(example), false) = (unrefusable.first(), self.options.lossy) {
            return Err(Refused::CannotRefuse {
                target: self.target,
                server: self.server.name.clone(),
                tools: unrefusable.len(),
                example: (*example).chars().take(80).collect(),
            });
        }
        let launch = self.server.launch.as_ref();
        Ok(FittedServer { name: &self.server.name, alias, launch, tools, unnamed })
    }

    fn fit_tool(&mut self, tool: &'a PlannedTool, name: String) -> FittedTool<'a> {
        let decision = &tool.decision;
        let mut conditions = Vec::with_capacity(decision.conditions.len());
        let mut impossible = None;
        for condition in &decision.conditions {
            match self.target.format().adapt(condition) {
                Adapted::Same => conditions.push(condition.clone()),
                Adapted::Stricter(test, why) => {
                    let written = Condition { test, ..condition.clone() };
                    self.lose(tool, &condition.into(), &(&written).into(), Deviation::Stricter, why);
                    conditions.push(written);
                }
                Adapted::No(why) => {
                    impossible = Some(why);
                    break;
                }
            }
        }
        let effect = match impossible {
            None => self.fall(tool, decision.effect, None),
            Some(why) => {
                conditions.clear();
                // As with what cannot be counted: what is let through as a whole is not asked about for what cannot be seen.
                match decision.tightened && self.lets_uncounted(tool) {
                    true => self.fall(tool, decision.effect, Some((why, Deviation::Looser))),
                    false => self.fall(tool, decision.otherwise, Some((why, Deviation::Stricter))),
                }
            }
        };
        // A person who is asked sees the arguments; a refused tool needs no tests.
        if !effect.is_allowed() {
            conditions.clear();
        }
        // Where a target looks at arguments and asks, it asks about the calls that a guard does not admit.
        let asks = self.capability.ask && decision.otherwise == PolicyEffect::Ask;
        FittedTool {
            name,
            stands_for: vec![&tool.name],
            effect,
            conditions,
            failing: if asks { PolicyEffect::Ask } else { PolicyEffect::Deny },
            decided: decision.effect,
            reason: decision.reason.clone(),
            input_schema: tool.input_schema.as_ref(),
        }
    }

    /// Whether the profile lets calls of the tool through that a target cannot count.
    fn lets_uncounted(&self, tool: &PlannedTool) -> bool {
        tool.decision.uncounted.unwrap_or(self.uncounted) == Uncounted::Allow
    }

    /// The nearest effect that the target has and that is no looser than `wanted`. `unseen` is set where the arguments, which
    /// the target cannot look at, already made it another than decided: why, and how far.
    fn fall(
        &mut self,
        tool: &'a PlannedTool,
        wanted: PolicyEffect,
        unseen: Option<(&'static str, Deviation)>,
    ) -> PolicyEffect {
        let capability = self.capability;
        let mut reasons: Vec<&str> = unseen.iter().map(|(why, _)| *why).collect();
        let mut change = unseen.map_or(Deviation::Visible, |(_, change)| change);
        let mut effect = wanted;
        if matches!(effect, PolicyEffect::Limit { .. }) && !capability.rate {
            reasons.push("it cannot count calls");
            if self.lets_uncounted(tool) {
                effect = PolicyEffect::Allow;
                change = change.max(Deviation::Looser);
            } else {
                effect = PolicyEffect::Ask;
                change = Deviation::Stricter;
            }
        }
        if effect == PolicyEffect::Ask && !capability.ask {
            reasons.push("it cannot ask a person");
            // Only what was decided as a whole: where arguments made it ask, it is refused.
            (effect, change) = match tool.decision.unasked {
                Some(limit) if capability.rate && unseen.is_none() => (limit, Deviation::Looser),
                _ => (PolicyEffect::Deny, Deviation::Stricter),
            };
        }
        if effect.is_refused() && capability.refusal == RefusalMode::Never {
            reasons.push("it cannot refuse");
            effect = PolicyEffect::Ask;
            change = Deviation::Asked;
        } else if effect == PolicyEffect::Hide && !capability.hide {
            reasons.push("it cannot hide a tool");
            effect = PolicyEffect::Deny;
        }
        if !reasons.is_empty() {
            let decided = Described::new(tool.decision.effect, &tool.decision.conditions);
            self.lose(tool, &decided, &Described::new(effect, &[]), change, &reasons.join(", and "));
        }
        effect
    }

    /// A tool that the document cannot name: the target's default governs it.
    fn falls_to_default(&mut self, tool: &'a PlannedTool, why: &str, unrefusable: &mut Vec<&'a str>) {
        let default = self.capability.default;
        let decided = tool.decision.effect;
        let change = match decided.is_refused() && !default.is_refused() {
            true if self.capability.refusal == RefusalMode::Never => Deviation::Asked,
            true => {
                unrefusable.push(&tool.name);
                Deviation::Asked
            }
            false => Deviation::Stricter,
        };
        let alike = decided == default || (decided.is_refused() && default.is_refused());
        if !alike {
            let why = format!("the name cannot be written: {why}");
            let decided = Described::new(decided, &tool.decision.conditions);
            self.lose(tool, &decided, &Described::new(default, &[]), change, &why);
        }
    }

    /// Two tools under one name get what is stricter for both.
    fn merge(&mut self, first: &mut FittedTool<'a>, other: FittedTool<'a>) {
        let mut effect = first.effect.stricter(other.effect);
        let conditions = match (first.conditions.as_slice(), other.conditions.as_slice()) {
            _ if !effect.is_allowed() => Vec::new(),
            (here, there) if there.is_empty() || here == there => here.to_vec(),
            ([], there) => there.to_vec(),
            // Tests that speak of different schemas cannot be put together.
            _ => {
                effect = PolicyEffect::Deny;
                Vec::new()
            }
        };
        let twice = other.stands_for.iter().all(|name| first.stands_for.contains(name));
        let why = if twice { "the server lists the name twice" } else { "the target spells two tools alike" };
        for (part, names) in [(&*first, &first.stands_for), (&other, &other.stands_for)] {
            let (before, after) = (Described::new(part.effect, &part.conditions), Described::new(effect, &conditions));
            if !before.is(&after) {
                for name in names {
                    self.losses.add((&self.server.name, name), &before, &after, Deviation::Stricter, why);
                }
            }
        }
        if other.effect.rank() > first.effect.rank() {
            first.reason.clone_from(&other.reason);
            first.decided = other.decided;
        }
        if first.conditions.is_empty() && !conditions.is_empty() {
            first.input_schema = other.input_schema;
        }
        first.effect = effect;
        first.failing = first.failing.stricter(other.failing);
        first.conditions = conditions;
        for name in other.stands_for {
            if !first.stands_for.contains(&name) {
                first.stands_for.push(name);
            }
        }
    }

    fn lose(&mut self, tool: &PlannedTool, decided: &Described, written: &Described, change: Deviation, why: &str) {
        self.losses.add((&self.server.name, &tool.name), decided, written, change, why);
    }
}
