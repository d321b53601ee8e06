//! Tool lists as rows: a new list, one seen again, one taken over from another server; and which tools count as current.

use super::StoreError;
use super::digest::sha256_hex;
use super::writer::{Batch, json, target};
use mcpdex_model::{AliasedAttempt, Observation, Sighting, Tool, ToolOrigin};
use rusqlite::params;
use sha2::{Digest, Sha256};

impl Batch<'_> {
    /// Writes an attempt with the list of the other server's, where that has one.
    pub(super) fn alias(&self, same: &AliasedAttempt) -> Result<(), StoreError> {
        let server = self.server(same.server.as_str())?;
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
            self.execute(
                "INSERT INTO observation (server_id, origin, target, version, artifact_sha256, content_sha256, partial,
                                          remarks, latest, first_seen, last_seen)
                 SELECT ?1, origin, target, version, artifact_sha256, content_sha256, partial, remarks, 1, ?3, ?3
                 FROM observation WHERE id = ?2",
                params![server, other, self.now],
            )?;
            let id = self.transaction.last_insert_rowid();
            self.execute(
                "INSERT INTO tool (observation_id, server_id, position, definition_id, name, file, line, current,
                                   origin, condition, inexact)
                 SELECT ?1, ?2, position, definition_id, name, file, line, 0, origin, condition, inexact FROM tool
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
    pub(super) fn list(&self, server: i64, observation: &Observation) -> Result<i64, StoreError> {
        let content = content_digest(&observation.tools);
        let target = target(observation);
        let key = params![server, observation.origin.as_str(), target, content];
        let known = self.id(
            "SELECT id FROM observation WHERE server_id = ?1 AND origin = ?2 AND target = ?3 AND content_sha256 = ?4",
            key,
        )?;
        self.execute(
            "UPDATE observation SET latest = 0 WHERE server_id = ?1 AND origin = ?2 AND target = ?3",
            params![server, observation.origin.as_str(), target],
        )?;
        let version = observation.package.as_ref().and_then(|p| p.version.clone());
        let id = if let Some(id) = known {
            self.execute(
                "UPDATE observation SET latest = 1, last_seen = ?2, version = ?3, artifact_sha256 = ?4, partial = ?5,
                                        remarks = ?6
                 WHERE id = ?1",
                params![
                    id,
                    self.now,
                    version,
                    observation.artifact_sha256,
                    json(&observation.partial),
                    json(&observation.remarks)
                ],
            )?;
            id
        } else {
            self.execute(
                "INSERT INTO observation (server_id, origin, target, version, artifact_sha256, content_sha256, partial,
                                          remarks, latest, first_seen, last_seen)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, ?9, ?9)",
                params![
                    server,
                    observation.origin.as_str(),
                    target,
                    version,
                    observation.artifact_sha256,
                    content,
                    json(&observation.partial),
                    json(&observation.remarks),
                    self.now
                ],
            )?;
            let id = self.transaction.last_insert_rowid();
            for (position, (tool, sighting)) in observation.tools.iter().enumerate() {
                self.tool(server, id, position, tool, sighting)?;
            }
            id
        };
        self.settle(server)?;
        Ok(id)
    }

    fn tool(
        &self,
        server: i64,
        observation: i64,
        position: usize,
        tool: &Tool,
        sighting: &Sighting,
    ) -> Result<(), StoreError> {
        let digest = sha256_hex(tool.raw.as_bytes());
        let site = sighting.site.as_ref();
        self.execute(
            "INSERT INTO definition (sha256, raw) VALUES (?1, ?2) ON CONFLICT (sha256) DO NOTHING",
            params![digest, tool.raw],
        )?;
        let definition = self
            .id("SELECT id FROM definition WHERE sha256 = ?1", [&digest])?
            .ok_or_else(|| self.lost("definition"))?;
        self.execute(
            "INSERT INTO tool (observation_id, server_id, position, definition_id, name, file, line, current,
                               origin, condition, inexact)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, ?9, ?10)",
            params![
                observation,
                server,
                position as i64,
                definition,
                tool.name,
                site.map(|s| &s.file),
                site.map(|s| s.line),
                sighting.origin.map(ToolOrigin::as_str),
                sighting.condition.as_ref().map(json),
                json(&sighting.inexact)
            ],
        )?;
        Ok(())
    }

    /// Decides anew which tools the server is held to offer today: those of the latest lists of its best origin, each
    /// name from one list (two packages of one server usually carry the same tools). Where one list has several
    /// definitions of a name all of them count, since clients differ in which one they take. A server that is gone offers
    /// nothing.
    pub(super) fn settle(&self, server: i64) -> Result<(), StoreError> {
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
        self.execute("INSERT INTO unjudged (server_id) VALUES (?1) ON CONFLICT DO NOTHING", [server])?;
        Ok(())
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
fn content_digest(tools: &[(Tool, Sighting)]) -> String {
    let mut digest = Sha256::new();
    for (tool, sighting) in tools {
        digest.update((tool.raw.len() as u64).to_be_bytes());
        digest.update(tool.raw.as_bytes());
        // A tool that is simply there adds nothing: lists that were kept before conditions were keep their digests.
        if sighting.condition.is_some() || sighting.origin.is_some() || !sighting.inexact.is_empty() {
            let origin = sighting.origin.map(ToolOrigin::as_str);
            digest.update(json(&(origin, &sighting.condition, &sighting.inexact)));
        }
    }
    mcpdex_model::text::hex(&digest.finalize())
}
