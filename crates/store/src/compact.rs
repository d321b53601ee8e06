//! A verdict as it is kept: without what follows from other rows, with shared texts by their numbers; and back, byte for
//! byte. The view `verdict` says the same in SQL; a test holds the two together.

use super::compact_json::json;
use super::dictionary::Dictionary;
use super::edition::Edition;
use super::from_row::{FromRow, document, word};
use super::sql::editions::{JUDGED, JUDGED_BY, JUDGED_BY_COMES, JUDGED_COMES, JUDGED_PASSES};
use super::sql::{self, AsJson, Connection, Row, damaged, params};
use mcpdex_model::{AuditFinding, Class, Evidence, OperationVerdict, Overruled, Risk, Tool, Trait, Verdict};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;

/// Signs that stand for quoted words in a shared sentence.
const SIGNS: [char; 8] = ['\u{1}', '\u{2}', '\u{3}', '\u{4}', '\u{5}', '\u{6}', '\u{7}', '\u{8}'];

/// A row of `judged`, but for its tool and what `search` holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) judgement: i64,
    pub(super) rationale: i64,
    pub(super) quoted: Option<String>,
    pub(super) rest: Option<String>,
}

impl Kept {
    /// What is to be kept of a verdict on a tool.
    pub(super) fn of(
        verdict: &Verdict,
        tool: &Tool,
        words: &mut Dictionary,
        connection: &Connection,
    ) -> sql::Result<Kept> {
        let (sentence, quoted) = shared(&verdict.rationale);
        let mut rest = Rest::default();
        rest.evidence("e", &verdict.evidence, words, connection)?;
        if !verdict.overruled.is_empty() {
            rest.begin("o");
            for (at, lost) in verdict.overruled.iter().enumerate() {
                let reason = words.phrase(connection, &lost.reason)?;
                let head = (lost.class, &lost.traits, reason);
                rest.item(at, &json(&head), true);
                rest.list(&lost.evidence, words, connection)?;
                rest.text.push(']');
            }
            rest.text.push(']');
        }
        if !verdict.operations.is_empty() {
            rest.begin("p");
            for (at, one) in verdict.operations.iter().enumerate() {
                let parameter = words.phrase(connection, &one.parameter)?;
                let known = u8::from(one.recognised);
                let whole = (parameter, &one.value, one.class, &one.traits, one.risk, known);
                rest.item(at, &json(&whole), false);
            }
            rest.text.push(']');
        }
        rest.plain("a", &verdict.audit);
        rest.plain("n", &verdict.notes);
        rest.plain("u", &verdict.unread);
        if !verdict.does.is_empty() {
            let description = tool.description.as_deref().unwrap_or_default();
            let told = match description.starts_with(&verdict.does) && is_readable(description, &tool.raw) {
                true => verdict.does.chars().count().to_string(),
                false => json(&verdict.does),
            };
            rest.key("d");
            rest.text.push_str(&told);
        }
        Ok(Kept {
            judgement: words.judgement(connection, verdict)?,
            rationale: words.phrase(connection, &sentence)?,
            quoted,
            rest: rest.end(),
        })
    }
}

impl Kept {
    /// Writes the row of a tool into an edition; `indexed` is what `search` holds of it.
    pub(super) fn write(
        &self,
        connection: &Connection,
        edition: Edition,
        tool: i64,
        indexed: Option<i64>,
    ) -> sql::Result<()> {
        let Kept { judgement, rationale, .. } = self;
        let (quoted, rest) = (self.quoted.as_deref().map(AsJson), self.rest.as_deref().map(AsJson));
        match edition {
            Edition::Shown => connection.add(&JUDGED, params![tool, judgement, rationale, quoted, rest, indexed]),
            Edition::Coming(number) => {
                connection.add(&JUDGED_PASSES, [tool, number])?;
                connection.add(&JUDGED_COMES, params![tool, judgement, rationale, quoted, rest, indexed, number])
            }
        }
    }
}

/// Notes by which rules the verdicts on a server's tools were made.
pub(super) fn judged_by(connection: &Connection, edition: Edition, server: i64, ruleset: i64) -> sql::Result<()> {
    match edition {
        Edition::Shown => connection.add(&JUDGED_BY, [server, ruleset]),
        Edition::Coming(number) => connection.add(&JUDGED_BY_COMES, [server, ruleset, number]),
    }
}

/// Whether SQL finds this description in the definition: not where it comes from another list, or was mended.
fn is_readable(description: &str, raw: &str) -> bool {
    #[derive(Deserialize)]
    struct Described<'d> {
        #[serde(borrow, default)]
        description: std::borrow::Cow<'d, str>,
    }
    // A sign of nothing ends a text for some of SQLite's functions.
    !description.contains('\0')
        && is_plain(raw)
        && serde_json::from_str::<Described<'_>>(raw).is_ok_and(|of| of.description == description)
}

