//! The index that the search page asks, cut into small scripts: a browser reads those that a word needs and no others, also
//! from `file://`, where a page may load scripts and nothing else.
//!
//! * `q/start.js`: how many tools there are, and the first word of every piece of the dictionary.
//! * `q/d0.js` …: the dictionary, words in order: how many tools have each, and where its list stands.
//! * `q/p0.js` …: the lists: of each word the best [`BEST`] tools and of each risk the best [`BEST_OF_A_RISK`], eight signs
//!   a tool: its number, risk and class, traits, how well the word fits.
//! * `q/t0.js` …: what is shown of [`SHOWN_TOGETHER`] tools or servers.
//!
//! Tools in, scripts out, through a function that keeps them; a word's list never grows beyond what is kept of it.

use super::address::token;
use super::frame::cut;
use crate::model::{Class, Risk, ServerLine, Trait, spelling, visible};
use crate::store::LeafTool;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};

/// Tools that are kept of a word.
const BEST: usize = 1_200;
/// Of each risk so many stay, though others fit better: filters find something.
const BEST_OF_A_RISK: usize = 200;
/// Tools whose lines stand in one script.
const SHOWN_TOGETHER: usize = 32;
/// Words of one piece of the dictionary, and bytes of one piece of the lists.
const WORDS_TOGETHER: usize = 1_200;
const LISTS_TOGETHER: usize = 16 << 10;
/// Signs of a description that a hit shows.
const SHOWN: usize = 130;

const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// What stands at the place of a class for a server.
const SERVER: u64 = 3;

/// How well words fit, from 0 to 63, by where they stand.
const WHOLE_NAME: u64 = 63;
const IN_NAME: u64 = 38;
const SHORT_NAME: u64 = 16;
const IN_TITLE: u64 = 26;
const IN_SERVER: u64 = 18;
const IN_DESCRIPTION: u64 = 9;

/// What is kept of a word.
#[derive(Default)]
struct Listed {
    tools: u32,
    /// Fit, number and attributes in one, so that the greatest is the best and of equal ones the first.
    best: Vec<u64>,
}

const NUMBERS: u64 = (1 << 24) - 1;

fn packed(fit: u64, number: u64, attributes: u64) -> u64 {
    fit << 58 | (NUMBERS - number) << 24 | attributes
}

impl Listed {
    fn add(&mut self, one: u64) {
        self.tools += 1;
        self.best.push(one);
        if self.best.len() > 3 * BEST {
            self.prune();
        }
    }

    fn prune(&mut self) {
        self.best.sort_unstable_by(|a, b| b.cmp(a));
        if self.best.len() <= BEST {
            return;
        }
        let (mut kept, mut of_risk) = (0, [0_usize; 4]);
        self.best.retain(|one| {
            kept += 1;
            let risk = &mut of_risk[usize::try_from(*one & 3).unwrap_or(0)];
            *risk += 1;
            kept <= BEST || *risk <= BEST_OF_A_RISK
        });
    }
}

/// Takes tools and servers, hands out scripts.
pub(super) struct SearchIndex {
    words: HashMap<Box<str>, Listed>,
    number: u64,
    tools: u64,
    servers: Vec<Value>,
    lines: Vec<Value>,
    last_server: Option<String>,
}

/// Keeps a script under its address.
pub(super) type Keep<'a, E> = dyn FnMut(&str, &[u8]) -> Result<(), E> + 'a;

impl SearchIndex {
    pub(super) fn new() -> SearchIndex {
        SearchIndex {
            words: HashMap::new(),
            number: 0,
            tools: 0,
            servers: Vec::new(),
            lines: Vec::new(),
            last_server: None,
        }
    }

    /// Takes a tool.
    pub(super) fn tool<E>(&mut self, leaf: &LeafTool, keep: &mut Keep<'_, E>) -> Result<(), E> {
        let attributes = risk_bits(leaf.risk) | class_bits(leaf.class) << 2 | trait_bits(&leaf.traits) << 4;
        let mut fits: Vec<(String, u64)> = Vec::new();
        let in_name = spelling::words(&leaf.tool);
        let short = SHORT_NAME / in_name.len().max(1) as u64;
        fits.push((spelling::fold(&leaf.tool), WHOLE_NAME));
        fits.extend(in_name.into_iter().map(|word| (word, IN_NAME + short)));
        for (text, fit) in [
            (leaf.title.as_deref().unwrap_or_default(), IN_TITLE),
            (&leaf.server, IN_SERVER),
            (&leaf.description, IN_DESCRIPTION),
        ] {
            spelling::each_word(text, |word| fits.push((word.to_owned(), fit)));
        }
        self.tools += 1;
        self.fit(fits, attributes);
        let about = shown(&leaf.description);
        let server = self.server_at(&leaf.server);
        self.line(json!([visible(&leaf.tool), server, token(&leaf.tool), about]), keep)
    }

