//! The examiner: holds every rule against its own examples and says what is wrong with the pack.

use crate::judge::excuse::excuses;
use crate::judge::finding::{Fate, Finding};
use crate::language::server_context::ServerContext;
use crate::language::statements::Statements;
use crate::rules::ruleset::Ruleset;
use crate::rules::syntax::{ExampleSyntax, ParametersSyntax};
use mcpdex_model::{Annotations, Tool};
use serde_json::{Map, Value, json};

/// What is wrong with a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    pub rule: String,
    pub file: String,
    pub problem: String,
}

impl std::fmt::Display for Complaint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: rule `{}`: {}", self.file, self.rule, self.problem)
    }
}

/// The tool that an example describes, and its server.
pub(crate) fn tool_of(example: &ExampleSyntax) -> (ServerContext, Tool) {
    let mut properties = Map::new();
    match &example.parameters {
        Some(ParametersSyntax::Names(names)) => {
            for name in names {
                properties.insert(name.clone(), json!({ "type": "string" }));
            }
        }
        Some(ParametersSyntax::Schemas(schemas)) => {
            for (name, schema) in schemas {
                properties.insert(name.clone(), serde_json::to_value(schema).unwrap_or(Value::Null));
            }
        }
        None => {}
    }
    let mut schema = Map::new();
    schema.insert("type".to_owned(), Value::from("object"));
    schema.insert("properties".to_owned(), Value::Object(properties));
    let tool = Tool {
        name: example.name.clone(),
        title: example.title.clone(),
        description: example.description.clone(),
        input_schema: Some(schema),
        output_schema: None,
        annotations: Annotations::default(),
        oddities: Vec::new(),
        raw: String::new(),
        other_reading: None,
        code: None,
    };
    let siblings = example.siblings.iter().map(String::as_str).chain([tool.name.as_str()]);
    let context = ServerContext::of_names(example.server.as_deref().unwrap_or(""), siblings);
    (context, tool)
}

impl Ruleset {
    /// Examines every rule: each `fires` example ends with the rule as evidence and with its class and traits, each
    /// `quiet` example without it, and no clause is dead.
    pub fn examine(&self) -> Vec<Complaint> {
        let mut complaints = Vec::new();
        for (number, (rule, written)) in self.rules.iter().zip(self.as_written()).enumerate() {
            let number = number as u32;
            let mut complain = |problem: String| {
                complaints.push(Complaint { rule: rule.id.clone(), file: rule.file.clone(), problem });
            };
            let mut used = vec![false; rule.when.len()];
            for example in &written.rule.fires {
                let (context, tool) = tool_of(example);
                let finding = self.find(&context, &tool);
                let mut won = false;
                for hit in finding.fired.iter().filter(|hit| hit.rule == number) {
                    won |= hit.fate == Fate::Won;
                    used[hit.clause as usize] |= hit.fate == Fate::Won;
                }
                if !won {
                    let fate = finding.fired.iter().find(|hit| hit.rule == number).map(|hit| hit.fate);
                    complain(format!("missing: `fires` example `{}` ends without it ({fate:?})", example.name));
                }
                let verdict = self.judge(&context, &tool);
                if rule.class.is_some_and(|class| class != verdict.class) {
                    complain(format!("`fires` example `{}` ends as {}", example.name, verdict.class));
                }
                if let Some(lacks) = rule.traits.iter().find(|of| !verdict.traits.contains(of)) {
                    complain(format!("`fires` example `{}` ends without {lacks}", example.name));
                }
                if rule.floor.is_some_and(|floor| verdict.risk < floor) {
                    complain(format!("`fires` example `{}` ends with risk {}", example.name, verdict.risk));
                }
            }
            for (index, used) in used.iter().enumerate() {
                if !used {
                    complain(format!("no `fires` example needs `when` clause {}", index + 1));
                }
            }
            let mut needed = vec![false; rule.unless.len()];
            for example in &written.rule.quiet {
                let (context, tool) = tool_of(example);
                let finding = self.find(&context, &tool);
                if finding.fired.iter().any(|hit| hit.rule == number && hit.fate == Fate::Won) {
                    complain(format!("noisy: it fires on `quiet` example `{}`", example.name));
                }
                self.unless_held(number, &context, &finding, &mut needed);
            }
            for (index, needed) in needed.iter().enumerate() {
                if !needed {
                    complain(format!("no `quiet` example needs `unless` clause {}", index + 1));
                }
            }
        }
        complaints
    }

    /// Marks the `unless` clauses of a rule that hold in `finding`, where the rule fired but for them.
    fn unless_held(&self, number: u32, context: &ServerContext, finding: &Finding<'_>, needed: &mut [bool]) {
        let rule = &self.rules[number as usize];
        let (phrases, sentences) = self.phrases_again(finding, context);
        let scene = Statements {
            reading: &finding.reading,
            context,
            phrases: &phrases,
            actions: &finding.actions,
            sentences: &sentences,
        };
        let mut scrap = Vec::new();
        for hit in finding.fired.iter().filter(|hit| hit.rule == number && hit.fate == Fate::Cancelled) {
            let of = hit.action.map(|index| &finding.actions[index as usize]);
            for (index, unless) in rule.unless.iter().enumerate() {
                let when = &rule.when[hit.clause as usize];
                needed[index] |= excuses(rule, unless, when, &scene, of, &mut scrap);
            }
        }
    }
}