/// Whether a database that looks into a document finds what it looks for: PostgreSQL does not where any text of it holds a sign of
/// nothing or half a pair of surrogates, or where it is nested by the thousand.
fn is_plain(raw: &str) -> bool {
    const DEEPEST: usize = 500;
    let bytes = raw.as_bytes();
    let unit = |at: usize| {
        let digits = bytes.get(at..at + 6).filter(|told| told.starts_with(b"\\u")).map(|told| &told[2..]);
        digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u16::from_str_radix(digits, 16).ok())
    };
    // What stands in texts is counted along: brackets by the hundred are rare there, too.
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'\\' => match unit(at) {
                Some(0 | 0xdc00..=0xdfff) => return false,
                Some(0xd800..=0xdbff) if !matches!(unit(at + 6), Some(0xdc00..=0xdfff)) => return false,
                Some(0xd800..=0xdbff) => at += 11,
                _ => at += 1,
            },
            _ => {}
        }
        if depth > DEEPEST {
            return false;
        }
        at += 1;
    }
    true
}

/// A rationale with signs for the words that it quotes, and these words as JSON.
fn shared(rationale: &str) -> (String, Option<String>) {
    if rationale.contains(SIGNS) || rationale.contains('\0') {
        return (rationale.to_owned(), None);
    }
    let mut sentence = String::with_capacity(rationale.len());
    let mut quoted: Vec<&str> = Vec::new();
    let mut rest = rationale;
    while quoted.len() < SIGNS.len()
        && let Some((before, from)) = rest.split_once('“')
        && let Some((inside, after)) = from.split_once('”')
    {
        sentence.extend([before, "“"]);
        sentence.push(SIGNS[quoted.len()]);
        sentence.push('”');
        quoted.push(inside);
        rest = after;
    }
    sentence.push_str(rest);
    let quoted = (!quoted.is_empty()).then(|| json(&quoted));
    (sentence, quoted)
}

/// The rationale of a row that has its `sentence` and what is `quoted` in it.
pub(super) fn rationale(row: &Row<'_>) -> sql::Result<String> {
    let (sentence, quoted): (String, Option<String>) = (row.get("sentence")?, row.get("quoted")?);
    whole(&sentence, quoted.as_deref()).map_err(|error| damaged("rationale", &error))
}

fn whole(sentence: &str, quoted: Option<&str>) -> Result<String, serde_json::Error> {
    let Some(quoted) = quoted else { return Ok(sentence.to_owned()) };
    let quoted: Vec<String> = serde_json::from_str(quoted)?;
    let mut text = String::with_capacity(sentence.len() + 64);
    for sign in sentence.chars() {
        match SIGNS.iter().position(|one| *one == sign) {
            Some(at) => text.push_str(quoted.get(at).map_or("", String::as_str)),
            None => text.push(sign),
        }
    }
    Ok(text)
}

/// The JSON object of what is a verdict's own.
#[derive(Default)]
struct Rest {
    text: String,
}

impl Rest {
    fn key(&mut self, key: &str) {
        self.text.push(if self.text.is_empty() { '{' } else { ',' });
        self.text.extend(["\"", key, "\":"]);
    }

    fn begin(&mut self, key: &str) {
        self.key(key);
        self.text.push('[');
    }

    /// An item that is written already; without its end where more of it follows.
    fn item(&mut self, at: usize, json: &str, open: bool) {
        if at > 0 {
            self.text.push(',');
        }
        match json.strip_suffix(']').filter(|_| open) {
            Some(start) => self.text.extend([start, ","]),
            None => self.text.push_str(json),
        }
    }

    fn evidence(
        &mut self,
        key: &str,
        evidence: &[Evidence],
        words: &mut Dictionary,
        connection: &Connection,
    ) -> sql::Result<()> {
        if evidence.is_empty() {
            return Ok(());
        }
        self.key(key);
        self.list(evidence, words, connection)
    }

    fn list(&mut self, evidence: &[Evidence], words: &mut Dictionary, connection: &Connection) -> sql::Result<()> {
        self.text.push('[');
        for (at, one) in evidence.iter().enumerate() {
            let ground = words.ground(connection, one)?;
            let usual = one.start.checked_add(one.text.len()) == Some(one.end);
            let text = match usual {
                true => json(&(ground, one.start, &one.text)),
                false => json(&(ground, one.start, &one.text, one.end)),
            };
            self.item(at, &text, false);
        }
        self.text.push(']');
        Ok(())
    }

