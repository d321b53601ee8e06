//! What people read first of a name that several servers have: who has it, how grave it is there, in what they differ. Of many
//! servers the gravest, and the others in numbers.

use super::style::by_risk;
use super::text::{first_line, paragraph, table};
use super::tool::ToolView;
use crate::model::Risk;
use crate::model::text::counted;
use crate::survey::{Difference, Variant};
use std::fmt::Write as _;

/// So many servers are named; of more the gravest.
const SERVERS: usize = 12;
/// So many values of one field are told; of more how many there are.
const VALUES: usize = 4;
/// So many servers are named beside a value.
const NAMED: usize = 3;
/// Signs of what a tool says it does.
const DOES: usize = 70;

/// Who has the name, gravest first; with `all` everybody.
pub(super) fn holders(gravest_first: &[&ToolView], all: bool) -> String {
    let mut out = format!("{} have a tool of this name.\n\n", counted(gravest_first.len(), "server"));
    let shown = if all { gravest_first.len() } else { SERVERS.min(gravest_first.len()) };
    let rows = gravest_first[..shown].iter().map(|view| {
        let v = &view.verdict;
        vec![view.server.clone(), v.class.to_string(), v.risk.to_string(), first_line(&v.does, DOES)]
    });
    out += &table(&["server", "class", "risk", "what it says it does"], rows);
    let rest = &gravest_first[shown..];
    if !rest.is_empty() {
        let of = |risk: &Risk| {
            let count = rest.iter().filter(|view| view.verdict.risk == *risk).count();
            (count > 0).then(|| by_risk(*risk, format!("{count} {risk}")))
        };
        let counts: Vec<String> = Risk::ALL.iter().rev().filter_map(of).collect();
        let _ = writeln!(out, "  … and {} more: {}", rest.len(), counts.join(", "));
    }
    out
}

/// In what their tools differ; with `all` every value and every server.
pub(super) fn differences(all_of_them: &[Difference], all: bool) -> String {
    if all_of_them.is_empty() {
        return String::new();
    }
    let mut rows = Vec::new();
    for difference in all_of_them {
        let values = &difference.variants;
        if values.len() > VALUES && !all {
            let held = values.iter().map(|value| value.servers.len()).max().unwrap_or_default();
            let commonest =
                if held == 1 { "each on one server".to_owned() } else { format!("the commonest on {held} servers") };
            let told = format!("{} different ones, {commonest}", values.len());
            rows.push(vec![difference.field.to_owned(), told, String::new()]);
            continue;
        }
        for (at, variant) in values.iter().enumerate() {
            let field = if at == 0 { difference.field } else { "" };
            rows.push(vec![field.to_owned(), variant.value.clone(), servers(variant, all)]);
        }
    }
    format!("\nThey differ in\n{}", table(&["field", "value", "servers"], rows))
}

/// How to see what is not shown of `servers` servers.
pub(super) fn more(servers: usize) -> String {
    let others = servers - 1;
    let line = format!(
        "The gravest of {servers} is shown; `--all` shows {others} more, `--server NAME` one, `mcpdex search` with --risk \
         those of a risk."
    );
    format!("\n{}", paragraph(&line, ""))
}

fn servers(variant: &Variant, all: bool) -> String {
    let shown = if all || variant.servers.len() <= NAMED + 1 { variant.servers.len() } else { NAMED };
    let named = variant.servers[..shown].join(", ");
    match variant.servers.len() - shown {
        0 => named,
        rest => format!("{named} and {rest} more"),
    }
}
