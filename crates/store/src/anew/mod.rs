//! Judges everything again by other rules, in pieces that several processes take, on a server's database. What the new rules
//! say otherwise is written as the next edition, which nobody sees; when nothing is left, one short transaction raises the
//! number of what is shown. Which piece is whose is not known here: `mcpdex-fleet` hands them out under leases, and a piece
//! ends in the transaction that keeps what came of it, or nothing came of it.
//!
//! A piece is read and judged without a lock, and written under that of all who write. What a crawl changes meanwhile is
//! noted by the database itself (`changed`), left out of the piece, and judged last.

mod cut;
mod read;
mod switch;

use super::dictionary::Dictionary;
use super::edition::{self, Edition, Editions};
use super::judged::Work;
use super::sql::{self, Connection, Optional as _};
use super::{DatabasePlace, JudgeError, Judged, NamesDatabase, ServerTools, StoreError, open};
use mcpdex_model::Verdict;

/// Seconds without a piece in anybody's hands after which a judging counts as given up.
const PATIENCE: i64 = 15;

/// One judging of everything by other rules, as one of those who take part sees it.
#[derive(Debug)]
pub struct Anew {
    place: DatabasePlace,
    ruleset: String,
    edition: i64,
    /// Reads in one transaction a piece.
    reader: Connection,
    writer: Connection,
    dictionary: Dictionary,
    /// How often what a crawl has changed was cut into pieces.
    rounds: u32,
}

/// What there is to take part in.
#[derive(Debug)]
pub enum Begun {
    /// Nothing: what is shown is by these rules, or nothing was ever judged.
    NotNeeded,
    /// A judging by these rules, which was under way or is now.
    Here(Box<Anew>),
    /// A judging by the rules of another digest, of which so many pieces are left. It is left alone.
    ByOthers { ruleset: String, left: i64 },
}

/// A piece that a worker has: the servers of these numbers, the last one included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// The number of the worker.
    pub worker: i64,
    pub id: i64,
    pub first: i64,
    pub last: i64,
    /// Only servers that are on the list of those that have changed, else only the others.
    pub late: bool,
}

/// What is to be done where no piece is to be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// To wait: others have what is left.
    Wait,
    /// To take pieces again: there are new ones.
    Take,
    /// Nothing: the new verdicts are shown. What was judged at last, where it is this call that shows them.
    Shown(Option<Judged>),
    /// Nothing: others gave this judging up.
    GivenUp,
}

impl Anew {
    /// Begins to judge everything by the rules of this digest, or takes part where that is under way already. One that is by
    /// other rules is left alone, unless nobody has been at it for a quarter of a minute: then it is given up for this one.
    /// The tables of `mcpdex-fleet` have to be there.
    ///
    /// # Errors
    /// The database cannot be read or written.
    pub fn begin(place: &(impl NamesDatabase + ?Sized), ruleset: &str) -> Result<Begun, StoreError> {
        let place = place.database();
        let writer = open::for_writing(&place)?;
        let fail = StoreError::sql("judge the tools in", &place);
        let transaction = writer.exclusive().map_err(&fail)?;
        let known: Option<String> = transaction.query_row(RULESET, (), |row| row.get(0)).optional().map_err(&fail)?;
        if known.is_none_or(|known| known == ruleset) {
            return Ok(Begun::NotNeeded);
        }
        let editions = Editions::of(&transaction).map_err(&fail)?;
        match editions.coming.as_deref() {
            Some(coming) if coming == ruleset => {}
            Some(other) => {
                let (left, is_attended) = attended(&transaction, editions.next()).map_err(&fail)?;
                if is_attended {
                    return Ok(Begun::ByOthers { ruleset: other.to_owned(), left });
                }
                edition::give_up(&transaction)
                    .and_then(|()| cut::all(&transaction, &editions, ruleset))
                    .map_err(&fail)?;
            }
            None => cut::all(&transaction, &editions, ruleset).map_err(&fail)?,
        }
        transaction.commit().map_err(&fail)?;
        Ok(Begun::Here(Box::new(Anew::of(&place, writer, ruleset, &editions)?)))
    }

