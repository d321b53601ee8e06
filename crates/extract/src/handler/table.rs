//! The tables of `data/code`: which calls of a language's standard library and of the commonest client libraries do what.

use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

/// What a call does, before its arguments were looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Delete,
    Write,
    /// Makes a folder: of no weight where the program decides which.
    Folder,
    /// Starts a program that is named by itself, its arguments apart.
    Run,
    /// Hands a text to a shell.
    Shell,
    /// Runs a text as code.
    Code,
    /// A request over HTTP; its method decides more.
    Http,
    Connect,
    /// Reads one variable of the environment.
    Variable,
    /// Reads all of them.
    Environment,
}

/// One file of `data/code`, as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[derive(Default)]
pub(super) struct Syntax {
    pub delete: Vec<String>,
    pub write: Vec<String>,
    pub folder: Vec<String>,
    pub run: Vec<String>,
    pub shell: Vec<String>,
    pub code: Vec<String>,
    pub http: Vec<String>,
    pub connect: Vec<String>,
    pub variable: Vec<String>,
    pub environment: Vec<String>,
    /// Names of methods that say enough whatever they are called on.
    pub methods: Methods,
    /// Calls that write where one of these words is among their arguments.
    pub write_when: BTreeMap<String, Vec<String>>,
    /// Calls that read a file: of keys, what they give is a secret.
    pub reads: Vec<String>,
    /// What a call gives, where it is not simply something of its own name.
    pub gives: BTreeMap<String, String>,
    /// Things that methods only add to.
    pub builders: Vec<String>,
    /// Methods whose result is what they are called on.
    pub through: Vec<String>,
    /// Calls whose result is their first argument.
    pub wraps: Vec<String>,
    /// Calls that put paths together.
    pub joins: Vec<String>,
    /// Calls that give a place which the program makes for a while.
    pub scratch: Vec<String>,
    /// Calls whose result can no longer break out of a command.
    pub cleans: Vec<String>,
    /// Libraries whose methods are what their names say: `deleteMember`.
    pub plain: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Methods {
    pub delete: Vec<String>,
    pub write: Vec<String>,
    pub run: Vec<String>,
    pub shell: Vec<String>,
    pub http: Vec<String>,
}

/// `data/code/shared.toml`: what is the same whatever the language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Shared {
    /// Programs by what they do: `rm` deletes.
    pub programs: BTreeMap<String, Vec<String>>,
    /// Programs that run the text that they are given behind one of `shell-options`.
    pub shells: Vec<String>,
    pub shell_options: Vec<String>,
    /// Words of a program's arguments that say that it deletes or changes: `kubectl delete`.
    pub commands: BTreeMap<String, Vec<String>>,
    /// How a statement begins that deletes or writes.
    pub statements: BTreeMap<String, Vec<String>>,
    /// Methods that are given statements.
    pub statement_methods: Vec<String>,
    /// Parts of the paths of files that hold secrets.
    pub secret_files: Vec<String>,
    /// Parts of the paths of places for what is not kept.
    pub scratch_places: Vec<String>,
}

pub(super) struct Table {
    pub syntax: Syntax,
    acts: HashMap<String, Act>,
    methods: HashMap<String, Act>,
}

const FILES: [(&str, &str); 7] = [
    ("python", include_str!("../../data/code/python.toml")),
    ("javascript", include_str!("../../data/code/javascript.toml")),
    ("go", include_str!("../../data/code/go.toml")),
    ("rust", include_str!("../../data/code/rust.toml")),
    ("csharp", include_str!("../../data/code/csharp.toml")),
    ("java", include_str!("../../data/code/java.toml")),
    ("kotlin", include_str!("../../data/code/kotlin.toml")),
];

const SHARED: &str = include_str!("../../data/code/shared.toml");

/// The table of a language; `None` for one that has none, or whose table cannot be read (a test holds that all can).
pub(super) fn of(language: &str) -> Option<&'static Table> {
    static TABLES: OnceLock<HashMap<&'static str, Table>> = OnceLock::new();
    let tables =
        TABLES.get_or_init(|| FILES.iter().filter_map(|(name, _)| Some((*name, Table::new(syntax(name)?)))).collect());
    tables.get(language)
}

