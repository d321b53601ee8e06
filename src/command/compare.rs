//! `mcpdex compare FILE|FOLDER|URL…`: where pages on which others publish classes, risks and policies of tools differ from
//! what is judged here, and why.

use super::{Exit, database, print_rows, profile};
use crate::cli::{CompareArgs, Global};
use crate::crawl::{Options, Surroundings, allowed_page};
use crate::query::{PublishedPage, comparison_report};
use crate::report::{ComparisonReport, visible};
use crate::source::published;
use crate::store::Reader;
use anyhow::{Context, bail};
use std::path::{Path, PathBuf};
use url::Url;

/// Pages of one folder.
const MAX_PAGES: usize = 10_000;
/// Folders within each other.
const MAX_DEPTH: usize = 16;
/// Endings of the files of a folder that are looked at.
const ENDINGS: [&str; 6] = ["html", "htm", "md", "markdown", "json", "txt"];

pub(super) fn run(global: &Global, args: &CompareArgs) -> anyhow::Result<Exit> {
    let (mut pages, mut problems, mut unread) = (Vec::new(), Vec::new(), false);
    for word in &args.pages {
        let read = match word.starts_with("http://") || word.starts_with("https://") {
            true => vec![(word.clone(), fetched(word))],
            false => {
                files(Path::new(word), 0)?.into_iter().map(|path| (path.display().to_string(), text(&path))).collect()
            }
        };
        let named_one = read.len() == 1;
        let before = pages.len();
        for (place, text) in read {
            match text.map_err(|error| format!("{error:#}")).and_then(|text| published::read(&text)) {
                Ok(published) => pages.push(PublishedPage { place, published }),
                Err(why) if named_one => eprintln!("not read: {}", visible(&format!("{place}: {why}"))),
                Err(why) => problems.push(format!("{place} {why}")),
            }
        }
        unread |= pages.len() == before;
    }
    let path = database::place(global)?;
    // Without a database the words of the pages are judged, and none is made for the question.
    let reader = match crate::store::is_there(&path) {
        true => Some(database::open_judged(global, &path)?),
        false => None,
    };
    let bench = database::load_bench(global)?;
    let report = comparison_report(
        reader.as_ref().map(|reader: &Reader| reader),
        &bench,
        &profile::usual(global)?,
        pages,
        problems,
    )?;
    print_rows(&report, args.format.meant(global.json), ComparisonReport::to_text)?;
    if !global.quiet {
        for problem in &report.problems {
            eprintln!("not read: {}", visible(problem));
        }
    }
    Ok(if unread { Exit::Unread } else { Exit::Done })
}

/// The file, or the pages of the folder in the order of their names; links are not followed.
fn files(path: &Path, depth: usize) -> anyhow::Result<Vec<PathBuf>> {
    let shown = path.display();
    let about = super::named::file(std::fs::metadata(path)).with_context(|| format!("cannot read {shown}"))?;
    if !about.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    let entries = std::fs::read_dir(path).with_context(|| format!("cannot read {shown}"))?;
    for entry in entries.flatten() {
        let (path, Ok(kind)) = (entry.path(), entry.file_type()) else { continue };
        let is_page = path.extension().and_then(|end| end.to_str()).is_some_and(|end| ENDINGS.contains(&end));
        if kind.is_dir() && depth < MAX_DEPTH {
            found.extend(files(&path, depth + 1)?);
        } else if kind.is_file() && is_page {
            found.push(path);
        }
        if found.len() > MAX_PAGES {
            bail!("{shown} holds more than {MAX_PAGES} pages");
        }
    }
    found.sort();
    Ok(found)
}

fn text(path: &Path) -> anyhow::Result<String> {
    let about = std::fs::metadata(path)?;
    if about.len() > published::MAX_BYTES as u64 {
        bail!("it is longer than {} bytes", published::MAX_BYTES);
    }
    Ok(String::from_utf8_lossy(&std::fs::read(path)?).into_owned())
}

/// A page at an address, where its site lets it be read.
fn fetched(word: &str) -> anyhow::Result<String> {
    let url = Url::parse(word).context("this is no address")?;
    let program = std::env::current_exe().context("cannot find this program's own file")?;
    let options = Options::new(program, Surroundings::none());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start")?;
    let body = runtime.block_on(super::interrupt::unless_asked(allowed_page(&url, &options)))??;
    Ok(String::from_utf8_lossy(&body).into_owned())
}
