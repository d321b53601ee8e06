//! What searching needs of a tool: its words, its name under other spellings, the names that it mentions. Written where it
//! differs from what is there, which a digest tells.

use super::edition::Edition;
use super::full_text;
use super::sql::bulk::{MENTION, SERVER_WORD, TOOL_NAME};
use super::sql::editions::MENTIONS_PASS;
use super::sql::{self, Connection, params};
use mcpdex_model::{Tool, Verdict, spelling};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::hash::{Hash, Hasher};

/// Longer texts are indexed by their beginning, in bytes: a server's index holds no megabyte of one tool.
const LONGEST: usize = 16 << 10;
/// Longer words of a server's name are not looked for, in bytes.
const LONGEST_WORD: usize = 1_000;
/// Changes when the same tool is indexed otherwise than before.
const EDITION: u8 = 2;

/// The tools of which something is held that are a server's no more; of every edition, where there are several.
const PAST: &str = "SELECT judged.tool_id, tool.name FROM observation
    CROSS JOIN tool ON tool.observation_id = observation.id AND tool.current = 0
    CROSS JOIN judged ON judged.tool_id = tool.id WHERE observation.server_id = ?1";
const PAST_EVER: &str = "SELECT DISTINCT judged_ever.tool_id, tool.name FROM observation
    JOIN tool ON tool.observation_id = observation.id AND tool.current = 0
    JOIN judged_ever ON judged_ever.tool_id = tool.id WHERE observation.server_id = ?1";

/// Writes what `search` holds of the tools of one server.
pub(super) struct Indexer {
    server: i64,
    /// The words of the server's name and title.
    of: String,
    /// What all its tools share.
    facets: String,
    /// Lists that others took the place of may have left rows behind.
    has_past: bool,
}

/// What is known of a server beside its tools.
struct Known {
    title: Option<String>,
    gone: bool,
    /// How many lists it ever had.
    lists: i64,
    /// The words of its name were written.
    has_words: bool,
    /// The sources that list it, in order.
    sources: Vec<String>,
}

impl Known {
    fn of(connection: &Connection, server: i64) -> sql::Result<Known> {
        let (title, gone): (Option<String>, bool) = connection
            .prepare_cached("SELECT title, gone FROM server WHERE id = ?1")?
            .query_row([server], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let sources: Vec<String> = connection
            .prepare_cached(
                "SELECT DISTINCT source FROM listing
                 WHERE server_id = ?1 AND coalesce(status, '') NOT IN ('deleted', 'unlisted') ORDER BY source",
            )?
            .query_map([server], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let lists: i64 = connection
            .prepare_cached("SELECT count(*) FROM observation WHERE server_id = ?1")?
            .query_row([server], |row| row.get(0))?;
        let has_words: bool = connection
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM server_word WHERE server_id = ?1)")?
            .query_row([server], |row| row.get(0))?;
        Ok(Known { title, gone, lists, has_words, sources })
    }

    /// The same of many at once, as a server is asked.
    fn of_all(connection: &Connection, servers: &[(i64, &str)]) -> sql::Result<Vec<Known>> {
        let asked = format!("{:?}", servers.iter().map(|(server, _)| *server).collect::<Vec<_>>());
        let mut known: HashMap<i64, Known> = connection
            .prepare_cached(
                "SELECT id, title, gone, (SELECT count(*) FROM observation WHERE server_id = server.id),
                        EXISTS (SELECT 1 FROM server_word WHERE server_id = server.id)
                 FROM server WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each(?1))",
            )?
            .query_map([&asked], |row| {
                let (lists, has_words) = (row.get(3)?, row.get(4)?);
                Ok((
                    row.get(0)?,
                    Known { title: row.get(1)?, gone: row.get(2)?, lists, has_words, sources: Vec::new() },
                ))
            })?
            .collect::<Result<_, _>>()?;
        let sources: Vec<(i64, String)> = connection
            .prepare_cached(
                "SELECT DISTINCT server_id, source FROM listing
                 WHERE server_id IN (SELECT CAST(value AS BIGINT) FROM json_each(?1))
                   AND coalesce(status, '') NOT IN ('deleted', 'unlisted') ORDER BY server_id, source",
            )?
            .query_map([&asked], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        for (server, source) in sources {
            if let Some(known) = known.get_mut(&server) {
                known.sources.push(source);
            }
        }
        servers.iter().map(|(server, _)| known.remove(server).ok_or(sql::Error::NoRow)).collect()
    }
}

impl Indexer {
    /// Sets a connection up for many rows.
    pub(super) fn prepare(connection: &Connection) -> sql::Result<()> {
        full_text::prepare(connection)
    }

    /// For the tools of servers (their rows and names), in their order.
    pub(super) fn of(connection: &Connection, servers: &[(i64, &str)]) -> sql::Result<Vec<Indexer>> {
        let known = match connection.is_server() {
            false => servers.iter().map(|(server, _)| Known::of(connection, *server)).collect::<Result<_, _>>()?,
            true => Known::of_all(connection, servers)?,
        };
        servers
            .iter()
            .zip(known)
            .map(|((server, name), known)| Indexer::new(connection, *server, name, &known))
            .collect()
    }

    fn new(connection: &Connection, server: i64, name: &str, known: &Known) -> sql::Result<Indexer> {
        let shared: Vec<String> =
            known.sources.iter().map(|source| source_facet(source)).chain([server_facet(server)]).collect();
        if !known.has_words {
            // Of what no name should be as long as an index of a server holds nothing.
            for word in spelling::words(name).into_iter().filter(|word| word.len() <= LONGEST_WORD) {
                connection.add(&SERVER_WORD, params![word, server])?;
            }
        }
        Ok(Indexer {
            server,
            of: joined("", &[beginning(name), beginning(known.title.as_deref().unwrap_or_default())]),
            facets: shared.join(" "),
            has_past: known.gone || known.lists > 1,
        })
    }

