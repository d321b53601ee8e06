//! Envoy AI Gateway's MCPRoute: a selector keeps out what is refused, authorization rules look at arguments.
//!
//! Lists hold 32 entries at most, so a longer list of names becomes regular expressions (RE2). A tool with tests on its
//! arguments gets two rules: the first lets a call through that passes, the second refuses the rest. The first that
//! matches decides, and an expression that fails does not match, so a failure refuses.

use crate::capability::{Adapted, Capability, RefusalMode};
use crate::condition::{Condition, ListedCommands, Test};
use crate::decision::PolicyEffect;
use crate::fitted::{FittedServer, FittedTool};
use crate::format::{Format, PolicyFile, TargetOptions};
use crate::text::{comment, quoted};
use std::fmt::Write;

struct Writer;

/// The target as the list of targets takes it.
pub(in crate::targets) const FORMAT: &dyn Format = &Writer;

const CAPABILITY: Capability = Capability {
    title: "Envoy AI Gateway MCPRoute",
    file: "mcproute.yaml",
    one_server: false,
    refusal: RefusalMode::ByOmission,
    ask: false,
    rate: false,
    hide: true,
    arguments: Some("all tests, in CEL; experimental in the gateway"),
    default: PolicyEffect::Hide,
    names: "exact; a backend has only lower-case letters, digits and `-`",
    lists: "32 entries a list (more names become regular expressions), 32 rules a route, 16 tools a rule",
    most_conditional: MOST_CONDITIONAL,
    comments: true,
    engine: Some("cel"),
    steps: &[
        "Fill in the gateway under `parentRefs`",
        "Check that each backend has the name of its Service or Backend",
        "`kubectl apply -f mcproute.yaml`",
    ],
};

/// The limits of the custom resource: entries of a list, tools of a rule, characters of an expression.
const MOST_ENTRIES: usize = 32;
const MOST_TOOLS: usize = 16;
const LONGEST_EXPRESSION: usize = 4_096;

/// With 30 tools there are 30 rules that let through and 2 that refuse.
const MOST_CONDITIONAL: usize = 30;

/// A regular expression that matches nothing.
const NOTHING: &str = r"[^\x00-\x{10FFFF}]";

const ARGUMENTS: &str = "request.mcp.params.arguments";

impl Format for Writer {
    fn capability(&self) -> &'static Capability {
        &CAPABILITY
    }

    fn alias(&self, alias: &str) -> Result<String, &'static str> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !alias.is_empty() && alias.len() <= 63 && alias.chars().all(fits) {
            return Ok(alias.to_owned());
        }
        Err("a backend has at most 63 lower-case letters, digits and `-`")
    }

    fn adapt(&self, condition: &Condition) -> Adapted {
        let fits = |condition: &Condition| expression(condition).len() <= LONGEST_EXPRESSION / 3;
        if fits(condition) {
            return Adapted::Same;
        }
        // Of listed commands, those alone: what folders and addresses beside them let in takes the most room.
        if let Test::Command(listed) = &condition.test {
            let test = Test::Command(ListedCommands { commands: listed.commands.clone(), ..ListedCommands::default() });
            if fits(&Condition { test: test.clone(), ..condition.clone() }) {
                return Adapted::Stricter(test, "the expression for its folders and addresses would be too long");
            }
        }
        Adapted::No("the expression would be too long")
    }

    fn write(&self, servers: &[FittedServer<'_>], _options: &TargetOptions) -> Vec<PolicyFile> {
        let mut out = String::new();
        write_route(&mut out, servers).expect("a string takes all");
        vec![PolicyFile::main(&CAPABILITY, out)]
    }
}