    fn plain<T: serde::Serialize>(&mut self, key: &str, items: &[T]) {
        if !items.is_empty() {
            self.key(key);
            self.text.push_str(&json(&items));
        }
    }

    fn end(mut self) -> Option<String> {
        if self.text.is_empty() {
            return None;
        }
        self.text.push('}');
        Some(self.text)
    }
}

/// Pieces of evidence as they are kept.
type GroundRows = Vec<Vec<Value>>;

/// [`Rest`] as it is read back.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RestRow {
    e: GroundRows,
    o: Vec<(Class, BTreeSet<Trait>, i64, GroundRows)>,
    p: Vec<(i64, String, Class, BTreeSet<Trait>, Risk, u8)>,
    a: Vec<AuditFinding>,
    n: Vec<String>,
    u: Vec<String>,
    d: Value,
}

/// A kept verdict that wants the texts of its numbers. Its row has the columns of `judgement`, `quoted` and `rest`, the
/// `sentence` of the rationale, the `ruleset` and the `server`.
pub(super) struct KeptRow {
    verdict: Verdict,
    rest: Option<String>,
}

impl FromRow for KeptRow {
    fn from_row(row: &Row<'_>) -> sql::Result<KeptRow> {
        let verdict = Verdict {
            server: row.get("server")?,
            name: String::new(),
            class: word(row, "class")?,
            traits: document(row, "traits")?,
            risk: word(row, "risk")?,
            confidence: word(row, "confidence")?,
            category: word(row, "category")?,
            rationale: rationale(row)?,
            evidence: Vec::new(),
            overruled: Vec::new(),
            operations: Vec::new(),
            frameworks: document(row, "frameworks")?,
            sep2793: document(row, "sep2793")?,
            audit: Vec::new(),
            notes: Vec::new(),
            unread: Vec::new(),
            does: String::new(),
            recognised: row.get("recognised")?,
            ruleset: row.get("ruleset")?,
        };
        Ok(KeptRow { verdict, rest: row.get("rest")? })
    }
}

impl KeptRow {
    /// The verdict on this tool, which is as its own definition states it.
    pub(super) fn whole(self, tool: &Tool, connection: &Connection) -> sql::Result<Verdict> {
        let mut verdict = self.verdict;
        verdict.name.clone_from(&tool.name);
        let Some(rest) = self.rest else { return Ok(verdict) };
        let rest: RestRow = serde_json::from_str(&rest).map_err(|error| damaged("verdict", &error))?;
        let phrase = |id: i64| -> sql::Result<String> {
            connection.prepare_cached("SELECT text FROM phrase WHERE id = ?1")?.query_row([id], |row| row.get(0))
        };
        let evidence = |list: GroundRows| -> sql::Result<Vec<Evidence>> {
            list.into_iter().map(|one| ground(one, connection)).collect()
        };
        verdict.evidence = evidence(rest.e)?;
        for (class, traits, reason, list) in rest.o {
            verdict.overruled.push(Overruled { class, traits, reason: phrase(reason)?, evidence: evidence(list)? });
        }
        for (parameter, value, class, traits, risk, known) in rest.p {
            let parameter = phrase(parameter)?;
            verdict.operations.push(OperationVerdict { parameter, value, class, traits, risk, recognised: known == 1 });
        }
        (verdict.audit, verdict.notes, verdict.unread) = (rest.a, rest.n, rest.u);
        verdict.does = match rest.d {
            Value::String(text) => text,
            Value::Number(signs) => {
                let signs = signs.as_u64().and_then(|signs| usize::try_from(signs).ok()).unwrap_or_default();
                tool.description.as_deref().unwrap_or_default().chars().take(signs).collect()
            }
            _ => String::new(),
        };
        Ok(verdict)
    }
}

fn ground(one: Vec<Value>, connection: &Connection) -> sql::Result<Evidence> {
    let odd = || damaged("verdict", &"a piece of evidence is not what it should be");
    let number = |at: usize| one.get(at).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
    let (id, start) = (one.first().and_then(Value::as_i64).ok_or_else(odd)?, number(1).ok_or_else(odd)?);
    let text = one.get(2).and_then(Value::as_str).ok_or_else(odd)?.to_owned();
    let end = number(3).unwrap_or(start + text.len());
    let known = "SELECT rule, field, pointer FROM ground WHERE id = ?1";
    connection.prepare_cached(known)?.query_row([id], |row| {
        let (rule, pointer) = (row.get("rule")?, row.get("pointer")?);
        Ok(Evidence { rule, field: word(row, "field")?, pointer, text: text.clone(), start, end })
    })
}