    /// Takes a server.
    pub(super) fn server<E>(&mut self, line: &ServerLine, keep: &mut Keep<'_, E>) -> Result<(), E> {
        let gravest = [line.critical, line.high, line.medium, line.low].iter().position(|count| *count > 0);
        let risk = gravest.map_or(Risk::Low, |at| Risk::ALL[Risk::ALL.len() - 1 - at]);
        let mut fits = vec![(spelling::fold(&line.server), WHOLE_NAME)];
        for (text, fit) in [
            (line.server.as_str(), IN_NAME),
            (line.title.as_deref().unwrap_or_default(), IN_TITLE),
            (line.description.as_deref().unwrap_or_default(), IN_DESCRIPTION),
        ] {
            spelling::each_word(&cut(text, 400), |word| fits.push((word.to_owned(), fit)));
        }
        self.fit(fits, risk_bits(risk) | SERVER << 2);
        let about = shown(line.description.as_deref().or(line.title.as_deref()).unwrap_or_default());
        let server = self.server_at(&line.server);
        self.line(json!(["", server, "", about]), keep)
    }

    fn fit(&mut self, mut fits: Vec<(String, u64)>, attributes: u64) {
        fits.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        fits.dedup_by(|a, b| a.0 == b.0);
        for (word, fit) in fits.into_iter().filter(|(word, _)| !word.is_empty()) {
            let one = packed(fit, self.number, attributes);
            match self.words.get_mut(word.as_str()) {
                Some(listed) => listed.add(one),
                None => self.words.entry(word.into_boxed_str()).or_default().add(one),
            }
        }
    }

    /// The place of a server among those that the present script names.
    fn server_at(&mut self, server: &str) -> usize {
        if self.last_server.as_deref() != Some(server) || self.servers.is_empty() {
            self.servers.push(json!([visible(server), token(server)]));
            self.last_server = Some(server.to_owned());
        }
        self.servers.len() - 1
    }

    fn line<E>(&mut self, line: Value, keep: &mut Keep<'_, E>) -> Result<(), E> {
        self.lines.push(line);
        self.number += 1;
        if self.lines.len() == SHOWN_TOGETHER { self.put_lines(keep) } else { Ok(()) }
    }

    fn put_lines<E>(&mut self, keep: &mut Keep<'_, E>) -> Result<(), E> {
        if self.lines.is_empty() {
            return Ok(());
        }
        let at = (self.number - 1) / SHOWN_TOGETHER as u64;
        let told = json!({ "s": std::mem::take(&mut self.servers), "d": std::mem::take(&mut self.lines) });
        self.last_server = None;
        keep(&format!("q/t{at}.js"), script("t", at, &told).as_bytes())
    }

    /// Hands out what is left: the lists, the dictionary, the beginning.
    pub(super) fn end<E>(mut self, keep: &mut Keep<'_, E>) -> Result<(), E> {
        self.put_lines(keep)?;
        let mut words: Vec<(Box<str>, Listed)> = self.words.into_iter().collect();
        words.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let (mut lists, mut bytes, mut piece) = (Vec::new(), 0, 0_u64);
        let (mut first, mut dictionary): (Vec<String>, String) = (Vec::new(), String::new());
        for (at, (word, mut listed)) in words.into_iter().enumerate() {
            if at % WORDS_TOGETHER == 0 {
                if !first.is_empty() {
                    let number = first.len() as u64 - 1;
                    keep(&format!("q/d{number}.js"), script("d", number, &json!(dictionary)).as_bytes())?;
                    dictionary.clear();
                }
                first.push(word.to_string());
            }
            listed.prune();
            let list: String = listed.best.iter().map(|one| signs(*one)).collect();
            if bytes > 0 && bytes + list.len() > LISTS_TOGETHER {
                keep(&format!("q/p{piece}.js"), script("p", piece, &json!(std::mem::take(&mut lists))).as_bytes())?;
                (bytes, piece) = (0, piece + 1);
            }
            dictionary.push_str(&format!("{word} {} {piece} {}\n", listed.tools, lists.len()));
            bytes += list.len();
            lists.push(list);
        }
        keep(&format!("q/p{piece}.js"), script("p", piece, &json!(lists)).as_bytes())?;
        let last = first.len().saturating_sub(1) as u64;
        keep(&format!("q/d{last}.js"), script("d", last, &json!(dictionary)).as_bytes())?;
        let start = json!({ "lines": self.number, "tools": self.tools, "together": SHOWN_TOGETHER, "first": first });
        keep("q/start.js", script("start", 0, &start).as_bytes())
    }
}