    /// Takes part in a judging by the rules of this digest, where one is under way; begins none and gives none up.
    ///
    /// # Errors
    /// The database cannot be read or written.
    pub fn join(place: &(impl NamesDatabase + ?Sized), ruleset: &str) -> Result<Begun, StoreError> {
        let place = place.database();
        let writer = open::for_writing(&place)?;
        let fail = StoreError::sql("judge the tools in", &place);
        let editions = Editions::of(&writer).map_err(&fail)?;
        match &editions.coming {
            Some(coming) if coming == ruleset => {
                Ok(Begun::Here(Box::new(Anew::of(&place, writer, ruleset, &editions)?)))
            }
            Some(other) => {
                let (left, _) = attended(&writer, editions.next()).map_err(&fail)?;
                Ok(Begun::ByOthers { ruleset: other.clone(), left })
            }
            None => Ok(Begun::NotNeeded),
        }
    }

    fn of(place: &DatabasePlace, writer: Connection, ruleset: &str, editions: &Editions) -> Result<Anew, StoreError> {
        let reader = open::for_reading(place)?;
        let (place, ruleset, edition) = (place.clone(), ruleset.to_owned(), editions.next());
        Ok(Anew { place, ruleset, edition, reader, writer, dictionary: Dictionary::default(), rounds: 0 })
    }

    /// The number of the edition that is made: what its pieces are known by.
    pub fn edition(&self) -> i64 {
        self.edition
    }

    /// Judges a piece and writes what is new of it, unseen. `judge` gets servers and answers with their verdicts, in the same
    /// order. `None`: the worker has it no more, or this judging was given up for other rules; nothing was written.
    ///
    /// # Errors
    /// The database cannot be read or written, or `judge` answers out of step; nothing of the piece was written.
    pub fn judge(
        &mut self,
        piece: &Piece,
        judge: impl FnOnce(&[ServerTools]) -> Vec<Vec<Verdict>>,
    ) -> Result<Option<Judged>, JudgeError> {
        let kept = self.piece(piece, judge);
        if !matches!(kept, Ok(Some(_))) {
            // Of what was taken back with the rest nothing may be remembered.
            self.dictionary = Dictionary::default();
        }
        kept
    }

    fn piece(
        &mut self,
        piece: &Piece,
        judge: impl FnOnce(&[ServerTools]) -> Vec<Vec<Verdict>>,
    ) -> Result<Option<Judged>, JudgeError> {
        let fail = StoreError::sql("judge the tools in", &self.place);
        self.reader.renew().map_err(&fail)?;
        let mut servers = read::servers(&self.reader, &self.place, (piece.first, piece.last), piece.late)?;
        let mut verdicts = judge(&servers.tools);
        let transaction = self.writer.exclusive().map_err(&fail)?;
        // An edition that was given up has left its number to the next one.
        let editions = Editions::of(&transaction).map_err(&fail)?;
        if editions.next() != self.edition || editions.coming.as_deref() != Some(self.ruleset.as_str()) {
            return Ok(None);
        }
        let ended = "SELECT mcpdex_fleet.end_piece(?1, ?2)";
        let ended: bool = transaction.query_row(ended, [piece.worker, piece.id], |row| row.get(0)).map_err(&fail)?;
        if !ended {
            return Ok(None);
        }
        let now = read::changed(&transaction, piece.first, piece.last).map_err(&fail)?;
        if verdicts.len() == servers.tools.len() {
            servers.keep_unchanged(&mut verdicts, &now);
        }
        if piece.late {
            edition::take_back(&transaction, self.edition, &servers.ids).map_err(&fail)?;
        }
        let (place, edition, is_marked) = (&self.place, Edition::Coming(self.edition), !piece.late);
        let mut work = Work { transaction: &transaction, place, edition, is_marked, dictionary: &mut self.dictionary };
        let tools = work.keep(&servers.ids, &servers.tools, &verdicts)?;
        if piece.late {
            read::forget(&transaction, &servers.ids).map_err(&fail)?;
        }
        transaction.execute("UPDATE edition SET moved = clock_timestamp()", ()).map_err(&fail)?;
        transaction.commit().map_err(&fail)?;
        Ok(Some(Judged { servers: servers.ids.len() as u64, tools }))
    }
}

const RULESET: &str = "SELECT value FROM fact WHERE key = 'ruleset'";

/// How many pieces of an edition are left, and whether anybody is at it.
fn attended(connection: &Connection, edition: i64) -> sql::Result<(i64, bool)> {
    let sql = format!(
        "SELECT \"left\", held > 0 OR clock_timestamp() - moved < interval '{PATIENCE} seconds'
         FROM mcpdex_fleet.pieces_left(?1), edition"
    );
    connection.query_row(&sql, [edition], |row| Ok((row.get(0)?, row.get(1)?)))
}