    /// Removes what is held of tools that are the server's no more, their verdicts included.
    pub(super) fn forget(&self, connection: &Connection) -> sql::Result<()> {
        if !self.has_past {
            return Ok(());
        }
        // By way of observations, which have an index by server; that of tools holds current ones alone.
        let (past, gone) = match connection.is_server() {
            false => (PAST, "DELETE FROM judged WHERE tool_id = ?1"),
            true => (PAST_EVER, "DELETE FROM judged_ever WHERE tool_id = ?1"),
        };
        let past: Vec<(i64, String)> = connection
            .prepare_cached(past)?
            .query_map([self.server], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        for (id, name) in past {
            connection.prepare_cached(gone)?.execute([id])?;
            remove(connection, Edition::Shown, id)?;
            // A name that no server has any more is nobody's.
            connection
                .prepare_cached(
                    "DELETE FROM tool_name WHERE folded = ?2 AND name = ?1
                       AND NOT EXISTS (SELECT 1 FROM tool WHERE tool.name = ?1 AND tool.current = 1)",
                )?
                .execute(params![name, number(&spelling::fold(&name))])?;
        }
        Ok(())
    }

    /// Makes `search` hold a tool (its number, its origin, what is held of it) in an edition as it is now; what that is known
    /// by.
    pub(super) fn index(
        &self,
        connection: &Connection,
        edition: Edition,
        (id, origin, indexed): (i64, &str, Option<i64>),
        tool: &Tool,
        verdict: &Verdict,
    ) -> sql::Result<i64> {
        let mut facets = String::with_capacity(self.facets.len() + 160);
        facets.push_str(&self.facets);
        let mut add = |word: &str| facets.extend([" ", word]);
        add(&facet("origin", origin));
        add(&facet("class", verdict.class.as_str()));
        add(&facet("risk", verdict.risk.as_str()));
        verdict.traits.iter().for_each(|word| add(&facet("trait", word.as_str())));
        add(&name_facet(&tool.name));
        let description = tool.description.as_deref().unwrap_or_default();
        let description = beginning(description);
        let title = beginning(tool.display_title().unwrap_or_default());
        let mut hasher = std::hash::DefaultHasher::new();
        (EDITION, &tool.name, title, description, &self.of, &facets).hash(&mut hasher);
        let digest = hasher.finish().cast_signed();
        if indexed == Some(digest) {
            return Ok(digest);
        }
        if indexed.is_some() {
            remove(connection, edition, id)?;
        }
        let words = [
            &joined(IN_NAME, &[beginning(&tool.name)]),
            &joined(IN_TITLE, &[title]),
            &joined("", &[description]),
            &self.of,
            &facets,
        ]
        .map(String::as_str)
        .join(" ");
        full_text::add(connection, edition, id, &words)?;
        let folded = number(&spelling::fold(&tool.name));
        // Of a server names are told apart when they are added, all at once.
        let known = !connection.is_server()
            && connection
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM tool_name WHERE folded = ?1 AND name = ?2)")?
                .query_row(params![folded, tool.name], |row| row.get(0))?;
        if !known {
            connection.add(&TOOL_NAME, params![tool.name, folded, number(&spelling::skeleton(&tool.name))])?;
        }
        for mention in spelling::mentions(description).into_iter().filter(|name| *name != tool.name) {
            connection.add(&MENTION, [number(mention), id])?;
        }
        Ok(digest)
    }
}

/// Removes what is held of a tool from an edition on, as far as it is held by edition.
pub(super) fn remove(connection: &Connection, edition: Edition, id: i64) -> sql::Result<()> {
    full_text::remove(connection, edition, id)?;
    match edition {
        Edition::Shown => connection.prepare_cached(MENTIONS_PASS.one)?.execute([id]).map(drop),
        Edition::Coming(_) => connection.add(&MENTIONS_PASS, [id]),
    }
}

/// The number by which a name, or a form of one, is found. From a digest, so that nobody can make a name that has
/// another's number.
pub(super) fn number(text: &str) -> i64 {
    let digest = Sha256::digest(text.as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    i64::from_be_bytes(first)
}

/// Signs before words that stand in a name, in a title, and before what is no word; see `migrations/0003_catalogue.sql`.
pub(super) const IN_NAME: &str = "‹";
pub(super) const IN_TITLE: &str = "›";
const FACET: &str = "¤";

/// As much of a text as is indexed.
fn beginning(text: &str) -> &str {
    let end = (0..=LONGEST.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    &text[..end]
}

fn joined(sign: &str, texts: &[&str]) -> String {
    let mut all = String::new();
    for text in texts {
        spelling::each_word(text, |word| {
            if !all.is_empty() {
                all.push(' ');
            }
            all.extend([sign, word]);
        });
    }
    all
}

/// What `search` holds for one word of a vocabulary.
pub(super) fn facet(of: &str, word: &str) -> String {
    format!("{FACET}{of}{}", word.replace('-', ""))
}

/// What `search` holds for a source.
pub(super) fn source_facet(source: &str) -> String {
    format!("{FACET}source{}", &super::digest::sha256_hex(source.as_bytes())[..16])
}

/// What `search` holds for a server.
pub(super) fn server_facet(server: i64) -> String {
    format!("{FACET}server{server}")
}

/// What `search` holds for a tool's name, however it is spelled.
pub(super) fn name_facet(name: &str) -> String {
    format!("{FACET}is{}", spelling::fold(name).chars().take(128).collect::<String>())
}
