//! Servers as a registry lists them on: page by page along their names, each with the versions of its manifest and with
//! what is known of its tools. What is shown of that is the asker's affair.

use super::from_row::{FromRow, document, word};
use super::sql::{self, Row};
use super::{Reader, StoreError};
use mcpdex_model::{Category, Class, Confidence, Outcome, Package, Partial, Remote, Risk, Trait, Unread};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Which servers, along their names. Only those that a source lists with a manifest are there, and whose name has at most
/// 200 bytes, which is as long as a registry's name may be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegistryQuery {
    /// Names after this one; from this one on where `inclusive`.
    pub after: String,
    pub inclusive: bool,
    /// Exactly this name.
    pub name: Option<String>,
    /// Part of the name, without regard to case.
    pub search: Option<String>,
    /// Servers that are gone, too.
    pub gone: bool,
    /// How many at most.
    pub take: usize,
}

/// One version of a server's manifest, as it was last listed.
#[derive(Debug, Clone, PartialEq)]
pub struct RegistryEntry {
    pub server: String,
    /// As the source states it; empty where it does not.
    pub version: String,
    /// The source that listed it last, of those that do.
    pub source: String,
    pub status: Option<String>,
    /// The manifest as compact JSON, secrets redacted.
    pub manifest: String,
    /// What the registry itself notes beside the manifest, as compact JSON.
    pub meta: Option<String>,
    pub packages: Vec<Package>,
    pub remotes: Vec<Remote>,
    /// RFC 3339, whole seconds.
    pub first_seen: String,
    pub last_seen: String,
    /// The version that was listed last, of those that are not deleted.
    pub is_latest: bool,
}

impl RegistryEntry {
    /// Whether its source deleted it or lists it no more.
    pub fn is_deleted(&self) -> bool {
        matches!(self.status.as_deref(), Some("deleted" | "unlisted"))
    }
}

/// A judgement on one tool of a server, in brief.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolJudgement {
    pub class: Class,
    pub risk: Risk,
    pub category: Category,
    pub confidence: Confidence,
    pub traits: BTreeSet<Trait>,
}

/// A list of tools that is in use.
#[derive(Debug, Clone, PartialEq)]
pub struct ListInUse {
    /// A package (`npm:NAME`) or an address.
    pub target: String,
    /// Of the package that was read.
    pub version: Option<String>,
    pub partial: Vec<Partial>,
}

/// What is known of a server's tools.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ToolsKnown {
    /// The rules that judged; none where nothing was judged.
    pub ruleset: Option<String>,
    /// Tools have changed since they were judged.
    pub unjudged: bool,
    /// The current tools in the order of their list; without a verdict where they were not judged yet.
    pub tools: Vec<(String, Option<Rc<ToolJudgement>>)>,
    pub lists: Vec<ListInUse>,
    /// Targets whose newest attempt failed.
    pub failed: Vec<Unread>,
    /// When anything of it was last seen, RFC 3339.
    pub seen: String,
}

impl FromRow for RegistryEntry {
    fn from_row(row: &Row<'_>) -> sql::Result<RegistryEntry> {
        Ok(RegistryEntry {
            server: row.get("server")?,
            version: row.get("version")?,
            source: row.get("source")?,
            status: row.get("status")?,
            manifest: row.get("manifest")?,
            meta: row.get("meta")?,
            packages: document(row, "packages")?,
            remotes: document(row, "remotes")?,
            first_seen: row.get("first_seen")?,
            last_seen: row.get("last_seen")?,
            is_latest: row.get("is_latest")?,
        })
    }
}

/// A row that belongs to a server.
struct Of<T>(i64, T);

impl FromRow for Of<String> {
    fn from_row(row: &Row<'_>) -> sql::Result<Self> {
        Ok(Of(row.get("id")?, row.get("name")?))
    }
}

impl FromRow for Of<ListInUse> {
    fn from_row(row: &Row<'_>) -> sql::Result<Self> {
        let list =
            ListInUse { target: row.get("target")?, version: row.get("version")?, partial: document(row, "partial")? };
        Ok(Of(row.get("server_id")?, list))
    }
}

