//! Tool lists as rows: a new list, one seen again, one taken over from another server; and which tools count as current.

use super::StoreError;
use super::batch::{Batch, target};
use super::compact_json::json;
use super::sql::bulk::{OBSERVATION, OBSERVATION_SEEN, TOOL, UNJUDGED};
use super::sql::{self, AsJson, Optional as _, params};
use mcpdex_model::{AliasedAttempt, Observation, Sighting, Tool, ToolOrigin};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// A list that was kept.
pub(super) struct Listed {
    pub(super) id: i64,
    /// Of a server's first list: the rows of its tools and of their definitions, in order, where they count as current.
    pub(super) fresh: Option<Vec<Option<(i64, i64)>>>,
}

impl Batch<'_> {
    /// Writes an attempt with the list of the other server's, where that has one.
    pub(super) fn alias(&self, same: &AliasedAttempt) -> Result<(), StoreError> {
        let server = self.server(same.server.as_str())?;
        self.unsettle(server);
        let list = if same.outcome.is_read() { self.copy(server, same)? } else { None };
        self.attempt(server, same.origin, &same.target, same.outcome, same.detail.as_deref(), list)
    }

    fn copy(&self, server: i64, same: &AliasedAttempt) -> Result<Option<i64>, StoreError> {
        let latest = "SELECT observation.id FROM observation JOIN server ON server.id = observation.server_id
                      WHERE server.name = ?1 AND origin = ?2 AND target = ?3 AND latest = 1";
        let (origin, target) = (same.origin.as_str(), &same.target);
        let Some(other) = self.id(latest, params![same.other.as_str(), origin, target])? else { return Ok(None) };
        let known = "SELECT mine.id FROM observation AS mine JOIN observation AS other
                     ON other.content_sha256 = mine.content_sha256 AND other.origin = mine.origin
                        AND other.target = mine.target
                     WHERE mine.server_id = ?1 AND other.id = ?2";
        let known = self.id(known, params![server, other])?;
        self.execute(
            "UPDATE observation SET latest = 0 WHERE server_id = ?1 AND origin = ?2 AND target = ?3",
            params![server, origin, target],
        )?;
        let id = if let Some(id) = known {
            self.execute("UPDATE observation SET latest = 1, last_seen = ?2 WHERE id = ?1", params![id, self.now])?;
            id
        } else {
            let id = self.insert(
                "INSERT INTO observation (server_id, origin, target, version, artifact_sha256, content_sha256, partial,
                                          remarks, latest, first_seen, last_seen)
                 SELECT ?1, origin, target, version, artifact_sha256, content_sha256, partial, remarks, 1, ?3, ?3
                 FROM observation WHERE id = ?2",
                params![server, other, self.now],
            )?;
            self.execute(
                "INSERT INTO tool (observation_id, server_id, position, definition_id, name, file, line, current,
                                   origin, condition, inexact, code)
                 SELECT ?1, ?2, position, definition_id, name, file, line, 0, origin, condition, inexact, code FROM tool
                 WHERE observation_id = ?3 ORDER BY position",
                params![id, server, other],
            )?;
            id
        };
        self.settle(server)?;
        Ok(Some(id))
    }

    /// The list that a target is known to have, seen once more.
    pub(super) fn still(&self, server: i64, observation: &Observation) -> Result<Option<i64>, StoreError> {
        let key = params![server, observation.origin.as_str(), target(observation)];
        let latest = "SELECT id FROM observation WHERE server_id = ?1 AND origin = ?2 AND target = ?3 AND latest = 1";
        let id = self.id(latest, key)?;
        if let Some(id) = id {
            self.execute("UPDATE observation SET last_seen = ?2 WHERE id = ?1", params![id, self.now])?;
        }
        Ok(id)
    }

    /// Keeps a tool list: a new one as rows, a known one by moving its `last_seen`.
    pub(super) fn list(&self, server: i64, observation: &Observation) -> Result<Listed, StoreError> {
        let content = content_digest(&observation.tools);
        let (target, origin) = (target(observation), observation.origin.as_str());
        let version = observation.package.as_ref().and_then(|p| p.version.clone());
        let listless = self.listless(server);
        let known = match self.offered(server, observation, &content) {
            Some(id) => Some((id, true)),
            None if listless.is_some() => None,
            None => self.known_list(params![server, origin, target, content])?,
        };
        if listless.is_none() && !known.is_some_and(|(_, latest)| latest) {
            self.execute(
                "UPDATE observation SET latest = 0 WHERE server_id = ?1 AND origin = ?2 AND target = ?3 AND latest = 1",
                params![server, origin, target],
            )?;
        }
        if let Some((id, latest)) = known {
            self.add(
                &OBSERVATION_SEEN,
                params![
                    id,
                    self.now,
                    version,
                    observation.artifact_sha256,
                    AsJson(&json(&observation.partial)),
                    AsJson(&json(&observation.remarks))
                ],
            )?;
            // The newest list seen once more changes nothing of what is offered.
            if !latest {
                self.settle(server)?;
            }
            return Ok(Listed { id, fresh: None });
        }
        let is_first = match listless {
            Some(stands) => stands,
            None => {
                self.id("SELECT 1 FROM observation WHERE server_id = ?1 LIMIT 1", [server])?.is_none()
                    && self.id("SELECT 1 FROM server WHERE id = ?1 AND gone = 0", [server])?.is_some()
            }
        };
        let number = self.numbers(&OBSERVATION, 1)?.first().copied().flatten();
        let id = self.add_numbered(
            &OBSERVATION,
            number,
            params![
                number,
                server,
                origin,
                target,
                version,
                observation.artifact_sha256,
                content,
                AsJson(&json(&observation.partial)),
                AsJson(&json(&observation.remarks)),
                self.now
            ],
        )?;
        let mut fresh = Vec::with_capacity(observation.tools.len());
        let mut seen = BTreeSet::new();
        let definitions = self.definitions(&observation.tools)?;
        let numbers = self.numbers(&TOOL, observation.tools.len())?;
        let rows = observation.tools.iter().zip(definitions.into_iter().zip(numbers));
        for (position, ((tool, sighting), (definition, number))) in rows.enumerate() {
            // What settling would find: of a first list every distinct definition of a name counts.
            let current = is_first && seen.insert((tool.name.as_str(), definition));
            let row = self.tool((number, id, server), position, (tool, sighting), definition, current)?;
            fresh.push(current.then_some((row, definition)));
        }
        if !is_first {
            self.settle(server)?;
            return Ok(Listed { id, fresh: None });
        }
        self.offers(server, observation, &content, id);
        self.add(&UNJUDGED, [server])?;
        Ok(Listed { id, fresh: Some(fresh) })
    }

    /// The row of a list, and whether it is the newest of its target.
    fn known_list(&self, key: &[&dyn sql::ToSql]) -> Result<Option<(i64, bool)>, StoreError> {
        self.transaction
            .prepare_cached(
                "SELECT id, latest FROM observation
                 WHERE server_id = ?1 AND origin = ?2 AND target = ?3 AND content_sha256 = ?4",
            )
            .and_then(|mut s| s.query_row(key, |row| Ok((row.get(0)?, row.get(1)?))).optional())
            .map_err(self.fail())
    }

    /// Decides anew which tools the server is held to offer today: those of the latest lists of its best origin, each
    /// name from one list (two packages of one server usually carry the same tools). Where one list has several
    /// definitions of a name all of them count, since clients differ in which one they take. A server that is gone offers
    /// nothing.
    pub(super) fn settle(&self, server: i64) -> Result<(), StoreError> {
        self.fresh.borrow_mut().remove(&server);
        self.unsettle(server);
        self.execute("UPDATE tool SET current = 0 WHERE server_id = ?1 AND current = 1", [server])?;
        self.execute(
            "UPDATE tool SET current = 1 WHERE (SELECT gone FROM server WHERE id = ?1) = 0 AND id IN (
                 SELECT min(tool.id) FROM tool JOIN (
                     SELECT tool.name, min(tool.id) AS id FROM tool
                     JOIN observation ON observation.id = tool.observation_id
                     WHERE observation.server_id = ?1 AND observation.latest = 1
                       AND observation.origin = (
                           SELECT origin FROM observation WHERE server_id = ?1 AND latest = 1
                           ORDER BY CASE origin WHEN 'live' THEN 0 WHEN 'card' THEN 1 WHEN 'declared' THEN 2 ELSE 3 END
                           LIMIT 1)
                     GROUP BY tool.name) AS first ON first.name = tool.name
                 WHERE tool.observation_id = (SELECT observation_id FROM tool AS one WHERE one.id = first.id)
                 GROUP BY tool.name, tool.definition_id)",
            [server],
        )?;
        self.add(&UNJUDGED, [server])
    }
}

