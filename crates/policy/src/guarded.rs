//! What a guard admits of a tool that otherwise asks: reading statements, listed commands, files inside a folder sent to a
//! listed address. A guard may loosen only where what it looks at is all that makes the tool grave.

use super::condition::{ListedCommands, Test};
use super::decision::{Decision, PolicyEffect};
use super::guard::SqlDialect;
use super::parameter::{is_one_of, is_path, is_type, is_url};
use super::profile::{Arguments, Profile};
use mcpdex_model::{Class, Parameter, Tool, Trait, Verdict};

/// Lets through what a guard admits, where the profile says how often; and keeps what is counted to what a guard admits.
pub(super) fn admit(profile: &Profile, verdict: &Verdict, tool: &Tool, known: &[Parameter], decision: &mut Decision) {
    let has = |one: &Trait| verdict.traits.contains(one);
    let limit = match (decision.effect, decision.guarded) {
        (PolicyEffect::Ask, Some(limit)) => Some(limit),
        (PolicyEffect::Limit { .. }, _) if verdict.class == Class::Execute => None,
        _ => return,
    };
    // What is counted anyway is only kept to less.
    let sound = limit.is_none() || only(verdict, &[Trait::CodeExecution, Trait::PrivateData, Trait::UntrustedContent]);
    let (tests, what) = if profile.arguments.sql
        && sound
        && let Some(test) = statement(verdict, tool, known)
    {
        (vec![test], "when the statement only reads")
    } else if limit.is_some()
        && has(&Trait::CodeExecution)
        && only(verdict, &[Trait::CodeExecution])
        && let Some(tests) = command(profile, known)
    {
        (tests, "when the command is a listed one")
    } else if limit.is_some()
        && has(&Trait::FileAccess)
        && !has(&Trait::CodeExecution)
        && !has(&Trait::CredentialAccess)
        && let Some(tests) = transfer(profile, known)
    {
        (tests, "when the file and the address are listed")
    } else {
        return;
    };
    if let Some(limit) = limit {
        decision.otherwise = decision.effect;
        decision.effect = limit;
        decision.reason = format!("{}, but not {what}", decision.reason);
    }
    for (argument, test) in tests {
        decision.need(argument, test, "what a guard admits does no more");
    }
}

/// Whether nothing beyond these traits makes the tool what it is.
fn only(verdict: &Verdict, traits: &[Trait]) -> bool {
    verdict.traits.iter().all(|one| traits.contains(one))
}

/// Parameters that are code of their own.
const CODE: [&str; 13] = [
    "command",
    "cmd",
    "command_line",
    "shell_command",
    "code",
    "script",
    "expression",
    "args",
    "arguments",
    "env",
    "environment",
    "stdin",
    "program",
];

fn texts(known: &[Parameter]) -> impl Iterator<Item = &Parameter> {
    known.iter().filter(|p| is_type(p, &["string"]))
}

/// SQL of the caller's, where that is the only meaning the parameter can have and no other holds code.
fn statement<'a>(verdict: &Verdict, tool: &Tool, known: &'a [Parameter]) -> Option<(&'a str, Test)> {
    let says = |p: &Parameter, words: &[&str]| {
        p.description.as_deref().is_some_and(|text| words_of(text).any(|found| words.contains(&found.as_str())))
    };
    let is_sql = |p: &&Parameter| {
        is_one_of(&p.name, &["sql", "sql_query", "sql_statement", "sql_text"])
            || (is_one_of(&p.name, &["query", "statement"])
                && (says(p, &["sql", "select"]) || (verdict.class == Class::Read && tells_sql(tool)))
                && !says(p, &["graphql", "cypher", "sparql", "gremlin", "promql"]))
    };
    let candidates: Vec<&Parameter> = texts(known).filter(is_sql).collect();
    let [parameter] = candidates.as_slice() else { return None };
    if known.iter().any(|p| p.name != parameter.name && is_one_of(&p.name, &CODE)) {
        return None;
    }
    Some((&parameter.name, Test::Select(dialect(verdict, tool))))
}

fn words_of(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_ascii_lowercase)
}

/// Whether the description speaks of SQL and of no other language.
fn tells_sql(tool: &Tool) -> bool {
    let text = tool.description.as_deref().unwrap_or_default();
    let other = ["graphql", "cypher", "sparql", "gremlin", "promql", "mongodb", "aql", "cql", "kql"];
    let mut words = words_of(text).peekable();
    words.peek().is_some()
        && words_of(text).any(|word| word == "sql" || word == "select" || dialect_of(&word).is_some())
        && !words_of(text).any(|word| other.contains(&word.as_str()))
}