/// The beginning of a text, on one line.
fn shown(text: &str) -> String {
    let line: Vec<&str> = text.split_whitespace().collect();
    visible(&cut(&line.join(" "), SHOWN)).into_owned()
}

fn script(kind: &str, number: u64, value: &Value) -> String {
    // Older browsers take these two signs for the end of a line.
    let text = value.to_string().replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029");
    format!("mcpdexIndex(\"{kind}\",{number},{text});\n")
}

fn signs(one: u64) -> String {
    let number = NUMBERS - (one >> 24 & NUMBERS);
    let (attributes, fit) = (one & 0xffff, one >> 58);
    let parts = [number >> 18, number >> 12, number >> 6, number, attributes, attributes >> 10, attributes >> 4, fit];
    parts.iter().enumerate().map(|(at, part)| sign(if at == 4 { part & 15 } else { part & 63 })).collect()
}

fn sign(value: u64) -> char {
    char::from(SIGNS[usize::try_from(value & 63).unwrap_or(0)])
}

fn risk_bits(risk: Risk) -> u64 {
    Risk::ALL.iter().position(|one| *one == risk).unwrap_or(0) as u64
}

fn class_bits(class: Class) -> u64 {
    Class::ALL.iter().position(|one| *one == class).unwrap_or(0) as u64
}

fn trait_bits(traits: &BTreeSet<Trait>) -> u64 {
    Trait::ALL.iter().enumerate().filter(|(_, one)| traits.contains(one)).map(|(at, _)| 1_u64 << at).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_keeps_the_best_and_some_of_each_risk() {
        let mut listed = Listed::default();
        for number in 0..20_000_u64 {
            listed.add(packed(if number < 5_000 { 50 } else { 9 }, number, u64::from(number % 100 == 99) * 3));
        }
        listed.prune();
        assert_eq!(listed.tools, 20_000);
        assert!(listed.best.len() <= BEST + 4 * BEST_OF_A_RISK);
        assert_eq!(signs(listed.best[0]), "AAAAAAAy");
        assert_eq!(listed.best.iter().filter(|one| **one & 3 == 3).count(), BEST_OF_A_RISK);
    }

    /// Writes the index of a million tools for a browser to be measured with: the corpus' tools again and again, under
    /// other names. `MCPDEX_INDEX` names the folder of a catalogue whose index it replaces.
    #[test]
    #[ignore = "needs MCPDEX_CORPUS and MCPDEX_INDEX"]
    fn an_index_of_a_million_tools() {
        use std::io::BufRead as _;
        let (corpus, out) = (std::env::var("MCPDEX_CORPUS").expect("set"), std::env::var("MCPDEX_INDEX").expect("set"));
        let file = std::fs::File::open(format!("{corpus}/tools-dev.jsonl.gz")).expect("readable");
        let rows: Vec<Value> = std::io::BufReader::new(flate2::read::GzDecoder::new(file))
            .lines()
            .map(|line| serde_json::from_str(&line.expect("text")).expect("JSON"))
            .collect();
        let (mut index, mut bytes, mut files) = (SearchIndex::new(), 0, 0);
        let mut keep = |address: &str, script: &[u8]| {
            (bytes, files) = (bytes + script.len(), files + 1);
            std::fs::write(std::path::Path::new(&out).join(address), script)
        };
        let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
        for number in 0..1_000_000 {
            let (round, row) = (number / rows.len(), &rows[number % rows.len()]);
            let leaf = LeafTool {
                server: format!("{}-{round}", text(row, "server")),
                tool: if round == 0 { text(row, "name") } else { format!("{}_{round}", text(row, "name")) },
                title: None,
                description: text(row, "description").chars().take(240).collect(),
                class: Class::ALL[number % 3],
                risk: Risk::ALL[number % 4],
                traits: BTreeSet::new(),
                confidence: crate::model::Confidence::High,
            };
            index.tool(&leaf, &mut keep).expect("written");
        }
        index.end(&mut keep).expect("written");
        assert!(files > 10_000 && bytes < 1 << 30, "{files} files, {bytes} bytes");
    }
}
