//! `mcpdex diff BEFORE [AFTER]`: what changed, risk-raising changes first.

use super::named::NotThere;
use super::{Exit, database, print_rows, time};
use crate::cli::{DiffArgs, Global};
use crate::model::Tool;
use crate::report::{DiffReport, visible};
use crate::store::{DatabasePlace, Reader, State};
use crate::survey::{Change, changes, sort_changes};
use anyhow::{Context, bail};
use std::collections::BTreeSet;
use std::path::Path;

/// A state of a database.
pub(super) struct Side {
    pub(super) reader: Reader,
    place: Option<DatabasePlace>,
    pub(super) state: State,
}

impl Side {
    /// A state of the database that a reader has open.
    pub(super) fn of(reader: Reader, state: State) -> Side {
        Side { reader, place: None, state }
    }
}

pub(super) fn run(global: &Global, args: &DiffArgs) -> anyhow::Result<Exit> {
    for word in [&args.before, &args.after] {
        if let Some(exit) = no_state(word) {
            return Ok(exit);
        }
    }
    let before = side(global, &args.before)?;
    let after = side(global, &args.after)?;
    let servers = servers(&before, &after, &args.server)?;
    if servers.is_empty() && !args.server.is_empty() {
        eprintln!("error: none of these servers is known: {}", visible(&args.server.join(", ")));
        return Ok(Exit::Unread);
    }
    // Judged anew on both sides by the rules of today: what differs is then the tools, not the rules. Which are made
    // ready when something differs.
    let mut bench = None;
    let one_file = before.place == after.place;
    let (mut added, mut removed) = (Vec::new(), Vec::new());
    let mut found: Vec<Change> = Vec::new();
    for server in &servers {
        if one_file {
            let numbers = |side: &Side| side.reader.definitions_of(server, &side.state);
            if numbers(&before)? == numbers(&after)? {
                continue;
            }
        }
        let was = before.reader.state_of(server, &before.state)?;
        let is = after.reader.state_of(server, &after.state)?;
        match (was.is_empty(), is.is_empty()) {
            (true, false) => added.push(server.clone()),
            (false, true) => removed.push(server.clone()),
            _ => {}
        }
        let bench = match &bench {
            Some(bench) => bench,
            None => bench.insert(database::load_bench(global)?),
        };
        let judged = |tools: Vec<Tool>| {
            let verdicts = bench.judge_tools(server, &tools);
            tools.into_iter().zip(verdicts).collect::<Vec<_>>()
        };
        let (was, is) = (judged(was), judged(is));
        found.extend(changes(server, &was, &is));
    }
    sort_changes(&mut found);
    if args.raising {
        found.retain(|change| !change.raises.is_empty());
    }
    let raised = found.iter().any(|change| !change.raises.is_empty());
    let report =
        DiffReport::new(database::digest_in_force(global)?, &args.before, &args.after, (added, removed), found);
    print_rows(&report, args.format.meant(global.json), DiffReport::to_text)?;
    Ok(if raised && args.fail_on_raise { Exit::Findings } else { Exit::Done })
}

/// Says what is wrong with a word that means no state, and how the command ends for it: a file that is not there was
/// named, anything else makes no sense.
pub(super) fn no_state(word: &str) -> Option<Exit> {
    let number = word.strip_prefix('#').is_some_and(|number| number.parse::<i64>().is_ok());
    if word == "now" || number || Path::new(word).is_file() || time::parse(word).is_ok() {
        return None;
    }
    // Neither a day nor a word holds one of these.
    if word.contains(['.', '/', '\\']) {
        eprintln!("error: there is no file `{}`; a state is also now, #NUMBER or a time", visible(word));
        return Some(Exit::Unread);
    }
    eprintln!("error: `{}` is no state: neither now, #NUMBER, a file that is there, nor a time", visible(word));
    Some(Exit::Usage)
}

/// The state that a word means.
///
/// # Errors
/// It means none, or its database cannot be read.
pub(super) fn side(global: &Global, word: &str) -> anyhow::Result<Side> {
    let own = database::place(global)?;
    let (place, state) = if word == "now" {
        (own, State::Current)
    } else if let Some(number) = word.strip_prefix('#') {
        let number = number.parse().with_context(|| format!("`{word}` is not the number of a list"))?;
        (own, State::Observation(number))
    } else if Path::new(word).is_file() {
        (DatabasePlace::File(word.into()), State::Current)
    } else {
        let time = time::parse(word)
            .with_context(|| format!("`{word}` is no state: neither now, #NUMBER, a file that is there, nor a time"))?;
        if time > time::now() {
            warn!("`{}` is yet to come: the state of today is compared", visible(word));
        }
        (own, State::At(last_second(word, time)))
    };
    let reader = database::open_judged(global, &place)?;
    Ok(Side { reader, place: Some(place), state })
}

/// A day stands for its end: what was seen during it is part of it.
fn last_second(word: &str, time: String) -> String {
    if word.len() == 10 { format!("{word}T23:59:59Z") } else { time }
}

/// The earlier of two states of one database; `None` where one of them is no moment.
fn earlier<'s>(one: &'s State, other: &'s State) -> Option<&'s str> {
    match (one, other) {
        (State::At(one), State::At(other)) => Some(if one < other { one } else { other }),
        (State::At(time), State::Current) | (State::Current, State::At(time)) => Some(time),
        _ => None,
    }
}

/// The servers to compare: those of the lists that are named, those asked for, or all.
fn servers(before: &Side, after: &Side, asked: &[String]) -> anyhow::Result<BTreeSet<String>> {
    let mut servers = BTreeSet::new();
    for side in [before, after] {
        if let State::Observation(number) = side.state {
            match side.reader.server_of_observation(number)? {
                Some(server) => servers.insert(server),
                None => {
                    let said = format!("there is no list #{number}; `mcpdex server NAME` shows the lists of a server");
                    return Err(NotThere(said).into());
                }
            };
        }
    }
    if !servers.is_empty() {
        if servers.len() > 1 {
            bail!("the two lists are of different servers: {}", servers.into_iter().collect::<Vec<_>>().join(", "));
        }
        return Ok(servers);
    }
    if asked.is_empty()
        && before.place == after.place
        && let Some(since) = earlier(&before.state, &after.state)
    {
        return Ok(before.reader.servers_changed_since(since)?.into_iter().collect());
    }
    for side in [before, after] {
        for name in asked {
            servers.extend(side.reader.servers_ever_called(name)?);
        }
        if asked.is_empty() {
            side.reader.for_each_server_ever(|name| {
                servers.insert(name.to_owned());
            })?;
        }
    }
    Ok(servers)
}