fn dialect_of(word: &str) -> Option<SqlDialect> {
    Some(match word {
        "postgres" | "postgresql" | "pg" | "redshift" | "cockroachdb" => SqlDialect::Postgres,
        "mysql" | "mariadb" => SqlDialect::MySql,
        "sqlite" | "sqlite3" => SqlDialect::Sqlite,
        "mssql" | "sqlserver" | "tsql" => SqlDialect::MsSql,
        "bigquery" => SqlDialect::BigQuery,
        "snowflake" => SqlDialect::Snowflake,
        "duckdb" | "motherduck" => SqlDialect::DuckDb,
        "clickhouse" => SqlDialect::ClickHouse,
        _ => return None,
    })
}

/// The one dialect that the tool and its server speak of; none where they speak of several.
fn dialect(verdict: &Verdict, tool: &Tool) -> SqlDialect {
    let text = [verdict.server.as_str(), &tool.name, tool.description.as_deref().unwrap_or_default()].join(" ");
    let mut found: Vec<SqlDialect> = words_of(&text).filter_map(|word| dialect_of(&word)).collect();
    found.sort_unstable();
    found.dedup();
    if let [one] = found.as_slice() { *one } else { SqlDialect::Generic }
}

/// A command line, where nothing but switches and numbers stands beside it.
fn command<'a>(profile: &Profile, known: &'a [Parameter]) -> Option<Vec<(&'a str, Test)>> {
    let Arguments { commands, paths, urls, .. } = &profile.arguments;
    let listed = ListedCommands { commands: commands.clone(), folders: paths.clone(), addresses: urls.clone() };
    let mut tests = Vec::new();
    for parameter in known {
        if is_one_of(&parameter.name, &["command", "cmd", "command_line", "shell_command"])
            && is_type(parameter, &["string"])
        {
            tests.push((parameter.name.as_str(), Test::Command(listed.clone())));
        } else if is_one_of(&parameter.name, &["cwd", "working_directory", "workdir"]) && !paths.is_empty() {
            tests.push((parameter.name.as_str(), Test::Inside(paths.clone())));
        } else if !is_type(parameter, &["boolean", "number", "integer"]) {
            return None;
        }
    }
    let one = tests.iter().filter(|(_, test)| matches!(test, Test::Command(_))).count() == 1;
    (one && !commands.is_empty()).then_some(tests)
}

