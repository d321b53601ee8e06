//! What pages claim of tools, held against what the database knows and the rules say.

use super::bench::Bench;
use super::tool::find_tools;
use crate::model::{Tool, ToolOrigin, Verdict};
use crate::policy::{PolicyEffect, Profile, Window, decide_found, decide_with_arguments};
use crate::report::{ComparedPart, ComparisonBasis, ComparisonReport, OwnView, PublishedTool, PublishedView};
use crate::source::published::{Claim, Published, Treatment};
use crate::store::{Reader, StoreError};

/// A page and where it was.
#[derive(Debug, Clone)]
pub struct PublishedPage {
    pub place: String,
    pub published: Published,
}

/// Servers on which one claim is looked at, where the page does not tell which it means.
const MOST_SERVERS: usize = 20;

/// Holds every claim of the pages against the tools that are known. Without a database the words of the pages are judged.
///
/// # Errors
/// The database cannot be read.
pub fn comparison_report(
    reader: Option<&Reader>,
    bench: &Bench,
    profile: &Profile,
    pages: Vec<PublishedPage>,
    problems: Vec<String>,
) -> Result<ComparisonReport, StoreError> {
    let mut tools = Vec::new();
    let mut all = problems;
    for PublishedPage { place, published } in pages {
        all.extend(published.problems.into_iter().map(|problem| format!("{place}: {problem}")));
        for claim in &published.claims {
            compare(reader, bench, profile, &place, claim, &mut tools)?;
        }
    }
    Ok(ComparisonReport::new(bench.digest(), tools, all))
}

fn compare(
    reader: Option<&Reader>,
    bench: &Bench,
    profile: &Profile,
    page: &str,
    claim: &Claim,
    tools: &mut Vec<PublishedTool>,
) -> Result<(), StoreError> {
    let mut found = Vec::new();
    if let Some(reader) = reader {
        found = find_tools(reader, &claim.tool, None)?;
        // Pages write names in their addresses' style.
        for spelled in if found.is_empty() { reader.namesakes(&claim.tool)?.spellings } else { Vec::new() } {
            found.extend(find_tools(reader, &spelled, None)?);
        }
    }
    let is_meant =
        |server: &str, target: &str| claim.server.as_ref().is_some_and(|claimed| means(claimed, server, target));
    let any_meant = found.iter().any(|tool| is_meant(&tool.server, &tool.target));
    found.retain(|tool| !any_meant || is_meant(&tool.server, &tool.target));
    found.truncate(MOST_SERVERS);
    let elsewhere = claim.server.is_some() && !any_meant && !found.is_empty();
    for tool in &found {
        let effect = decide_found(profile, tool).effect;
        let ours = own(Some(tool.server.clone()), &tool.verdict, effect);
        tools.push(compared(page, claim, ComparisonBasis::Definition, &tool.verdict, effect, ours, elsewhere));
    }
    if !found.is_empty() {
        return Ok(());
    }
    let Some(description) = &claim.description else {
        tools.push(PublishedTool {
            page: page.to_owned(),
            tool: claim.tool.clone(),
            basis: ComparisonBasis::Nothing,
            differs: vec![ComparedPart::Unknown],
            milder: false,
            theirs: theirs(claim),
            ours: None,
        });
        return Ok(());
    };
    let definition = serde_json::json!({"name": claim.tool, "description": description}).to_string();
    // What was just written is a definition.
    let Ok(tool) = Tool::from_json(&definition) else { return Ok(()) };
    let server = claim.server.clone().unwrap_or_default();
    for verdict in bench.judge_tools(&server, std::slice::from_ref(&tool)) {
        let effect = decide_with_arguments(profile, &verdict, Some(ToolOrigin::Declared), &tool).effect;
        let ours = own(None, &verdict, effect);
        tools.push(compared(page, claim, ComparisonBasis::Page, &verdict, effect, ours, false));
    }
    Ok(())
}

/// Whether a page's word for a server can mean this one: its name, its package, or either as part of an address.
fn means(claimed: &str, server: &str, target: &str) -> bool {
    let slug = |text: &str| -> String {
        let mut slug = String::new();
        for c in text.to_lowercase().chars() {
            match c.is_alphanumeric() {
                true => slug.push(c),
                false if slug.ends_with('-') || slug.is_empty() => {}
                false => slug.push('-'),
            }
        }
        slug.trim_end_matches('-').to_owned()
    };
    let (claimed, own) = (slug(claimed), [server, target]);
    own.iter().any(|name| {
        let bare = name.split_once(':').map_or(*name, |(_, rest)| rest);
        let (name, bare) = (slug(name), slug(bare));
        !claimed.is_empty() && (name == claimed || bare == claimed || claimed.contains(&name) && name.len() > 5)
    })
}

