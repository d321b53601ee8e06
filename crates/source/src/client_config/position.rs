//! Where in a configuration's text the entry of each server stands: at its key, or, in a list, at what names it there.

use super::node::Language;
use super::server::{ClientServer, short};
use super::shape::WRAPPERS;
use jsonc_parser::ast;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;
use toml::de::{DeTable, DeValue};

/// A place in a text; both count from one, the column in characters (Unicode code points).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

/// A key, or a text that names an element of a list.
struct Name {
    /// The key of the object or list that it stands in.
    within: String,
    text: String,
    position: Position,
}

/// Members that name an element of a list.
const NAMING: [&str; 6] = ["key", "name", "label", "id", "uses", "title"];

/// Notes at each server where its entry stands. One that is not found has no position.
pub(super) fn note(servers: &mut [ClientServer], text: &str, name: &str) {
    let mut names = names(text, Language::of(name));
    names.sort_by_key(|name| name.position);
    let mut taken = vec![false; names.len()];
    for server in servers {
        let mut meant = (0..names.len()).filter(|at| !taken[*at] && short(&names[*at].text) == server.name);
        let first = meant.clone().next();
        if let Some(at) = meant.find(|at| holds_servers(&names[*at].within)).or(first) {
            taken[at] = true;
            server.position = Some(names[at].position);
        }
    }
}

fn holds_servers(key: &str) -> bool {
    WRAPPERS.contains(&key)
        || ["servers", "mcp.servers", "mcp", "extensions"].contains(&key)
        || key.ends_with(".mcpServers")
}

/// All names in a text, whatever their order.
fn names(text: &str, language: Language) -> Vec<Name> {
    let json = || {
        let parsed = jsonc_parser::parse_to_ast(text, &Default::default(), &Default::default());
        let value = parsed.ok()?.value?;
        let mut found = Found { lines: Lines::of(text), names: Vec::new() };
        found.json("", &value);
        Some(found.names)
    };
    let toml = || {
        let table = DeTable::parse(text).ok()?;
        let mut found = Found { lines: Lines::of(text), names: Vec::new() };
        found.table("", table.get_ref());
        Some(found.names)
    };
    let yaml = || {
        let options = serde_saphyr::options! { duplicate_keys: serde_saphyr::DuplicateKeyPolicy::PassThrough };
        let tree: Tree = serde_saphyr::from_str_with_options(text, options).ok()?;
        let mut names = Vec::new();
        tree.names("", &mut names);
        Some(names)
    };
    match language {
        Language::Json => json(),
        Language::Toml => toml(),
        Language::Yaml => yaml(),
        Language::Any if text.trim_start().starts_with('{') => json(),
        Language::Any => toml().or_else(yaml),
    }
    .unwrap_or_default()
}

/// Where lines begin, in bytes.
struct Lines<'a> {
    text: &'a str,
    begins: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Lines<'a> {
        let begins = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Lines { text, begins }
    }

    fn position(&self, at: usize) -> Position {
        let line = self.begins.partition_point(|begin| *begin <= at).max(1);
        let before = self.text.get(self.begins[line - 1]..at).unwrap_or_default();
        Position { line, column: before.chars().count() + 1 }
    }
}

struct Found<'a> {
    lines: Lines<'a>,
    names: Vec<Name>,
}

impl Found<'_> {
    fn add(&mut self, within: &str, text: &str, at: usize) {
        let position = self.lines.position(at);
        self.names.push(Name { within: within.to_owned(), text: text.to_owned(), position });
    }

    fn json(&mut self, within: &str, value: &ast::Value<'_>) {
        match value {
            ast::Value::Object(object) => {
                for member in &object.properties {
                    let (key, at) = match &member.name {
                        ast::ObjectPropName::String(key) => (key.value.as_ref(), key.range.start),
                        ast::ObjectPropName::Word(key) => (key.value, key.range.start),
                    };
                    match &member.value {
                        ast::Value::StringLit(text) if NAMING.contains(&key) => self.add(within, &text.value, at),
                        ast::Value::Object(_) => self.add(within, key, at),
                        _ => {}
                    }
                    self.json(key, &member.value);
                }
            }
            ast::Value::Array(list) => list.elements.iter().for_each(|item| self.json(within, item)),
            _ => {}
        }
    }

    fn table(&mut self, within: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let at = key.span().start;
            match value.get_ref() {
                DeValue::String(text) if NAMING.contains(&key.get_ref().as_ref()) => self.add(within, text, at),
                DeValue::Table(_) => self.add(within, key.get_ref(), at),
                _ => {}
            }
            self.value(key.get_ref(), value.get_ref());
        }
    }

    fn value(&mut self, within: &str, value: &DeValue<'_>) {
        match value {
            DeValue::Table(table) => self.table(within, table),
            DeValue::Array(list) => list.iter().for_each(|item| self.value(within, item.get_ref())),
            _ => {}
        }
    }
}

