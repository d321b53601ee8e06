//! Planned servers for the tests of policies.

use mcpdex::model::{Category, Class, Trait, Verdict};
use mcpdex::policy::{Decision, PlannedServer, PlannedTool, Profile, alias_of, decide_by};

pub(crate) fn tool(name: &str, decision: Decision) -> PlannedTool {
    PlannedTool::new(name, decision)
}

pub(crate) fn server(name: &str, tools: Vec<PlannedTool>) -> PlannedServer {
    PlannedServer { name: name.to_owned(), alias: alias_of(name), launch: None, tools }
}

/// A sure verdict of a category.
pub(crate) fn verdict(name: &str, category: Category) -> Verdict {
    let (class, traits): (Class, &[Trait]) = match category {
        Category::Read => (Class::Read, &[]),
        Category::Write => (Class::Write, &[]),
        Category::Execute => (Class::Execute, &[]),
        Category::Destructive => (Class::Write, &[Trait::Destructive]),
        Category::Financial => (Class::Write, &[Trait::Financial]),
    };
    Verdict::bare(name, class, traits)
}

/// A server whose tools are of these categories, decided by a profile.
pub(crate) fn plan_of(profile: &Profile, name: &str, tools: &[(&str, &str)]) -> PlannedServer {
    let planned = tools.iter().map(|(tool, category)| {
        let verdict = verdict(tool, category.parse().expect("a category"));
        PlannedTool::new(*tool, decide_by(profile, &verdict, None))
    });
    server(name, planned.collect())
}
