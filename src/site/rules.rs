//! The pages of rules and of traits: what each sees, why it matters, examples, how many tools.

use super::address::PagePath;
use super::browse::Facet;
use super::frame::{Frame, TraitLink, counted, grouped, percent};
use super::pages::{Pages, SiteError};
use super::rule_note::RuleNote;
use super::tool_page::Neighbour;
use crate::classify::{AttackPattern, attack_patterns};
use crate::model::{Class, Risk, Trait};
use crate::store::{Reader, RuleUse};
use askama::Template;
use std::collections::BTreeSet;

/// A rule in a line.
struct RuleRow {
    address: String,
    id: String,
    because: String,
    leads: String,
    tools: String,
}

/// Rules that stand together: those of one file of the pack, or of one kind that is in none.
struct RuleGroup {
    title: String,
    is_file: bool,
    rules: Vec<RuleRow>,
}

#[derive(Template)]
#[template(path = "rules.html")]
struct RulesPage {
    frame: Frame,
    count: usize,
    groups: Vec<RuleGroup>,
}

#[derive(Template)]
#[template(path = "rule.html")]
struct RulePage<'a> {
    frame: Frame,
    rule: &'a RuleNote,
    class: Option<Class>,
    traits: Vec<TraitLink>,
    tools: u64,
    share: String,
    seen_on: Vec<Neighbour>,
}

#[derive(Template)]
#[template(path = "trait.html")]
struct TraitPage {
    frame: Frame,
    name: &'static str,
    means: &'static str,
    tools: u64,
    share: String,
    browse: String,
    attacks: Vec<AttackPattern>,
    rules: Vec<RuleRow>,
    gravest: Vec<Neighbour>,
}

/// Tools that are named of a trait.
const NAMED: usize = 12;

fn row(pages: &Pages, reader: &Reader, rule: &RuleNote) -> Result<RuleRow, SiteError> {
    let used = pages.rule_use(reader)?.get(&rule.id).map_or(0, |used| used.tools);
    let class = rule.class.map(Class::as_str);
    let leads: Vec<&str> = class.into_iter().chain(rule.traits.iter().map(|one| one.as_str())).collect();
    Ok(RuleRow {
        address: PagePath::Rule(rule.id.clone()).address(),
        id: rule.id.clone(),
        because: rule.because.clone(),
        leads: leads.join(", "),
        tools: grouped(used),
    })
}

/// All rules, by file.
pub(super) fn rules(pages: &Pages, reader: &Reader) -> Result<String, SiteError> {
    let all = &pages.settings().rules;
    let mut groups: Vec<RuleGroup> = Vec::new();
    for rule in all {
        let line = row(pages, reader, rule)?;
        match groups.iter_mut().find(|group| group.title == rule.group) {
            Some(group) => group.rules.push(line),
            None => groups.push(RuleGroup { title: rule.group.clone(), is_file: rule.is_in_file, rules: vec![line] }),
        }
    }
    let count = all.iter().filter(|rule| rule.is_in_file).count();
    let about = format!("The {count} rules that judge tools: what each sees and why.");
    let page = RulesPage { frame: Frame::new(pages, &PagePath::Rules, "Rules", about), count, groups };
    Ok(page.render()?)
}

/// One rule; `None` where the rules at hand have no such one.
pub(super) fn rule(pages: &Pages, reader: &Reader, id: &str) -> Result<Option<String>, SiteError> {
    let Some(rule) = pages.rule(id) else { return Ok(None) };
    let used: RuleUse = pages.rule_use(reader)?.get(id).cloned().unwrap_or_default();
    let mut seen_on = Vec::new();
    for named in &used.first {
        seen_on.push(Neighbour {
            address: PagePath::Tool { server: named.server.clone(), tool: named.tool.clone() }.address(),
            tool: named.tool.clone(),
            server: named.server.clone(),
            class: "",
            risk: None,
        });
    }
    let page = RulePage {
        frame: Frame::new(
            pages,
            &PagePath::Rule(id.to_owned()),
            &format!("Rule {id}"),
            format!("The rule {id}: {}.", rule.because),
        ),
        class: rule.class,
        traits: rule.traits.iter().map(|one| TraitLink::of(*one)).collect(),
        tools: used.tools,
        share: percent(used.tools, pages.figures().tools),
        rule,
        seen_on,
    };
    Ok(Some(page.render()?))
}

/// What a trait means and where it is found.
pub(super) fn of_trait(pages: &Pages, reader: &Reader, one: Trait) -> Result<String, SiteError> {
    let figures = pages.figures();
    let tools = figures.traits.iter().find(|count| count.of == one).map_or(0, |count| count.count);
    let mut rules = Vec::new();
    for rule in pages.settings().rules.iter().filter(|rule| rule.traits.contains(&one)) {
        rules.push(row(pages, reader, rule)?);
    }
    let mut gravest = Vec::new();
    for risk in Risk::ALL.iter().rev() {
        if gravest.len() < NAMED {
            let more = reader.leaves((None, Some(*risk), Some(one)), 0, NAMED - gravest.len())?;
            gravest.extend(more.into_iter().map(|leaf| super::tool_page::neighbour(&leaf.into())));
        }
    }
    let page = TraitPage {
        frame: Frame::new(
            pages,
            &PagePath::Trait(one),
            one.as_str(),
            format!("{one}: {}. {}.", one.means(), counted(tools, "tool has it", "tools have it")),
        ),
        name: one.as_str(),
        means: one.means(),
        tools,
        share: percent(tools, figures.tools),
        browse: PagePath::Browse(Facet::Trait(one), 1).address(),
        attacks: attack_patterns(&BTreeSet::from([one]))?,
        rules,
        gravest,
    };
    Ok(page.render()?)
}
