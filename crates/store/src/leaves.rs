//! Current tools in a line each, for lists that go through all of them: without definitions, and in the order of servers.

use super::from_row::{FromRow, document, word};
use super::sql::{self, Row, damaged};
use super::{Reader, StoreError};
use mcpdex_model::{Class, Confidence, Ecosystem, NamedTool, Package, RelatedTool, Risk, Tool, Trait};
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// A current tool in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeafTool {
    pub server: String,
    pub tool: String,
    pub title: Option<String>,
    /// The beginning of its description.
    pub description: String,
    pub class: Class,
    pub risk: Risk,
    pub traits: BTreeSet<Trait>,
    pub confidence: Confidence,
}

/// A rule and the tools on which it decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleUse {
    pub tools: u64,
    /// The first of them, by server.
    pub first: Vec<NamedTool>,
}

/// Signs of a description that are handed on.
const BEGINNING: usize = 240;

impl FromRow for LeafTool {
    fn from_row(row: &Row<'_>) -> sql::Result<LeafTool> {
        #[derive(Deserialize)]
        struct Told<'d> {
            #[serde(borrow, default)]
            title: Option<Cow<'d, str>>,
            #[serde(borrow, default)]
            description: Option<Cow<'d, str>>,
        }
        let raw: String = row.get("definition")?;
        let beginning = |text: &str| text.chars().take(BEGINNING).collect::<String>();
        let (title, description) = match serde_json::from_str::<Told<'_>>(&raw) {
            Ok(told) => (told.title.map(Cow::into_owned), told.description.as_deref().map(beginning)),
            // A definition that had to be mended, or a text that is none.
            Err(_) => {
                let tool = Tool::from_json(&raw).map_err(|error| damaged("tool definition", &error))?;
                (tool.display_title().map(str::to_owned), tool.description.as_deref().map(beginning))
            }
        };
        Ok(LeafTool {
            server: row.get("server")?,
            tool: row.get("tool")?,
            title,
            description: description.unwrap_or_default(),
            class: word(row, "class")?,
            risk: word(row, "risk")?,
            traits: document(row, "traits")?,
            confidence: word(row, "confidence")?,
        })
    }
}

const LEAF: &str = "SELECT server.name AS server, tool.name AS tool, definition.raw AS definition,
                           judgement.class AS class, judgement.risk AS risk, judgement.traits AS traits,
                           judgement.confidence AS confidence
                    FROM server CROSS JOIN tool ON tool.server_id = server.id AND tool.current = 1
                    CROSS JOIN definition ON definition.id = tool.definition_id
                    CROSS JOIN judged ON judged.tool_id = tool.id
                    CROSS JOIN judgement ON judgement.id = judged.judgement_id";

impl Reader {
    /// Every current tool, by server and in the order of its list, handed to `each` one by one.
    ///
    /// # Errors
    /// The database cannot be read, a stored document is damaged, or `each` fails.
    pub fn for_each_leaf<E: From<StoreError>>(&self, mut each: impl FnMut(LeafTool) -> Result<(), E>) -> Result<(), E> {
        let mut statement =
            self.connection.prepare(&format!("{LEAF} ORDER BY server.name, tool.id")).map_err(self.fail())?;
        let mut rows = statement.query(()).map_err(self.fail())?;
        while let Some(row) = rows.next().map_err(self.fail())? {
            each(LeafTool::from_row(&row).map_err(self.fail())?)?;
        }
        Ok(())
    }

    /// Some of the current tools of a class, a risk or a trait (of none: of all), in the same order.
    ///
    /// # Errors
    /// The database cannot be read, or a stored document is damaged.
    pub fn leaves(
        &self,
        (class, risk, one_trait): (Option<Class>, Option<Risk>, Option<Trait>),
        skip: usize,
        take: usize,
    ) -> Result<Vec<LeafTool>, StoreError> {
        let sql = format!(
            "{LEAF} WHERE judgement.class = coalesce(?1, judgement.class) AND judgement.risk = coalesce(?2, judgement.risk)
               AND (instr(judgement.traits, '\"' || ?3 || '\"') > 0 OR ?3 IS NULL)
             ORDER BY server.name, tool.id LIMIT ?4 OFFSET ?5"
        );
        let number = |of: usize| i64::try_from(of).unwrap_or(i64::MAX);
        let words = (class.map(Class::as_str), risk.map(Risk::as_str), one_trait.map(Trait::as_str));
        self.all(&sql, (words.0, words.1, words.2, number(take), number(skip)))
    }

