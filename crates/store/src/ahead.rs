//! What a batch for a server's database is about, asked for all at once before the batch is written: who the servers are,
//! which lists and definitions are known, numbers for the rows that are new. A question and its answer go to a server and
//! back; a file is asked as it goes, and none of this is known of it.

use super::StoreError;
use super::asked::{Ahead, Called, ListKey, Standing};
use super::batch::{Batch, target};
use super::compact_json::json;
use super::digest::sha256_hex;
use super::lists::content_digest;
use super::sql::bulk::{Bulk, DEFINITION, OBSERVATION, SERVER, TOOL};
use super::sql::{self, AsJson, Row};
use mcpdex_model::{CrawlEvent, Observation, Outcome};
use std::collections::{BTreeSet, HashMap, HashSet};

impl Batch<'_> {
    /// Asks for what these events are about. Nothing is written.
    pub(super) fn look_ahead(&self, events: &[CrawlEvent]) -> Result<(), StoreError> {
        if !self.transaction.is_server() {
            return Ok(());
        }
        let mut about = About::default();
        about.gather(events);
        let kept = |names: &BTreeSet<&str>| -> BTreeSet<String> {
            names.iter().map(|name| self.transaction.kept(name).into_owned()).collect()
        };
        let (makes, asks) = (kept(&about.makes), kept(&about.asks));
        let mut ahead = self.who_is_called(&makes.union(&asks).collect::<Vec<_>>())?;
        let unknown = makes.iter().filter(|name| ahead.of(name).is_none()).count();
        self.take_numbers(&mut ahead, &SERVER, unknown)?;

        let lists: Vec<(&Observation, ListKey)> =
            about.lists.into_iter().map(|seen| (seen, self.list_key(seen, &content_digest(&seen.tools)))).collect();
        let known = self.known_lists(&mut ahead, &lists)?;
        let (mut news, mut tools, mut digests) = (HashSet::new(), 0, Vec::new());
        for (seen, key) in &lists {
            let server = ahead.of(&self.transaction.kept(seen.server.as_str()));
            let is_known = server.is_some_and(|called| known.contains(&(called.id, key)));
            if !is_known && news.insert((seen.server.as_str(), key)) {
                tools += seen.tools.len();
                digests
                    .extend(seen.tools.iter().map(|(tool, _)| sha256_hex(self.transaction.kept(&tool.raw).as_bytes())));
            }
        }
        self.take_numbers(&mut ahead, &OBSERVATION, news.len())?;
        self.take_numbers(&mut ahead, &TOOL, tools)?;
        if !digests.is_empty() {
            let mut defined = self.defined.borrow_mut();
            defined.extend(self.transaction.definitions(&digests).map_err(self.fail())?);
            ahead.undefined = digests.into_iter().filter(|digest| !defined.contains_key(digest)).collect();
        }
        // As many as are new: what is counted of definitions is counted without a gap.
        let undefined = ahead.undefined.len();
        self.take_numbers(&mut ahead, &DEFINITION, undefined)?;
        *self.ahead.borrow_mut() = ahead;
        Ok(())
    }

    fn who_is_called(&self, names: &[&String]) -> Result<Ahead, StoreError> {
        let mut ahead = Ahead::default();
        if names.is_empty() {
            return Ok(ahead);
        }
        let sql = "SELECT asked.value, server.id, server.name = asked.value, server.gone,
                          EXISTS (SELECT 1 FROM observation WHERE observation.server_id = server.id)
                   FROM json_each(?1) AS asked LEFT JOIN same ON same.name = asked.value
                   JOIN server ON server.id = coalesce(same.server_id, (SELECT id FROM server WHERE name = asked.value))";
        let read = |row: &Row<'_>| -> sql::Result<_> {
            let standing = Standing { gone: row.get(3)?, has_lists: row.get(4)?, latest: HashMap::new() };
            Ok((row.get::<String>(0)?, Called { id: row.get(1)?, is_own: row.get(2)? }, standing))
        };
        let found: Vec<(String, Called, Standing)> = self
            .transaction
            .prepare_cached(sql)
            .and_then(|mut s| s.query_map([AsJson(&json(&names))], read)?.collect())
            .map_err(self.fail())?;
        ahead.called = names.iter().map(|name| ((*name).clone(), None)).collect();
        for (name, called, standing) in found {
            ahead.called.insert(name, Some(called));
            ahead.standing.insert(called.id, standing);
        }
        Ok(ahead)
    }

    /// Which of these lists a server of theirs is known to have, whether it counts today or not.
    fn known_lists<'k>(
        &self,
        ahead: &mut Ahead,
        lists: &'k [(&Observation, ListKey)],
    ) -> Result<HashSet<(i64, &'k ListKey)>, StoreError> {
        let mut asked: HashMap<(i64, &ListKey), ()> = HashMap::new();
        for (seen, key) in lists {
            let called = ahead.of(&self.transaction.kept(seen.server.as_str()));
            let has_lists = |id: &i64| ahead.standing.get(id).is_some_and(|standing| standing.has_lists);
            if let Some(id) = called.map(|called| called.id).filter(has_lists) {
                asked.insert((id, key), ());
            }
        }
        if asked.is_empty() {
            return Ok(HashSet::new());
        }
        let servers: BTreeSet<i64> = asked.keys().map(|(id, _)| *id).collect();
        let contents: BTreeSet<&str> = asked.keys().map(|(_, key)| key.2.as_str()).collect();
        let sql = "SELECT server_id, origin, target, content_sha256, id, latest FROM observation
                   WHERE server_id IN (SELECT CAST(value AS BIGINT) FROM json_each(?1))
                     AND content_sha256 IN (SELECT value FROM json_each(?2))";
        let read = |row: &Row<'_>| -> sql::Result<(i64, String, String, String, i64, bool)> {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
        };
        let found: Vec<_> = self
            .transaction
            .prepare_cached(sql)
            .and_then(|mut s| s.query_map((json(&servers), json(&contents)), read)?.collect())
            .map_err(self.fail())?;
        let found: HashMap<(i64, &str, &str, &str), (i64, bool)> = found
            .iter()
            .map(|(server, origin, target, content, id, latest)| {
                ((*server, origin.as_str(), target.as_str(), content.as_str()), (*id, *latest))
            })
            .collect();
        let mut known = HashSet::new();
        for (server, key) in asked.into_keys() {
            let Some((id, latest)) = found.get(&(server, key.0.as_str(), key.1.as_str(), key.2.as_str())) else {
                continue;
            };
            known.insert((server, key));
            if let Some(standing) = ahead.standing.get_mut(&server).filter(|_| *latest) {
                standing.latest.insert(key.clone(), *id);
            }
        }
        Ok(known)
    }

    fn list_key(&self, seen: &Observation, content: &str) -> ListKey {
        (seen.origin, self.transaction.kept(&target(seen)).into_owned(), content.to_owned())
    }

    /// The server that goes by a name; `None` where only the database can say.
    pub(super) fn called(&self, name: &str) -> Option<Option<Called>> {
        self.ahead.borrow().called.get(self.transaction.kept(name).as_ref()).copied()
    }

    /// Notes a server that was made just now.
    pub(super) fn begins(&self, name: &str, id: i64) {
        let mut ahead = self.ahead.borrow_mut();
        ahead.called.insert(self.transaction.kept(name).into_owned(), Some(Called { id, is_own: true }));
        ahead.standing.insert(id, Standing::default());
    }

    /// Whether a server is known not to be gone.
    pub(super) fn stands(&self, server: i64) -> bool {
        self.ahead.borrow().standing.get(&server).is_some_and(|standing| !standing.gone)
    }

    /// Whether a server is known to have no list at all, and if so whether it is there to have one.
    pub(super) fn listless(&self, server: i64) -> Option<bool> {
        self.ahead.borrow().standing.get(&server).filter(|standing| !standing.has_lists).map(|standing| !standing.gone)
    }

    /// The row of a list, where it is known to be the one that the server offers.
    pub(super) fn offered(&self, server: i64, seen: &Observation, content: &str) -> Option<i64> {
        let ahead = self.ahead.borrow();
        let standing = ahead.standing.get(&server).filter(|standing| !standing.latest.is_empty())?;
        standing.latest.get(&self.list_key(seen, content)).copied()
    }

    /// Notes a server's first list.
    pub(super) fn offers(&self, server: i64, seen: &Observation, content: &str, list: i64) {
        if let Some(standing) = self.ahead.borrow_mut().standing.get_mut(&server) {
            standing.has_lists = true;
            standing.latest.insert(self.list_key(seen, content), list);
        }
    }

    /// Forgets how a server stands, since something else changes it.
    pub(super) fn unsettle(&self, server: i64) {
        self.ahead.borrow_mut().standing.remove(&server);
    }

    /// Whether a definition is known not to be there.
    pub(super) fn is_undefined(&self, digest: &str) -> bool {
        self.ahead.borrow().undefined.contains(digest)
    }

    fn take_numbers(&self, ahead: &mut Ahead, bulk: &Bulk, many: usize) -> Result<(), StoreError> {
        if many > 0 {
            let numbers = self.transaction.numbers(bulk, many).map_err(self.fail())?;
            ahead.numbers.insert(bulk.table, numbers.into_iter().flatten().collect::<Vec<i64>>().into_iter());
        }
        Ok(())
    }

    /// Numbers for so many new rows; none where each row is given its number as it is added.
    pub(super) fn numbers(&self, bulk: &Bulk, many: usize) -> Result<Vec<Option<i64>>, StoreError> {
        if let Some(ahead) = self.ahead.borrow_mut().numbers.get_mut(bulk.table).filter(|ahead| ahead.len() >= many) {
            return Ok(ahead.take(many).map(Some).collect());
        }
        self.transaction.numbers(bulk, many).map_err(self.fail())
    }
}

