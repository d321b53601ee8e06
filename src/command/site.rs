//! `mcpdex site --out DIR`: the database as pages that people look at.

use super::{Exit, database, interrupt, judging, profile, raised};
use crate::cli::{Global, SiteArgs};
use crate::model::text::counted;
use crate::policy::{Target, targets};
use crate::site::{Pages, RuleNote, SiteSettings, WriteError, write};
use crate::store::Reader;
use anyhow::Context;

pub(super) fn run(global: &Global, args: &SiteArgs) -> anyhow::Result<Exit> {
    let base_url = match args.base_url.as_deref().map(base).transpose() {
        Ok(base_url) => base_url,
        Err(error) => {
            eprintln!("error: {}", crate::report::visible(&format!("{error:#}")));
            return Ok(Exit::Usage);
        }
    };
    let reader = database::open_judged(global, &database::place(global)?)?;
    let targets = chosen(global, &args.target)?;
    let settings = settings(global, &reader, targets, base_url)?;
    let pages = Pages::new(&reader, settings)?;
    let place = reader.place();
    let _orderly = interrupt::orderly();
    let report = match write(&pages, &|| place.open(), &args.out, &|| !interrupt::is_asked()) {
        Err(WriteError::Interrupted) => return Ok(Exit::Interrupted),
        report => report?,
    };
    note!(
        "{} in {}; files new or changed: {}, gone: {}",
        counted(report.pages, "page"),
        crate::report::visible(&args.out.display().to_string()),
        report.written,
        report.removed
    );
    Ok(Exit::Done)
}

/// What all pages share; what raised a risk is that of now.
///
/// # Errors
/// The rules, the profile or the database cannot be read.
pub(super) fn settings(
    global: &Global,
    reader: &Reader,
    targets: Vec<Target>,
    base_url: Option<String>,
) -> anyhow::Result<SiteSettings> {
    let rules = judging::rules_of(&global.settings.rule_folders)?;
    Ok(SiteSettings {
        profile: profile::usual(global)?,
        rules: RuleNote::all(&rules),
        targets,
        base_url,
        raised: raised::raised(global, reader)?,
    })
}

/// The enforcement points that are named, else those of the settings, else PolicyLayer; each once, in the usual order.
///
/// # Errors
/// A word is unknown.
pub(super) fn chosen(global: &Global, named: &[String]) -> anyhow::Result<Vec<Target>> {
    let usual = global.settings.targets.as_ref().map(|said| said.value.join(","));
    let words = if named.is_empty() { usual.unwrap_or_default() } else { named.join(",") };
    let listed = match words.as_str() {
        "" => vec![Target::PolicyLayer],
        words if words.split(',').any(|word| word == "all") => Target::ALL.to_vec(),
        words => targets(words)?,
    };
    Ok(Target::ALL.iter().copied().filter(|target| listed.contains(target)).collect())
}

/// An address that pages can be named by: http or https, with `/` at its end.
fn base(text: &str) -> anyhow::Result<String> {
    let url = url::Url::parse(text).with_context(|| format!("`{text}` is no address"))?;
    anyhow::ensure!(matches!(url.scheme(), "http" | "https"), "`{text}` is no address of the web");
    anyhow::ensure!(url.query().is_none() && url.fragment().is_none(), "`{text}` is more than a folder of the web");
    let text = url.to_string();
    Ok(if text.ends_with('/') { text } else { text + "/" })
}
