//! A file of TOML of which single values are changed and every other byte stays.

use super::error::MergeError;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, TableLike, Value, value};

pub(super) struct TomlFile(DocumentMut);

/// The priority of rules that are put in: above what holds for a whole server, below what a person put highest.
const PRIORITY: i64 = 200;

impl TomlFile {
    pub(super) fn open(text: &str) -> Result<TomlFile, MergeError> {
        text.parse()
            .map(TomlFile)
            .map_err(|error: toml_edit::TomlError| MergeError::Unreadable(error.message().to_owned()))
    }

    pub(super) fn text(&self) -> String {
        self.0.to_string()
    }

    /// The table at a path, made where it is not there; tables on the way get no header of their own.
    fn table(&mut self, path: &[&str]) -> Result<&mut dyn TableLike, MergeError> {
        let mut here: &mut dyn TableLike = self.0.as_table_mut();
        for (depth, key) in path.iter().enumerate() {
            let item = here.entry(key).or_insert_with(|| {
                let mut table = Table::new();
                table.set_implicit(depth + 1 < path.len());
                Item::Table(table)
            });
            here = item.as_table_like_mut().ok_or_else(|| MergeError::OtherShape((*key).to_owned()))?;
        }
        Ok(here)
    }

    fn find(&mut self, path: &[&str]) -> Option<&mut Item> {
        path.iter().try_fold(self.0.as_item_mut(), |item, key| item.as_table_like_mut()?.get_mut(key))
    }

    pub(super) fn has(&mut self, path: &[&str]) -> bool {
        self.find(path).is_some()
    }

    /// Puts a text at the end of a list, unless it is in it.
    pub(super) fn add(&mut self, path: &[&str], text: &str) -> Result<(), MergeError> {
        let Some((last, above)) = path.split_last() else { return Ok(()) };
        let item = self.table(above)?.entry(last).or_insert_with(|| value(Array::new()));
        let list = item.as_array_mut().ok_or_else(|| MergeError::OtherShape((*last).to_owned()))?;
        if list.iter().any(|one| one.as_str() == Some(text)) {
            return Ok(());
        }
        // As the last one stands; a list over several lines keeps its lines.
        let mut new = Value::from(text);
        if let Some(before) = list.iter().last() {
            let prefix = before.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or(" ");
            let prefix = if prefix.trim().is_empty() { prefix } else { "\n    " };
            let prefix = if prefix.is_empty() { " " } else { prefix };
            new.decor_mut().set_prefix(prefix);
        }
        list.push_formatted(new);
        Ok(())
    }

    /// Takes a text out of a list, as often as it is in it.
    pub(super) fn take(&mut self, path: &[&str], text: &str) {
        if let Some(list) = self.find(path).and_then(Item::as_array_mut) {
            list.retain(|one| one.as_str() != Some(text));
        }
    }

    /// Sets a key of a table to a text, unless it has it.
    pub(super) fn set(&mut self, path: &[&str], key: &str, text: &str) -> Result<(), MergeError> {
        let table = self.table(path)?;
        match table.get_mut(key).and_then(Item::as_value_mut) {
            Some(old) if old.as_str() == Some(text) => {}
            Some(old) => {
                let decor = old.decor().clone();
                *old = Value::from(text);
                *old.decor_mut() = decor;
            }
            None => {
                table.insert(key, value(text));
            }
        }
        Ok(())
    }

    /// Puts a table of texts and lists of texts under a key; one that is there keeps what is not said.
    pub(super) fn put(&mut self, path: &[&str], key: &str, said: &serde_json::Value) -> Result<(), MergeError> {
        let below: Vec<&str> = path.iter().copied().chain([key]).collect();
        self.table(&below)?;
        for (name, said) in said.as_object().into_iter().flatten() {
            match said {
                serde_json::Value::String(text) => self.set(&below, name, text)?,
                serde_json::Value::Array(list) => {
                    let texts = list.iter().filter_map(serde_json::Value::as_str);
                    self.table(&below)?.insert(name, value(Array::from_iter(texts)));
                }
                _ => return Err(MergeError::OtherShape(name.clone())),
            }
        }
        Ok(())
    }

    /// Takes a key out of a table.
    pub(super) fn remove(&mut self, path: &[&str], key: &str) {
        if let Some(table) = self.find(path).and_then(Item::as_table_like_mut) {
            table.remove(key);
        }
    }

    /// Makes a rule of Gemini's for one tool, changes the one that is there, and takes the tool out of others of its kind.
    pub(super) fn rule(&mut self, server: &str, tool: &str, decision: &str) -> Result<(), MergeError> {
        let rules = self.0.as_table_mut().entry("rule").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
        let rules = rules.as_array_of_tables_mut().ok_or_else(|| MergeError::OtherShape("rule".to_owned()))?;
        let mut empty = Vec::new();
        let mut found = false;
        for (number, rule) in rules.iter_mut().enumerate() {
            let of_server = rule.get("mcpName").and_then(Item::as_str) == Some(server);
            if !of_server || rule.contains_key("argsPattern") || rule.contains_key("toolAnnotations") {
                continue;
            }
            let same = rule.get("decision").and_then(Item::as_str) == Some(decision);
            match rule.get_mut("toolName").and_then(Item::as_value_mut) {
                Some(Value::String(one)) if one.value() == tool => {
                    if same && !found {
                        found = true
                    } else {
                        empty.push(number)
                    }
                }
                Some(Value::Array(list)) => {
                    let has = list.iter().any(|one| one.as_str() == Some(tool));
                    match (has, same && !found) {
                        (true, true) => found = true,
                        (true, false) => {
                            list.retain(|one| one.as_str() != Some(tool));
                            if list.is_empty() {
                                empty.push(number);
                            }
                        }
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        for number in empty.into_iter().rev() {
            rules.remove(number);
        }
        if !found {
            let mut rule = Table::new();
            rule.insert("mcpName", value(server));
            rule.insert("toolName", value(Array::from_iter([tool])));
            rule.insert("decision", value(decision));
            rule.insert("priority", value(PRIORITY));
            if !rules.is_empty() {
                rule.decor_mut().set_prefix("\n");
            }
            rules.push(rule);
        }
        Ok(())
    }
}