impl FromRow for Of<Unread> {
    fn from_row(row: &Row<'_>) -> sql::Result<Self> {
        let unread = Unread {
            server: row.get("server")?,
            target: row.get("target")?,
            outcome: word::<Outcome>(row, "outcome")?,
            detail: row.get("detail")?,
        };
        Ok(Of(row.get("server_id")?, unread))
    }
}

impl FromRow for Of<ToolJudgement> {
    fn from_row(row: &Row<'_>) -> sql::Result<Self> {
        let verdict = ToolJudgement {
            class: word(row, "class")?,
            risk: word(row, "risk")?,
            category: word(row, "category")?,
            confidence: word(row, "confidence")?,
            traits: document(row, "traits")?,
        };
        Ok(Of(row.get("id")?, verdict))
    }
}

/// A deleted or unlisted version comes after every other.
const DEAD: &str = "coalesce(listing.status, '') IN ('deleted', 'unlisted')";

impl Reader {
    /// The servers that fulfil a query: their rows and names, by name. Names never change, so that whoever goes on after
    /// the last one misses no server that was there all the time, whatever is written meanwhile.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn registry_servers(&self, query: &RegistryQuery) -> Result<Vec<(i64, String)>, StoreError> {
        let sql = "SELECT server.id AS id, server.name AS name FROM server
                   WHERE (server.name > ?1 OR (?2 AND server.name = ?1)) AND (server.name = ?3 OR ?3 IS NULL)
                     AND (instr(lower(server.name), ?4) > 0 OR ?4 IS NULL) AND (?5 OR server.gone = 0)
                     AND octet_length(server.name) <= 200
                     AND EXISTS (SELECT 1 FROM listing WHERE listing.server_id = server.id
                                   AND listing.manifest IS NOT NULL)
                   ORDER BY server.name LIMIT ?6";
        let RegistryQuery { after, inclusive, name, search, gone, take } = query;
        let take = i64::try_from(*take).unwrap_or(i64::MAX);
        let rows: Vec<Of<String>> =
            self.all(sql, (after, inclusive, name, search.as_deref().map(str::to_ascii_lowercase), gone, take))?;
        Ok(rows.into_iter().map(|Of(id, name)| (id, name)).collect())
    }

    /// Every version of the manifests of these servers, by name and version. Of several sources that list one version
    /// counts the one that did so last.
    ///
    /// # Errors
    /// The database cannot be read, or a stored document is damaged.
    pub fn registry_entries(&self, servers: &[i64]) -> Result<Vec<RegistryEntry>, StoreError> {
        let order = format!("{DEAD}, listing.last_seen DESC, listing.id DESC");
        let sql = format!(
            "SELECT * FROM (
                 SELECT server.name AS server, listing.version AS version, listing.source AS source,
                        listing.status AS status, listing.manifest AS manifest, listing.meta AS meta,
                        listing.packages AS packages, listing.remotes AS remotes,
                        listing.first_seen AS first_seen, listing.last_seen AS last_seen,
                        row_number() OVER (PARTITION BY server.id, listing.version ORDER BY {order}) AS place,
                        row_number() OVER (PARTITION BY server.id ORDER BY {order}) = 1 AS is_latest
                 FROM server JOIN listing ON listing.server_id = server.id
                 WHERE server.id IN (SELECT CAST(value AS BIGINT) FROM json_each(?1)) AND listing.manifest IS NOT NULL)
             AS entry WHERE place = 1 ORDER BY server, version"
        );
        self.all(&sql, [format!("{servers:?}")])
    }

    /// How many servers no registry lists, so that they have no manifest to be served on, or have a longer name than one may
    /// have.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn servers_without_manifest(&self) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM server WHERE gone = 0 AND (octet_length(name) > 200 OR NOT EXISTS (
                       SELECT 1 FROM listing WHERE listing.server_id = server.id AND listing.manifest IS NOT NULL))";
        self.number(sql, ())
    }

    /// What is known of the tools of these servers.
    ///
    /// # Errors
    /// The database cannot be read, or a stored document is damaged.
    pub fn tools_known(&self, servers: &[i64]) -> Result<BTreeMap<i64, ToolsKnown>, StoreError> {
        let ids = format!("{servers:?}");
        let mut known: BTreeMap<i64, ToolsKnown> = servers.iter().map(|id| (*id, ToolsKnown::default())).collect();
        self.standing_of(&ids, &mut known)?;
        let lists: Vec<Of<ListInUse>> = self.all(
            "SELECT server_id, target, version, partial FROM observation
             WHERE latest = 1 AND server_id IN (SELECT CAST(value AS BIGINT) FROM json_each(?1)) ORDER BY server_id, target",
            [&ids],
        )?;
        for Of(id, list) in lists {
            known.entry(id).or_default().lists.push(list);
        }
        let failed: Vec<Of<Unread>> = self.all(
            "SELECT attempt.server_id AS server_id, server.name AS server, attempt.target AS target,
                    attempt.outcome AS outcome, attempt.detail AS detail
             FROM attempt JOIN server ON server.id = attempt.server_id
             WHERE attempt.id IN (SELECT max(id) FROM attempt WHERE server_id IN (SELECT CAST(value AS BIGINT) FROM json_each(?1))
                                  GROUP BY server_id, origin, target)
               AND attempt.outcome NOT IN ('ok', 'not-modified')
               AND NOT (attempt.origin = 'declared' AND attempt.outcome = 'gone')
             ORDER BY attempt.server_id, attempt.target",
            [&ids],
        )?;
        for Of(id, unread) in failed {
            known.entry(id).or_default().failed.push(unread);
        }
        self.verdicts_of(&ids, &mut known)?;
        Ok(known)
    }

    fn standing_of(&self, ids: &str, known: &mut BTreeMap<i64, ToolsKnown>) -> Result<(), StoreError> {
        let sql = "SELECT server.id, phrase.text, server.last_seen,
                          EXISTS (SELECT 1 FROM unjudged WHERE unjudged.server_id = server.id)
                   FROM server LEFT JOIN judged_by ON judged_by.server_id = server.id
                   LEFT JOIN phrase ON phrase.id = judged_by.ruleset_id
                   WHERE server.id IN (SELECT CAST(value AS BIGINT) FROM json_each(?1))";
        let mut statement = self.connection.prepare_cached(sql).map_err(self.fail())?;
        let mut rows = statement.query([ids]).map_err(self.fail())?;
        while let Some(row) = rows.next().map_err(self.fail())? {
            let read = || -> sql::Result<_> { Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)) };
            let (id, ruleset, seen, unjudged): (i64, _, _, _) = read().map_err(self.fail())?;
            let one = known.entry(id).or_default();
            (one.ruleset, one.seen, one.unjudged) = (ruleset, seen, unjudged);
        }
        Ok(())
    }

    fn verdicts_of(&self, ids: &str, known: &mut BTreeMap<i64, ToolsKnown>) -> Result<(), StoreError> {
        let sql = "SELECT tool.server_id, tool.name, judged.judgement_id
                   FROM tool LEFT JOIN judged ON judged.tool_id = tool.id
                   WHERE tool.current = 1 AND tool.server_id IN (SELECT CAST(value AS BIGINT) FROM json_each(?1))
                   ORDER BY tool.server_id, tool.id";
        let judgement = "SELECT id, class, risk, category, confidence, traits FROM judgement WHERE id = ?1";
        let mut judgements: BTreeMap<i64, Rc<ToolJudgement>> = BTreeMap::new();
        let mut statement = self.connection.prepare_cached(sql).map_err(self.fail())?;
        let mut rows = statement.query([ids]).map_err(self.fail())?;
        while let Some(row) = rows.next().map_err(self.fail())? {
            let read = || -> sql::Result<_> { Ok((row.get(0)?, row.get(1)?, row.get(2)?)) };
            let (server, name, id): (i64, String, Option<i64>) = read().map_err(self.fail())?;
            let verdict = match id {
                None => None,
                Some(id) => match judgements.get(&id) {
                    Some(kept) => Some(Rc::clone(kept)),
                    // Few tools differ in all of it.
                    None => {
                        let found: Option<Of<ToolJudgement>> = self.all(judgement, [id])?.pop();
                        found.map(|Of(id, verdict)| Rc::clone(judgements.entry(id).or_insert(Rc::new(verdict))))
                    }
                },
            };
            known.entry(server).or_default().tools.push((name, verdict));
        }
        Ok(())
    }
}
