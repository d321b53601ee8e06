//! Servers that are one: what the listings say in, rows put together out. Every list, attempt and listing of both stays;
//! the name that is given up leads to the one that is kept, with the reason.

use super::batch::Batch;
use super::claims::{holder, known_servers};
use super::compact_json::json;
use super::edition::Edition;
use super::index::remove;
use super::sql::{AsJson, params};
use super::{DatabasePlace, StoreError};
use mcpdex_model::identity::{
    Because, ClaimedServer, IdentityClaim, Reason, Relation, Union, is_rather_of, own_name, relate, resolve,
};
use std::collections::BTreeMap;

impl Batch<'_> {
    /// Puts together what is one, and gives names to whom they belong; how many names were given up.
    pub(super) fn unite(&self, place: &DatabasePlace) -> Result<usize, StoreError> {
        // Names go from one server to another.
        self.forget_ahead();
        let servers = self.give_names(known_servers(self.transaction, place)?)?;
        let unions = resolve(&servers);
        for union in &unions {
            self.join(union)?;
        }
        Ok(unions.len())
    }

    /// A name that one server holds and another claims with more right goes to that one.
    fn give_names(&self, mut servers: Vec<ClaimedServer>) -> Result<Vec<ClaimedServer>, StoreError> {
        let at: BTreeMap<String, usize> = servers.iter().enumerate().map(|(at, s)| (s.name.clone(), at)).collect();
        let mut given = Vec::new();
        for (at_other, other) in servers.iter().enumerate() {
            for claim in other.claims.iter().filter(|claim| claim.name != other.name) {
                // Of a name that was given up there is no holder.
                let Some(holds) = at.get(&claim.name).copied().filter(|holds| *holds != at_other) else { continue };
                if is_rather_of(claim, &servers[holds].claims) {
                    given.push((holds, at_other, claim.name.clone()));
                }
            }
        }
        for (holds, gets, name) in given {
            // Each may give and get once.
            if servers[holds].name != name || servers[gets].name == name {
                continue;
            }
            let is_free = |name: &str| matches!(holder(self.transaction, name), Ok(None));
            let Some(claim) = servers[holds].claims.first() else { continue };
            let (own, got) = (own_name(claim, is_free), servers[gets].name.clone());
            self.rename(&name, &own)?;
            self.rename(&got, &name)?;
            self.give_up(&got, &name, &servers[gets].claims)?;
            servers[holds].name = own;
            servers[gets].name = name;
        }
        Ok(servers)
    }

    /// Notes that a server goes by another name now, by what it says itself under both. A name that it was called by while
    /// another held its own is nobody's and is not noted.
    fn give_up(&self, got: &str, name: &str, claims: &[IdentityClaim]) -> Result<(), StoreError> {
        let of = |name: &str| claims.iter().find(|claim| claim.name == name);
        let (Some(own), Some(with)) = (of(got), of(name)) else { return Ok(()) };
        let (because, common) = match relate(own, with) {
            Relation::Same(because, common) => (because, common),
            _ => (Because::Name, name.to_owned()),
        };
        let reason = Reason {
            because,
            common,
            name: got.to_owned(),
            source: own.source.clone(),
            with: name.to_owned(),
            with_source: with.source.clone(),
        };
        self.execute(
            "INSERT INTO same (name, server_id, reason, since) SELECT ?1, id, ?3, ?4 FROM server WHERE name = ?2
             ON CONFLICT DO NOTHING",
            params![got, name, AsJson(&json(&reason)), self.now],
        )
        .map(drop)
    }

    /// Gives a server another name; its listings keep the name that their sources give.
    fn rename(&self, from: &str, to: &str) -> Result<(), StoreError> {
        let Some(id) = self.id("SELECT id FROM server WHERE name = ?1", [from])? else { return Ok(()) };
        self.execute("UPDATE server SET name = ?2 WHERE id = ?1", params![id, to])?;
        self.execute("UPDATE listing SET claimed = ?2 WHERE server_id = ?1 AND claimed IS NULL", params![id, from])?;
        self.execute("UPDATE listing SET claimed = NULL WHERE server_id = ?1 AND claimed = ?2", params![id, to])?;
        self.execute("DELETE FROM server_word WHERE server_id = ?1", [id])?;
        self.touch(id)
    }

    fn join(&self, union: &Union) -> Result<(), StoreError> {
        let row = |name: &str| self.id("SELECT id FROM server WHERE name = ?1", [name]);
        let (Some(kept), Some(other)) = (row(&union.kept)?, row(&union.other)?) else { return Ok(()) };
        self.execute(
            "UPDATE listing SET claimed = ?2 WHERE server_id = ?1 AND claimed IS NULL",
            params![other, union.other],
        )?;
        self.execute(
            "DELETE FROM listing WHERE server_id = ?1 AND EXISTS (
                 SELECT 1 FROM listing AS other WHERE other.server_id = ?2 AND other.source = listing.source
                   AND other.version = listing.version AND coalesce(other.claimed, '') = coalesce(listing.claimed, ''))",
            [kept, other],
        )?;
        self.execute("UPDATE listing SET server_id = ?1 WHERE server_id = ?2", [kept, other])?;
        self.execute(
            "UPDATE listing SET claimed = NULL WHERE server_id = ?1 AND claimed = ?2",
            params![kept, union.kept],
        )?;
        self.move_lists(kept, other)?;
        // That one listing names no place says nothing of a server that another listing names places of.
        self.execute(
            "DELETE FROM attempt WHERE server_id = ?1 AND target = ?2 AND origin = 'declared' AND outcome = 'unreadable'
               AND observation_id IS NULL",
            params![other, union.other],
        )?;
        self.execute("UPDATE attempt SET server_id = ?1 WHERE server_id = ?2", [kept, other])?;
        self.execute("UPDATE same SET server_id = ?1 WHERE server_id = ?2", [kept, other])?;
        let moved = self.execute("UPDATE same SET server_id = ?2 WHERE name = ?1", params![union.other, kept])?;
        if moved == 0 {
            self.execute(
                "INSERT INTO same (name, server_id, reason, since) VALUES (?1, ?2, ?3, ?4)",
                params![union.other, kept, AsJson(&json(&union.reason)), self.now],
            )?;
        }
        self.execute(
            "INSERT INTO server_alias (alias, server_id) SELECT alias, ?1 FROM server_alias WHERE server_id = ?2
             ON CONFLICT DO NOTHING",
            [kept, other],
        )?;
        self.execute(
            "INSERT INTO server_alias (alias, server_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            params![union.other, kept],
        )?;
        // What another listing says fills what the kept one does not; what it is called elsewhere is no title.
        self.execute(
            "UPDATE server SET description = coalesce(server.description, other.description),
                    version = coalesce(server.version, other.version),
                    repository = coalesce(server.repository, other.repository),
                    first_seen = CASE WHEN other.first_seen < server.first_seen THEN other.first_seen ELSE server.first_seen END,
                    last_seen = CASE WHEN other.last_seen > server.last_seen THEN other.last_seen ELSE server.last_seen END
             FROM (SELECT description, version, repository, first_seen, last_seen FROM server WHERE id = ?2) AS other
             WHERE server.id = ?1",
            [kept, other],
        )?;
        self.execute("DELETE FROM server WHERE id = ?1", [other])?;
        self.fresh.borrow_mut().remove(&other);
        self.forget_row(&union.other);
        self.regard(kept)?;
        self.settle(kept)?;
        self.touch(kept)
    }

    /// Lists of one server become those of another: equal ones of one target are one, and of a target the newest counts.
    fn move_lists(&self, kept: i64, other: i64) -> Result<(), StoreError> {
        let twins: Vec<(i64, i64)> = self
            .transaction
            .prepare_cached(
                "SELECT mine.id, twin.id FROM observation AS twin JOIN observation AS mine
                 ON mine.server_id = ?1 AND mine.origin = twin.origin AND mine.target = twin.target
                    AND mine.content_sha256 = twin.content_sha256
                 WHERE twin.server_id = ?2 ORDER BY twin.id",
            )
            .and_then(|mut s| s.query_map([kept, other], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
            .map_err(self.fail())?;
        for (mine, twin) in twins {
            self.execute(
                "UPDATE observation SET first_seen =
                        CASE WHEN twin.first_seen < observation.first_seen THEN twin.first_seen ELSE observation.first_seen END,
                    last_seen =
                        CASE WHEN twin.last_seen > observation.last_seen THEN twin.last_seen ELSE observation.last_seen END
                 FROM (SELECT first_seen, last_seen FROM observation WHERE id = ?2) AS twin WHERE observation.id = ?1",
                [mine, twin],
            )?;
            self.execute("UPDATE attempt SET observation_id = ?1 WHERE observation_id = ?2", [mine, twin])?;
            self.forget_tools("observation_id", twin)?;
            self.execute("DELETE FROM observation WHERE id = ?1", [twin])?;
        }
        self.execute("UPDATE tool SET current = 0, server_id = ?1 WHERE server_id = ?2", [kept, other])?;
        self.execute("UPDATE observation SET server_id = ?1 WHERE server_id = ?2", [kept, other])?;
        self.execute(
            "UPDATE observation SET latest = CASE WHEN id = (
                 SELECT newest.id FROM observation AS newest
                 WHERE newest.server_id = ?1 AND newest.origin = observation.origin AND newest.target = observation.target
                 ORDER BY newest.latest DESC, newest.last_seen DESC, newest.id DESC LIMIT 1) THEN 1 ELSE 0 END
             WHERE server_id = ?1",
            [kept],
        )
        .map(drop)
    }

    /// Takes tools out of what searching and verdicts hold.
    fn forget_tools(&self, column: &str, id: i64) -> Result<(), StoreError> {
        let sql =
            format!("SELECT judged.tool_id FROM tool JOIN judged ON judged.tool_id = tool.id WHERE tool.{column} = ?1");
        let tools: Vec<i64> = self
            .transaction
            .prepare_cached(&sql)
            .and_then(|mut s| s.query_map([id], |row| row.get(0))?.collect())
            .map_err(self.fail())?;
        tools.into_iter().try_for_each(|tool| remove(self.transaction, Edition::Shown, tool).map_err(self.fail()))
    }

    /// What is derived of a server is to be made anew, and is not made of what this batch alone knows.
    fn touch(&self, server: i64) -> Result<(), StoreError> {
        self.fresh.borrow_mut().remove(&server);
        self.execute("INSERT INTO unindexed (server_id) VALUES (?1) ON CONFLICT DO NOTHING", [server])?;
        self.execute("INSERT INTO unjudged (server_id) VALUES (?1) ON CONFLICT DO NOTHING", [server]).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mcpdex_model::{Listing, ServerId};

    #[test]
    fn a_registry_that_checks_has_more_right_to_a_name_than_a_file() {
        let claim =
            |source: &str| IdentityClaim::of(&Listing::bare(ServerId("io.github.clay/kiln".to_owned()), source));
        let (checked, said) = (claim("registry:https://one.example"), claim("file:list.json"));
        assert!(is_rather_of(&checked, std::slice::from_ref(&said)));
        assert!(!is_rather_of(&said, &[checked]));
        assert!(!is_rather_of(&said, std::slice::from_ref(&said)));
    }
}