fn write_route(out: &mut String, servers: &[FittedServer<'_>]) -> std::fmt::Result {
    let name = servers.first().map_or("mcp", |server| server.alias.as_str());
    writeln!(out, "apiVersion: \"aigateway.envoyproxy.io/v1alpha1\"\nkind: \"MCPRoute\"")?;
    writeln!(out, "metadata:\n  name: {}", quoted(name))?;
    writeln!(out, "spec:\n  parentRefs:\n    - name: \"replace-me\"\n      kind: \"Gateway\"")?;
    writeln!(out, "      group: \"gateway.networking.k8s.io\"\n  backendRefs:")?;
    for server in servers {
        writeln!(out, "    - name: {}\n      port: 8080\n      toolSelector:", quoted(&server.alias))?;
        write_selector(out, server)?;
    }
    let conditional: Vec<(&FittedServer<'_>, &FittedTool<'_>)> = servers
        .iter()
        .flat_map(|server| server.tools.iter().map(move |tool| (server, tool)))
        .filter(|(_, tool)| !tool.conditions.is_empty())
        .collect();
    if conditional.is_empty() {
        return Ok(());
    }
    writeln!(out, "  securityPolicy:\n    authorization:\n      defaultAction: \"Allow\"\n      rules:")?;
    for (server, tool) in &conditional {
        let tests: Vec<_> = tool.conditions.iter().map(expression).collect();
        writeln!(out, "        # {}: {}", comment(&tool.name), comment(&tool.reason))?;
        writeln!(out, "        - action: \"Allow\"\n          cel: {}", quoted(&tests.join(" && ")))?;
        writeln!(out, "          target:\n            tools:")?;
        write_tool(out, server, tool)?;
    }
    for chunk in conditional.chunks(MOST_TOOLS) {
        writeln!(out, "        # whatever did not pass above")?;
        writeln!(out, "        - action: \"Deny\"\n          target:\n            tools:")?;
        for (server, tool) in chunk {
            write_tool(out, server, tool)?;
        }
    }
    Ok(())
}

fn write_tool(out: &mut String, server: &FittedServer<'_>, tool: &FittedTool<'_>) -> std::fmt::Result {
    writeln!(out, "              - backend: {}\n                tool: {}", quoted(&server.alias), quoted(&tool.name))
}

fn write_selector(out: &mut String, server: &FittedServer<'_>) -> std::fmt::Result {
    let allowed: Vec<_> = server.allowed().collect();
    match allowed.len() {
        0 => writeln!(out, "        # matches no text at all\n        includeRegex:\n          - {}", quoted(NOTHING)),
        1..=MOST_ENTRIES => {
            writeln!(out, "        include:")?;
            for tool in allowed {
                writeln!(out, "          # {}\n          - {}", comment(&tool.reason), quoted(&tool.name))?;
            }
            Ok(())
        }
        count => {
            writeln!(out, "        includeRegex:")?;
            for chunk in allowed.chunks(count.div_ceil(MOST_ENTRIES)) {
                let names: Vec<_> = chunk.iter().map(|tool| regex::escape(&tool.name)).collect();
                writeln!(out, "          - {}", quoted(&format!("^(?:{})$", names.join("|"))))?;
            }
            Ok(())
        }
    }
}

/// The CEL expression that is true when the condition holds, and fails or is false otherwise.
fn expression(condition: &Condition) -> String {
    let key = quoted(&condition.argument);
    let given = format!("{key} in {ARGUMENTS}");
    let value = format!("{ARGUMENTS}[{key}]");
    let absent = format!("!has({ARGUMENTS}) || !({given})");
    match &condition.test {
        Test::OneOf(values) => {
            let list: Vec<_> = values.iter().map(|v| quoted(v)).collect();
            format!("{given} && {value} in [{}]", list.join(", "))
        }
        Test::FalseOrAbsent => format!("({absent} || {value} == false)"),
        Test::Absent => format!("({absent})"),
        Test::True => format!("{given} && {value} == true"),
        Test::AtMost(most) => format!("{given} && {value} >= 0.0 && {value} <= {most}.0"),
        Test::Select(_) | Test::Inside(_) | Test::Address(_) | Test::Public | Test::Command(_) => {
            match condition.test.pattern() {
                Some(pattern) => format!("{given} && {value}.matches({})", quoted(&pattern)),
                None => "false".to_owned(),
            }
        }
    }
}