/// A value of a YAML text, keys with their places.
enum Tree {
    Map(Vec<(Spanned<String>, Tree)>),
    List(Vec<Tree>),
    Text(String),
    Other,
}

impl Tree {
    fn names(&self, within: &str, names: &mut Vec<Name>) {
        match self {
            Tree::Map(members) => {
                for (key, value) in members {
                    let place = |at: u64| usize::try_from(at).unwrap_or(1).max(1);
                    let at = key.referenced;
                    let position = Position { line: place(at.line()), column: place(at.column()) };
                    let mut add = |text: &str| {
                        names.push(Name { within: within.to_owned(), text: text.to_owned(), position });
                    };
                    match value {
                        Tree::Text(text) if NAMING.contains(&key.value.as_str()) => add(text),
                        Tree::Map(_) => add(&key.value),
                        _ => {}
                    }
                    value.names(&key.value, names);
                }
            }
            Tree::List(items) => items.iter().for_each(|item| item.names(within, names)),
            Tree::Text(_) | Tree::Other => {}
        }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Tree, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Tree;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value")
    }
    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Other)
    }
    fn visit_bool<E>(self, _: bool) -> Result<Tree, E> {
        Ok(Tree::Other)
    }
    fn visit_i64<E>(self, _: i64) -> Result<Tree, E> {
        Ok(Tree::Other)
    }
    fn visit_u64<E>(self, _: u64) -> Result<Tree, E> {
        Ok(Tree::Other)
    }
    fn visit_f64<E>(self, _: f64) -> Result<Tree, E> {
        Ok(Tree::Other)
    }
    fn visit_str<E>(self, value: &str) -> Result<Tree, E> {
        Ok(Tree::Text(value.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Tree::List(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Tree, A::Error> {
        let mut map = Vec::new();
        while let Some(key) = members.next_key()? {
            map.push((key, members.next_value()?));
        }
        Ok(Tree::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use crate::client_config::read_text;

    fn positions(text: &str, name: &str) -> Vec<(String, Option<(usize, usize)>)> {
        let found = read_text(text, name).expect("the text is a configuration").servers;
        found.into_iter().map(|one| (one.name, one.position.map(|at| (at.line, at.column)))).collect()
    }

    #[test]
    fn an_entry_is_found_at_its_key_in_every_language() {
        let json = "{ // é \"b\": {}\n  \"b\": {\"x\": {}},\n  \"mcpServers\": {\n    \"a\": {\"command\": \"x\"}, /* ü */ \"b\": {\"url\": \"https://b.example/\"},\n  },\n}";
        assert_eq!(positions(json, "mcp.json"), [("a".to_owned(), Some((4, 5))), ("b".to_owned(), Some((4, 36)))],);
        let tabs = "{\r\n\t\"servers\": {\r\n\t\t\"a\": {\"command\": \"x\"}\r\n\t}\r\n}";
        assert_eq!(positions(tabs, "mcp.json"), [("a".to_owned(), Some((3, 3)))]);
        let toml = "model = \"a\"\n\n[mcp_servers.b]\ncommand = \"x\"\n[mcp_servers.\"a\"]\ncommand = \"y\"\n";
        let mut found = positions(toml, "config.toml");
        found.sort();
        assert_eq!(found, [("a".to_owned(), Some((5, 14))), ("b".to_owned(), Some((3, 14)))]);
        let yaml = "model: a\nmcpServers:\n  a:\n    command: x\n  'b':\n    command: z\n";
        assert_eq!(positions(yaml, "c.yaml"), [("a".to_owned(), Some((3, 3))), ("b".to_owned(), Some((5, 3)))]);
    }

    #[test]
    fn an_element_of_a_list_is_found_at_its_name_and_two_of_a_name_in_their_order() {
        let yaml = "mcpServers:\n  - name: a\n    command: x\n  - command: z\n    name: b\n";
        assert_eq!(positions(yaml, "c.yaml"), [("a".to_owned(), Some((2, 5))), ("b".to_owned(), Some((5, 5)))]);
        let twice = "{\"projects\": {\n\"p\": {\"mcpServers\": {\"a\": {\"command\": \"x\"}}},\n\"q\": {\"mcpServers\": {\"a\": {\"command\": \"y\"}}}}}";
        assert_eq!(positions(twice, "c.json"), [("a".to_owned(), Some((2, 22))), ("a".to_owned(), Some((3, 22)))]);
        // An element without a name is called by its place, which stands nowhere.
        assert_eq!(positions("{\"mcpServers\": [{\"command\": \"x\"}]}", "c.json")[0].1, None);
    }
}