/// A file that leaves: every path inside the folders and every address below those that the profile lists.
fn transfer<'a>(profile: &Profile, known: &'a [Parameter]) -> Option<Vec<(&'a str, Test)>> {
    let (urls, paths) = (&profile.arguments.urls, &profile.arguments.paths);
    let mut tests = Vec::new();
    for parameter in texts(known) {
        if is_url(&parameter.name) {
            tests.push((parameter.name.as_str(), Test::Address(urls.clone())));
        } else if is_path(&parameter.name) {
            tests.push((parameter.name.as_str(), Test::Inside(paths.clone())));
        } else {
            return None;
        }
    }
    let plain = known.iter().all(|p| is_type(p, &["string", "boolean", "number", "integer"]));
    let both = |is: fn(&Test) -> bool| tests.iter().any(|(_, test)| is(test));
    let whole = both(|t| matches!(t, Test::Address(_))) && both(|t| matches!(t, Test::Inside(_)));
    (plain && whole && !urls.is_empty() && !paths.is_empty()).then_some(tests)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::decide_with_arguments;
    use mcpdex_model::{Evidence, Field, Risk};

    fn tool(description: &str, properties: &str) -> Tool {
        let text = format!(
            r#"{{"name":"t","description":"{description}","inputSchema":{{"type":"object","properties":{properties}}}}}"#
        );
        Tool::from_json(&text).expect("valid")
    }

    fn runs(traits: &[Trait]) -> Verdict {
        Verdict::bare("t", Class::Execute, traits)
    }

    fn own(arguments: &str) -> Profile {
        let rule = "[[rule]]\nwhen={risk=['critical']}\neffect='ask'\nguarded='10/minute'\nbecause='y'\n[[rule]]\neffect='ask'\nbecause='z'";
        Profile::from_toml("own", &format!("about='x'\n{rule}\n[arguments]\n{arguments}")).expect("valid")
    }

    #[test]
    fn free_sql_is_let_through_where_it_only_reads_and_asks_otherwise() {
        for (description, properties, dialect) in [
            ("Runs SQL.", r#"{"sql":{"type":"string"}}"#, SqlDialect::Generic),
            (
                "Runs it on PostgreSQL.",
                r#"{"query":{"type":"string","description":"SQL to run"}}"#,
                SqlDialect::Postgres,
            ),
            (
                "Runs it on MySQL or SQLite.",
                r#"{"sql":{"type":"string"},"limit":{"type":"integer"}}"#,
                SqlDialect::Generic,
            ),
        ] {
            let decision = decide_with_arguments(
                Profile::balanced(),
                &runs(&[Trait::CodeExecution]),
                None,
                &tool(description, properties),
            );
            assert_eq!((decision.effect.to_string().as_str(), decision.otherwise), ("10/minute", PolicyEffect::Ask));
            assert_eq!(decision.conditions[0].test, Test::Select(dialect), "{description}");
        }
    }

    #[test]
    fn no_guard_loosens_what_it_does_not_see() {
        let code = [Trait::CodeExecution];
        for (traits, properties) in [
            (&code[..], r#"{"query":{"type":"string"}}"#),
            (&code, r#"{"query":{"type":"string","description":"SQL or Cypher"}}"#),
            (&code, r#"{"sql":{"type":"object"}}"#),
            (&code, r#"{"sql":{"type":"string"},"script":{"type":"string"}}"#),
            (&code, r#"{"sql":{"type":"string"},"query":{"type":"string","description":"SQL"}}"#),
            (&[Trait::CodeExecution, Trait::NetworkEgress], r#"{"sql":{"type":"string"},"url":{"type":"string"}}"#),
            (&[Trait::CodeExecution, Trait::Financial], r#"{"sql":{"type":"string"}}"#),
        ] {
            let decision = decide_with_arguments(Profile::balanced(), &runs(traits), None, &tool("Runs.", properties));
            assert_eq!((decision.effect, decision.conditions.len()), (PolicyEffect::Ask, 0), "{properties}");
        }
        let gone = runs(&[Trait::CodeExecution, Trait::Destructive]);
        let decision =
            decide_with_arguments(Profile::balanced(), &gone, None, &tool("Runs.", r#"{"sql":{"type":"string"}}"#));
        assert_eq!(decision.effect, PolicyEffect::Hide);
    }

    #[test]
    fn a_query_that_is_said_to_read_asks_where_no_guard_sees_it() {
        let evidence = Evidence {
            rule: "accepts-only-reading-queries".into(),
            field: Field::Description,
            pointer: "/description".into(),
            text: "read-only".into(),
            start: 0,
            end: 9,
        };
        let reads = Verdict { risk: Risk::Medium, evidence: vec![evidence], ..Verdict::bare("t", Class::Read, &[]) };
        let query = r#"{"query":{"type":"string"}}"#;
        let sql = decide_with_arguments(Profile::balanced(), &reads, None, &tool("Runs a read-only SQL query.", query));
        assert_eq!((sql.effect.to_string().as_str(), sql.otherwise), ("30/minute", PolicyEffect::Ask));
        let graph =
            decide_with_arguments(Profile::balanced(), &reads, None, &tool("Runs a read-only Cypher query.", query));
        assert_eq!((graph.effect, graph.conditions.len()), (PolicyEffect::Ask, 0));
    }

    #[test]
    fn a_listed_command_runs_where_nothing_else_decides_what_it_does() {
        let profile = own("commands=['git status']\npaths=['/srv/pots/']");
        let decide = |properties: &str| {
            decide_with_arguments(&profile, &runs(&[Trait::CodeExecution]), None, &tool("Runs a command.", properties))
        };
        let whole = decide(r#"{"command":{"type":"string"},"cwd":{"type":"string"},"timeout":{"type":"integer"}}"#);
        assert_eq!((whole.effect.to_string().as_str(), whole.conditions.len()), ("10/minute", 2));
        for more in [r#""env":{"type":"object"}"#, r#""stdin":{"type":"string"}"#, r#""args":{"type":"array"}"#] {
            let decision = decide(&format!(r#"{{"command":{{"type":"string"}},{more}}}"#));
            assert_eq!((decision.effect, decision.conditions.len()), (PolicyEffect::Ask, 0), "{more}");
        }
    }

    #[test]
    fn a_file_leaves_only_from_listed_folders_to_listed_addresses() {
        let sends = Verdict {
            risk: Risk::Critical,
            ..Verdict::bare("t", Class::Write, &[Trait::FileAccess, Trait::NetworkEgress])
        };
        let both = r#"{"path":{"type":"string"},"url":{"type":"string"}}"#;
        let decide = |arguments: &str, properties: &str| {
            decide_with_arguments(&own(arguments), &sends, None, &tool("Uploads a file.", properties))
        };
        let listed = "urls=['https://pots.example/']\npaths=['/srv/pots/']";
        assert_eq!(decide(listed, both).conditions.len(), 2);
        assert_eq!(decide(listed, both).effect.to_string(), "10/minute");
        assert_eq!(decide("paths=['/srv/pots/']", both).effect, PolicyEffect::Ask);
        assert_eq!(
            decide(listed, r#"{"path":{"type":"string"},"recipient":{"type":"string"}}"#).effect,
            PolicyEffect::Ask
        );
    }
}
