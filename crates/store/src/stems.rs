//! Words as full text is searched by: cut and stemmed by SQLite's own tokeniser, whichever database holds them, so that
//! the same words are found everywhere.

use rusqlite::{Connection, params};
use std::collections::{BTreeSet, HashMap};

/// Words that are remembered; beyond that all are forgotten and asked for again.
const MOST: usize = 200_000;
/// Longer words are told apart by a digest: a server's index holds none of their length.
const LONGEST: usize = 512;

/// Cuts and stems.
pub(crate) struct Stems {
    /// A table in memory that is asked for what the tokeniser makes of a word.
    memory: Connection,
    known: HashMap<String, String>,
}

impl Stems {
    pub(crate) fn new() -> rusqlite::Result<Stems> {
        let memory = Connection::open_in_memory()?;
        memory.execute_batch(
            "CREATE VIRTUAL TABLE one USING fts5 (word, content = '', tokenize = 'porter ascii');
             CREATE VIRTUAL TABLE made USING fts5vocab (one, 'instance');",
        )?;
        Ok(Stems { memory, known: HashMap::new() })
    }

    /// The stem of a word that holds letters, digits and signs beyond ASCII alone.
    pub(crate) fn stem(&mut self, word: &str) -> rusqlite::Result<String> {
        if let Some(stem) = self.known.get(word) {
            return Ok(stem.clone());
        }
        let stem = self.made_of(word)?.pop().ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        self.remember(word, stem.clone());
        Ok(stem)
    }

    /// What the tokeniser makes of each word of a text, in order.
    fn made_of(&self, text: &str) -> rusqlite::Result<Vec<String>> {
        self.memory.prepare_cached("INSERT INTO one (rowid, word) VALUES (1, ?1)")?.execute(params![text])?;
        let made = self
            .memory
            .prepare_cached("SELECT term FROM made ORDER BY offset")?
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<Vec<String>>>()?;
        self.memory.prepare_cached("INSERT INTO one (one) VALUES ('delete-all')")?.execute([])?;
        let short = |stem: String| match stem.len() > LONGEST {
            true => super::digest::sha256_hex(stem.as_bytes()),
            false => stem,
        };
        Ok(made.into_iter().map(short).collect())
    }

    fn remember(&mut self, word: &str, stem: String) {
        if self.known.len() >= MOST {
            self.known.clear();
        }
        self.known.insert(word.to_owned(), stem);
    }

    /// Makes of texts their words, as a server's index takes them, each once. The tokeniser is asked for all new words at a
    /// time: asking costs more than cutting.
    pub(crate) fn vectors(&mut self, texts: &mut [&mut String]) -> rusqlite::Result<()> {
        let news: BTreeSet<&str> =
            texts.iter().flat_map(|text| words(text)).filter(|word| !self.known.contains_key(*word)).collect();
        let news: Vec<String> = news.into_iter().map(str::to_owned).collect();
        if !news.is_empty() {
            let made = self.made_of(&news.join(" "))?;
            // Else each is asked for by itself.
            if made.len() == news.len() {
                news.iter().zip(made).for_each(|(word, stem)| self.remember(word, stem));
            }
        }
        for text in texts {
            let mut stems = BTreeSet::new();
            for word in words(text) {
                stems.insert(self.stem(word)?);
            }
            **text = stems.into_iter().map(|stem| format!("'{stem}'")).collect::<Vec<_>>().join(" ");
        }
        Ok(())
    }

    /// A question in SQLite's words (quoted words, `AND`, `OR`, brackets) in those of a server.
    pub(crate) fn question(&mut self, asked: &str) -> rusqlite::Result<String> {
        let mut question = String::new();
        for (at, part) in asked.split('"').enumerate() {
            if at % 2 == 0 {
                question.push_str(&part.replace("AND", "&").replace("OR", "|"));
                continue;
            }
            // A word that holds signs is as many words as they leave, all of which must stand there.
            let stems: Vec<String> = words(part).map(|word| self.stem(word)).collect::<rusqlite::Result<Vec<_>>>()?;
            let quoted: Vec<String> = stems.iter().map(|stem| format!("'{stem}'")).collect();
            let none = "'¤none'".to_owned();
            question.push_str(&format!("({})", if quoted.is_empty() { none } else { quoted.join(" & ") }));
        }
        Ok(question)
    }
}

/// What SQLite's tokeniser takes for words: letters and digits of ASCII, and whatever lies beyond it.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_and_stemmed_as_sqlite_does() {
        let mut stems = Stems::new().unwrap();
        let mut vector = |text: &str| {
            let (mut text, mut other) = (text.to_owned(), "Öfen burn, FILES burning".to_owned());
            stems.vectors(&mut [&mut text, &mut other]).unwrap();
            assert_eq!(other, "'burn' 'file' 'Öfen'");
            text
        };
        assert_eq!(vector("Deleting ‹deleted FILES, ¤riskhigh"), "'delet' 'file' '¤riskhigh' '‹delet'");
        assert_eq!(vector("a Running,a runs \u{1}b"), "'a' 'b' 'run'");
        assert_eq!(vector(""), "");
        assert_eq!(vector(&"x".repeat(2_000)).len(), 66);
        let asked = r#"("‹deletes" OR "›deletes") AND "¤riskhigh""#;
        assert_eq!(stems.question(asked).unwrap(), "(('‹delet') | ('›delet')) & ('¤riskhigh')");
    }
}
