//! The rows of tools and of their definitions, as a list brings them.

use super::StoreError;
use super::batch::Batch;
use super::compact_json::json;
use super::digest::sha256_hex;
use super::sql::bulk::{DEFINITION, TOOL};
use super::sql::{AsJson, params};
use mcpdex_model::{Sighting, Tool, ToolOrigin};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

impl Batch<'_> {
    /// The rows of the definitions of tools, in their order, made where they are new.
    pub(super) fn definitions(&self, tools: &[(Tool, Sighting)]) -> Result<Vec<i64>, StoreError> {
        if !self.transaction.is_server() {
            return tools.iter().map(|(tool, _)| self.definition(tool)).collect();
        }
        // What is kept is what its digest is of.
        let raws: Vec<_> = tools.iter().map(|(tool, _)| self.transaction.kept(&tool.raw)).collect();
        let digests: Vec<String> = raws.iter().map(|raw| sha256_hex(raw.as_bytes())).collect();
        let mut defined = self.defined.borrow_mut();
        let asked: Vec<String> = digests
            .iter()
            .filter(|digest| !defined.contains_key(*digest) && !self.is_undefined(digest))
            .cloned()
            .collect();
        if !asked.is_empty() {
            defined.extend(self.transaction.definitions(&asked).map_err(self.fail())?);
        }
        let mut fresh: BTreeMap<&String, &str> = BTreeMap::new();
        let mut order = Vec::new();
        for (digest, raw) in digests.iter().zip(&raws) {
            if !defined.contains_key(digest) && fresh.insert(digest, raw).is_none() {
                order.push(digest);
            }
        }
        let numbers = match order.is_empty() {
            true => Vec::new(),
            false => self.numbers(&DEFINITION, order.len())?,
        };
        for (digest, number) in order.into_iter().zip(numbers) {
            let number = number.ok_or_else(|| self.lost("definition"))?;
            let bytes = Sha256::digest(fresh[digest].as_bytes());
            let row = params![number, bytes.as_slice(), fresh[digest]];
            self.add(&DEFINITION, row)?;
            defined.insert(digest.clone(), number);
        }
        digests.iter().map(|digest| defined.get(digest).copied().ok_or_else(|| self.lost("definition"))).collect()
    }

    /// The row of a definition, made when it is new.
    fn definition(&self, tool: &Tool) -> Result<i64, StoreError> {
        let digest = Sha256::digest(tool.raw.as_bytes());
        let known = "SELECT id FROM definition WHERE sha256 = ?1 AND substr(sha256, 1, 6) = substr(?1, 1, 6)";
        if let Some(id) = self.id(known, [digest.as_slice()])? {
            return Ok(id);
        }
        self.insert(DEFINITION.one, params![None::<i64>, digest.as_slice(), tool.raw])
    }

    /// The row of a tool: its number, where it has one already, its list and its server.
    pub(super) fn tool(
        &self,
        (number, observation, server): (Option<i64>, i64, i64),
        position: usize,
        (tool, sighting): (&Tool, &Sighting),
        definition: i64,
        current: bool,
    ) -> Result<i64, StoreError> {
        let site = sighting.site.as_ref();
        let condition = sighting.condition.as_ref().map(json);
        let (inexact, code) = (json(&sighting.inexact), tool.code.as_ref().map(json));
        let row = params![
            number,
            observation,
            server,
            position as i64,
            definition,
            tool.name,
            site.map(|s| &s.file),
            site.map(|s| s.line),
            current,
            sighting.origin.map(ToolOrigin::as_str),
            condition.as_deref().map(AsJson),
            AsJson(&inexact),
            code.as_deref().map(AsJson)
        ];
        self.add_numbered(&TOOL, number, row)
    }
}