/// Whether an event takes a list over that another server has.
pub(super) fn takes_over(event: &CrawlEvent) -> bool {
    match event {
        CrawlEvent::Alias(_) => true,
        CrawlEvent::Finished { events, .. } => events.iter().any(takes_over),
        _ => false,
    }
}

/// What events are about.
#[derive(Default)]
struct About<'e> {
    /// Names of servers that are made where they are not known.
    makes: BTreeSet<&'e str>,
    /// Names of servers that something else is said of.
    asks: BTreeSet<&'e str>,
    lists: Vec<&'e Observation>,
}

impl<'e> About<'e> {
    fn gather(&mut self, events: &'e [CrawlEvent]) {
        for event in events {
            match event {
                CrawlEvent::Listing(listing) => drop(self.makes.insert(listing.server.as_str())),
                CrawlEvent::Observation(seen) => {
                    self.makes.insert(seen.server.as_str());
                    if seen.outcome == Outcome::Ok {
                        self.lists.push(seen);
                    }
                }
                CrawlEvent::Alias(same) => drop(self.makes.insert(same.server.as_str())),
                CrawlEvent::Done { server, .. } => drop(self.asks.insert(server.as_str())),
                CrawlEvent::Finished { events, .. } => self.gather(events),
                _ => {}
            }
        }
    }
}