/// What tells a recorded list from another of the same target: its tools and what is missing of it.
pub(super) fn content(observation: &Observation) -> String {
    told_apart(&content_digest(&observation.tools), &json(&observation.partial))
}

/// The same, of a stored list.
pub(super) fn told_apart(content_sha256: &str, partial: &str) -> String {
    if partial == "[]" { content_sha256.to_owned() } else { format!("{content_sha256} {partial}") }
}

/// The digest of a tool list: of the raw bytes of its tools, in order, and of what is said of each beside its place.
pub(super) fn content_digest(tools: &[(Tool, Sighting)]) -> String {
    let mut digest = Sha256::new();
    for (tool, sighting) in tools {
        digest.update((tool.raw.len() as u64).to_be_bytes());
        digest.update(tool.raw.as_bytes());
        // A tool that is simply there adds nothing: lists that were kept before conditions were keep their digests.
        if sighting.condition.is_some() || sighting.origin.is_some() || !sighting.inexact.is_empty() {
            let origin = sighting.origin.map(ToolOrigin::as_str);
            digest.update(json(&(origin, &sighting.condition, &sighting.inexact)));
        }
        // Code without a deed adds nothing either: where it stands may move from one version to the next.
        if let Some(code) = tool.code.as_ref().filter(|code| !code.deeds.is_empty()) {
            digest.update(json(code));
        }
    }
    mcpdex_model::text::hex(&digest.finalize())
}
