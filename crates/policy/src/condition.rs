//! What must hold of an argument for a call to be allowed: the words for it, and who decides each.
//!
//! Where mcpdex decides, a guard does (`guard`); a document for a target gets a pattern that admits no more (`pattern`).

use super::guard::{self, SqlDialect};
use serde::Serialize;
use serde_json::Value;

/// What must hold of one argument for a call to be allowed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Condition {
    /// The name of a top-level argument.
    pub argument: String,
    #[serde(flatten)]
    pub test: Test,
    /// Completes "only when …, because …".
    pub reason: String,
}

/// A test on one argument. Values of a type that a test does not speak of fail it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "must", content = "value")]
pub enum Test {
    /// Given, and one of these texts exactly.
    OneOf(Vec<String>),
    /// Absent or `false`. Whether `null` counts as absent differs from target to target.
    FalseOrAbsent,
    /// Absent; even `false` fails.
    Absent,
    /// Given, and `true`.
    True,
    /// Given, a number, and from 0 to this.
    AtMost(u32),
    /// Given, and one statement in this dialect that provably only reads.
    Select(SqlDialect),
    /// Given, and a path inside one of these folders, each absolute and ending with `/`.
    Inside(Vec<String>),
    /// Given, and an address below one of these, each with scheme, host and a path that ends with `/`.
    Address(Vec<String>),
    /// Given, and an address of a public host, as far as its text tells.
    Public,
    /// Given, and one of these commands, with words after it that lead nowhere else.
    Command(ListedCommands),
}

/// Commands that may run, and where words after them may point beside where they run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ListedCommands {
    /// Each with its options.
    pub commands: Vec<String>,
    /// Folders that a word may be inside of, each absolute and ending with `/`.
    pub folders: Vec<String>,
    /// Addresses that a word may be below, each with scheme, host and a path that ends with `/`.
    pub addresses: Vec<String>,
}

impl Test {
    /// Whether it holds of a value; `None` for an argument that is not given. `null` is neither given nor absent, because
    /// servers differ.
    pub fn holds(&self, value: Option<&Value>) -> bool {
        let text = value.and_then(Value::as_str);
        match self {
            Test::OneOf(values) => text.is_some_and(|text| values.iter().any(|value| value == text)),
            Test::FalseOrAbsent => matches!(value, None | Some(Value::Bool(false))),
            Test::Absent => value.is_none(),
            Test::True => value == Some(&Value::Bool(true)),
            Test::AtMost(most) => {
                let number = value.filter(|value| value.is_number()).and_then(Value::as_f64);
                number.is_some_and(|number| (0.0..=f64::from(*most)).contains(&number))
            }
            Test::Select(dialect) => text.is_some_and(|text| guard::only_reads(*dialect, text).is_ok()),
            Test::Inside(folders) => text.is_some_and(|text| folders.iter().any(|root| guard::is_inside(root, text))),
            Test::Address(starts) => text.is_some_and(|text| starts.iter().any(|start| guard::is_below(start, text))),
            Test::Public => text.is_some_and(guard::is_public),
            Test::Command(ListedCommands { commands, folders, addresses }) => text.is_some_and(|text| {
                commands.iter().any(|command| guard::is_only_command(command, folders, addresses, text))
            }),
        }
    }
}

impl Condition {
    /// Whether it holds of a value of the argument; `None` for an argument that is not given.
    pub fn holds(&self, value: Option<&Value>) -> bool {
        self.test.holds(value)
    }

    /// The condition in words, for instance ``` `mode` is one of get, list```.
    pub fn sentence(&self) -> String {
        let name = &self.argument;
        match &self.test {
            Test::OneOf(values) => format!("`{name}` is one of {}", values.join(", ")),
            Test::FalseOrAbsent => format!("`{name}` is not set"),
            Test::Absent => format!("`{name}` is not given"),
            Test::True => format!("`{name}` is true"),
            Test::AtMost(most) => format!("`{name}` is at most {most}"),
            Test::Select(_) => format!("`{name}` is one statement that only reads"),
            Test::Inside(folders) => format!("`{name}` is inside {}", folders.join(" or ")),
            Test::Address(starts) => format!("`{name}` is below {}", starts.join(" or ")),
            Test::Public => format!("`{name}` is an address of a public host"),
            Test::Command(listed) => format!("`{name}` is {} with plain words", listed.commands.join(" or ")),
        }
    }
}