/// What stands in the file of a language. Kotlin's programs call Java's libraries as well.
fn syntax(language: &str) -> Option<Syntax> {
    let of = |language: &str| -> Option<toml::Table> {
        let (_, text) = FILES.iter().find(|(known, _)| *known == language)?;
        toml::from_str(text).ok()
    };
    let mut own = of(language)?;
    if language == "kotlin" {
        add(&mut own, of("java")?);
    }
    own.try_into().ok()
}

/// Adds to lists and tables what another table has in them.
fn add(own: &mut toml::Table, other: toml::Table) {
    for (key, value) in other {
        match (own.get_mut(&key), value) {
            (Some(toml::Value::Array(known)), toml::Value::Array(more)) => known.extend(more),
            (Some(toml::Value::Table(known)), toml::Value::Table(more)) => add(known, more),
            (Some(_), _) => {}
            (None, value) => drop(own.insert(key, value)),
        }
    }
}

/// What is the same in every language.
pub(super) fn shared() -> Option<&'static Shared> {
    static ONE: OnceLock<Option<Shared>> = OnceLock::new();
    ONE.get_or_init(|| toml::from_str(SHARED).ok()).as_ref()
}

impl Table {
    fn new(syntax: Syntax) -> Table {
        let mut acts = HashMap::new();
        for (act, paths) in [
            (Act::Delete, &syntax.delete),
            (Act::Write, &syntax.write),
            (Act::Folder, &syntax.folder),
            (Act::Run, &syntax.run),
            (Act::Shell, &syntax.shell),
            (Act::Code, &syntax.code),
            (Act::Http, &syntax.http),
            (Act::Connect, &syntax.connect),
            (Act::Variable, &syntax.variable),
            (Act::Environment, &syntax.environment),
        ] {
            acts.extend(paths.iter().map(|path| (path.clone(), act)));
        }
        let mut methods = HashMap::new();
        for (act, names) in [
            (Act::Delete, &syntax.methods.delete),
            (Act::Write, &syntax.methods.write),
            (Act::Run, &syntax.methods.run),
            (Act::Shell, &syntax.methods.shell),
            (Act::Http, &syntax.methods.http),
        ] {
            methods.extend(names.iter().map(|name| (name.clone(), act)));
        }
        Table { syntax, acts, methods }
    }

    /// What a call of this path does: the path itself, or all that its module or type has.
    pub(super) fn act(&self, path: &str) -> Option<Act> {
        if let Some(act) = self.acts.get(path) {
            return Some(*act);
        }
        let mut rest = path;
        while let Some((before, _)) = rest.rsplit_once('.') {
            if let Some(act) = self.acts.get(&format!("{before}.*")) {
                return Some(*act);
            }
            rest = before;
        }
        None
    }

    /// What a method of this name does, whatever it is called on.
    pub(super) fn method(&self, name: &str) -> Option<Act> {
        self.methods.get(name).copied()
    }
}

/// Whether a list holds a path, or all of its module.
pub(super) fn holds(list: &[String], path: &str) -> bool {
    list.iter().any(|known| {
        known == path
            || known.strip_suffix(".*").is_some_and(|module| {
                path.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_can_be_read_and_an_unknown_key_is_refused() {
        for (name, text) in FILES {
            let read: Result<Syntax, _> = toml::from_str(text);
            assert!(read.is_ok(), "{name}: {:?}", read.err());
        }
        let shared: Result<Shared, _> = toml::from_str(SHARED);
        assert!(shared.is_ok(), "{:?}", shared.err());
        assert!(toml::from_str::<Syntax>("deletes = []").is_err());
    }

    #[test]
    fn a_path_counts_for_itself_and_for_its_module() {
        let table = Table::new(toml::from_str("delete = ['os.remove']\nhttp = ['requests.*']").unwrap_or_default());
        assert_eq!(table.act("os.remove"), Some(Act::Delete));
        assert_eq!(table.act("requests.get"), Some(Act::Http));
        assert_eq!(table.act("os.removed"), None);
        assert_eq!(table.act("requestsx.get"), None);
    }
}