    /// Which rules decided on how many current tools; of each the first `most` tools. Reads every verdict once.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn rule_use(&self, most: usize) -> Result<BTreeMap<String, RuleUse>, StoreError> {
        let one = match self.connection.is_server() {
            false => {
                "json_each(judged.rest, '$.e') AS one
                 CROSS JOIN ground ON ground.id = json_extract(one.value, '$[0]')"
            }
            true => {
                "json_array_elements(CAST(judged.rest AS json) -> 'e') AS one (value) ON true
                 JOIN ground ON ground.id = CAST(one.value ->> 0 AS bigint)"
            }
        };
        let sql = format!(
            "SELECT server.name AS server, tool.name AS tool, ground.rule AS rule
             FROM server CROSS JOIN tool ON tool.server_id = server.id AND tool.current = 1
             CROSS JOIN judged ON judged.tool_id = tool.id
             CROSS JOIN {one}
             WHERE judged.rest IS NOT NULL ORDER BY server.name, tool.id"
        );
        let mut found: BTreeMap<String, RuleUse> = BTreeMap::new();
        let mut statement = self.connection.prepare(&sql).map_err(self.fail())?;
        let mut rows = statement.query(()).map_err(self.fail())?;
        let (mut last, mut known) = (NamedTool { server: String::new(), tool: String::new() }, BTreeSet::new());
        while let Some(row) = rows.next().map_err(self.fail())? {
            let read = || -> sql::Result<_> { Ok((row.get("server")?, row.get("tool")?, row.get("rule")?)) };
            let (server, tool, rule): (String, String, String) = read().map_err(self.fail())?;
            if (&server, &tool) != (&last.server, &last.tool) {
                known.clear();
                last = NamedTool { server, tool };
            }
            if known.insert(rule.clone()) {
                let used = found.entry(rule).or_default();
                used.tools += 1;
                if used.first.len() < most {
                    used.first.push(last.clone());
                }
            }
        }
        Ok(found)
    }

    /// The servers that a source lists and that are not gone, by name.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn server_names_of_source(&self, source: &str) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT DISTINCT server.name FROM listing JOIN server ON server.id = listing.server_id
                   WHERE listing.source = ?1 AND server.gone = 0
                     AND coalesce(listing.status, '') NOT IN ('deleted', 'unlisted') ORDER BY server.name";
        self.names(sql, [source])
    }

    /// What each server that is not gone is written in, as far as its files or its package tell: by server, in order.
    ///
    /// # Errors
    /// The database cannot be read, or a stored document is damaged.
    pub fn server_languages(&self) -> Result<Vec<(String, &'static str)>, StoreError> {
        let sql = "SELECT server.name,
                          (SELECT tool.file FROM tool WHERE tool.server_id = server.id AND tool.current = 1
                             AND tool.file IS NOT NULL LIMIT 1),
                          (SELECT observation.target FROM observation
                           WHERE observation.server_id = server.id AND observation.latest = 1 LIMIT 1),
                          (SELECT listing.packages FROM listing WHERE listing.server_id = server.id
                           ORDER BY listing.last_seen DESC, listing.id DESC LIMIT 1)
                   FROM server WHERE server.gone = 0 ORDER BY server.name";
        let read = |row: &Row<'_>| -> sql::Result<(String, &'static str)> {
            let text = |at: usize| row.get::<Option<String>>(at).map(Option::unwrap_or_default);
            let packages: Vec<Package> = serde_json::from_str(&text(3)?).unwrap_or_default();
            let package = packages.first().map(Package::key).unwrap_or_default();
            let known = of_file(&text(1)?).or_else(|| of_package(&text(2).ok()?)).or_else(|| of_package(&package));
            Ok((row.get(0)?, known.unwrap_or("not known")))
        };
        self.connection.prepare_cached(sql).and_then(|mut s| s.query_map((), read)?.collect()).map_err(self.fail())
    }
}

fn of_file(file: &str) -> Option<&'static str> {
    Some(match file.rsplit_once('.')?.1 {
        "py" => "Python",
        "ts" | "tsx" | "mts" | "cts" => "TypeScript",
        "js" | "jsx" | "mjs" | "cjs" => "JavaScript",
        "rs" => "Rust",
        "go" => "Go",
        "java" => "Java",
        "kt" | "kts" => "Kotlin",
        "cs" => "C#",
        _ => return None,
    })
}

fn of_package(target: &str) -> Option<&'static str> {
    let (ecosystem, _) = target.split_once(':')?;
    Some(match ecosystem.parse().ok()? {
        Ecosystem::Npm => "JavaScript",
        Ecosystem::Pypi => "Python",
        Ecosystem::Cargo => "Rust",
        Ecosystem::Nuget => "C#",
        Ecosystem::Oci | Ecosystem::Mcpb => return None,
    })
}

/// A tool in a line, without its words.
impl From<LeafTool> for RelatedTool {
    fn from(leaf: LeafTool) -> RelatedTool {
        RelatedTool { server: leaf.server, tool: leaf.tool, class: leaf.class, risk: leaf.risk, traits: leaf.traits }
    }
}