fn theirs(claim: &Claim) -> PublishedView {
    PublishedView {
        server: claim.server.clone(),
        category: claim.category.map(|category| category.to_string()),
        risk: claim.risk.map(|risk| risk.to_string()),
        policy: claim.treatment.map(|treatment| treatment.to_string()),
    }
}

fn own(server: Option<String>, verdict: &Verdict, effect: PolicyEffect) -> OwnView {
    OwnView {
        server,
        class: verdict.class.to_string(),
        traits: verdict.traits.iter().map(ToString::to_string).collect(),
        category: verdict.category.to_string(),
        risk: verdict.risk.to_string(),
        confidence: verdict.confidence.to_string(),
        policy: effect.to_string(),
        rationale: verdict.rationale.clone(),
        evidence: verdict.evidence.clone(),
    }
}

fn compared(
    page: &str,
    claim: &Claim,
    basis: ComparisonBasis,
    verdict: &Verdict,
    effect: PolicyEffect,
    ours: OwnView,
    elsewhere: bool,
) -> PublishedTool {
    let mut differs = Vec::new();
    if elsewhere {
        differs.push(ComparedPart::Server);
    }
    if claim.category.is_some_and(|category| category != verdict.category) {
        differs.push(ComparedPart::Category);
    }
    if claim.risk.is_some_and(|risk| risk != verdict.risk) {
        differs.push(ComparedPart::Risk);
    }
    if claim.treatment.is_some_and(|treatment| treatment.to_string() != effect.to_string()) {
        differs.push(ComparedPart::Policy);
    }
    let milder = claim.risk.is_some_and(|risk| risk < verdict.risk)
        || claim.treatment.is_some_and(|treatment| is_milder(treatment, effect));
    let (page, tool) = (page.to_owned(), claim.tool.clone());
    PublishedTool { page, tool, basis, differs, milder, theirs: theirs(claim), ours: Some(ours) }
}

/// Whether a published policy lets more calls through than ours.
fn is_milder(theirs: Treatment, ours: PolicyEffect) -> bool {
    let rank = match theirs {
        Treatment::Allow => 0,
        Treatment::Limit { .. } | Treatment::Guard => 1,
        Treatment::Ask => 2,
        Treatment::Deny => 3,
        Treatment::Hide => 4,
    };
    match (theirs, ours) {
        (Treatment::Limit { max, seconds }, PolicyEffect::Limit { max: own, window }) => {
            let own_seconds: u64 = match window {
                Window::Minute => 60,
                Window::Hour => 3_600,
                Window::Day => 86_400,
            };
            u128::from(max) * u128::from(own_seconds) > u128::from(own) * u128::from(seconds)
        }
        _ => rank < ours.rank(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_may_name_a_server_by_its_address_or_its_package() {
        for (claimed, server, target) in [
            ("io-github-clay-kiln", "io.github.clay/kiln", "npm:@clay/kiln"),
            ("Kiln (npm:@clay/kiln)", "io.github.clay/kiln", "npm:@clay/kiln"),
            ("@clay/kiln", "npm:@clay/kiln", "npm:@clay/kiln"),
        ] {
            assert!(means(claimed, server, target), "{claimed}");
        }
        for claimed in ["", "glaze", "kil", "io-github-other-kiln"] {
            assert!(!means(claimed, "io.github.clay/kiln", "npm:@clay/kiln"), "{claimed}");
        }
    }

    #[test]
    fn limits_are_compared_by_their_rate() {
        let ours = |max| PolicyEffect::Limit { max, window: Window::Minute };
        let theirs = |max, seconds| Treatment::Limit { max, seconds };
        assert!(is_milder(theirs(60, 60), ours(30)) && !is_milder(theirs(30, 60), ours(30)));
        assert!(!is_milder(theirs(60, 3_600), ours(10)) && is_milder(Treatment::Allow, ours(10)));
        assert!(!is_milder(Treatment::Hide, PolicyEffect::Hide) && is_milder(theirs(1, 60), PolicyEffect::Ask));
    }
}
