//! Lists of tools that share a class, a risk or a trait, and of servers that share a source or a language.

use super::address::PagePath;
use super::browse::Facet;
use super::frame::{Frame, TraitLink, counted, grouped, percent};
use super::listing::{LINES, Turn};
use super::pages::{Pages, SiteError};
use crate::model::{Class, Confidence, Risk, Trait};
use crate::store::{LeafTool, Reader};
use askama::Template;

/// A tool in a list.
struct LeafRow {
    address: String,
    tool: String,
    server: String,
    about: String,
    class: Class,
    risk: Risk,
    doubtful: bool,
}

/// Another list to go to.
struct FacetLink {
    name: String,
    address: String,
    count: String,
    here: bool,
}

/// Lists of one kind.
struct FacetGroup {
    title: &'static str,
    links: Vec<FacetLink>,
    open: bool,
}

#[derive(Template)]
#[template(path = "leaves.html")]
struct LeavesPage {
    frame: Frame,
    heading: String,
    told: String,
    groups: Vec<FacetGroup>,
    rows: Vec<LeafRow>,
    more: Option<TraitLink>,
    turn: Turn,
}

#[derive(Template)]
#[template(path = "named_servers.html")]
struct NamedServersPage {
    frame: Frame,
    heading: String,
    told: String,
    groups: Vec<FacetGroup>,
    servers: Vec<(String, String)>,
    turn: Turn,
}

/// How many tools a list of them has; `None` for a list of servers.
pub(super) fn tools_of(pages: &Pages, facet: &Facet) -> Option<u64> {
    let figures = pages.figures();
    match facet {
        Facet::Class(of) => figures.classes.iter().find(|one| one.of == *of).map(|one| one.count),
        Facet::Risk(of) => figures.risks.iter().find(|one| one.of == *of).map(|one| one.count),
        Facet::Trait(of) => figures.traits.iter().find(|one| one.of == *of).map(|one| one.count),
        Facet::Source(_) | Facet::Language(_) => None,
    }
}

/// Every list that a database of these pages has.
pub(super) fn facets(pages: &Pages, reader: &Reader) -> Result<Vec<Facet>, SiteError> {
    let mut all: Vec<Facet> = Risk::ALL.iter().rev().map(|of| Facet::Risk(*of)).collect();
    all.extend(Class::ALL.iter().map(|of| Facet::Class(*of)));
    all.extend(Trait::ALL.iter().map(|of| Facet::Trait(*of)));
    all.extend(pages.figures().sources.iter().map(|one| Facet::Source(one.source.clone())));
    all.extend(pages.languages(reader)?.keys().map(|of| Facet::Language((*of).to_owned())));
    Ok(all)
}

fn groups(pages: &Pages, reader: &Reader, here: &Facet) -> Result<Vec<FacetGroup>, SiteError> {
    let figures = pages.figures();
    let languages = pages.languages(reader)?;
    let mut groups: Vec<FacetGroup> = Vec::new();
    for facet in facets(pages, reader)? {
        let title = match &facet {
            Facet::Risk(_) => "Risk",
            Facet::Class(_) => "Class",
            Facet::Trait(_) => "Trait",
            Facet::Source(_) => "Listed by",
            Facet::Language(_) => "Written in",
        };
        let servers = match &facet {
            Facet::Source(of) => figures.sources.iter().find(|one| one.source == *of).map_or(0, |one| one.servers),
            Facet::Language(of) => languages.get(of.as_str()).map_or(0, |names| names.len() as u64),
            _ => 0,
        };
        let link = FacetLink {
            name: facet.title(),
            address: PagePath::Browse(facet.clone(), 1).address(),
            count: grouped(tools_of(pages, &facet).unwrap_or(servers)),
            here: facet == *here,
        };
        match groups.iter_mut().find(|group| group.title == title) {
            Some(group) => {
                group.open |= link.here;
                group.links.push(link);
            }
            None => groups.push(FacetGroup { title, open: link.here, links: vec![link] }),
        }
    }
    Ok(groups)
}

/// One page of a list; `None` where it is not so long.
pub(super) fn render(pages: &Pages, reader: &Reader, facet: &Facet, page: usize) -> Result<Option<String>, SiteError> {
    let skip = page.saturating_sub(1).saturating_mul(LINES);
    let wanted = match facet {
        Facet::Class(of) => (Some(*of), None, None),
        Facet::Risk(of) => (None, Some(*of), None),
        Facet::Trait(of) => (None, None, Some(*of)),
        Facet::Source(_) | Facet::Language(_) => return named_servers(pages, reader, facet, page),
    };
    if Turn::of(page, tools_of(pages, facet).unwrap_or(0), |_| PagePath::Home).is_none() {
        return Ok(None);
    }
    leaves(pages, reader, facet, page, reader.leaves(wanted, skip, LINES)?)
}

/// One page of a list whose lines are at hand.
pub(super) fn leaves(
    pages: &Pages,
    reader: &Reader,
    facet: &Facet,
    page: usize,
    leaves: Vec<LeafTool>,
) -> Result<Option<String>, SiteError> {
    let count = tools_of(pages, facet).unwrap_or(0);
    let path = |page| PagePath::Browse(facet.clone(), page);
    let Some(turn) = Turn::of(page, count, path) else { return Ok(None) };
    let told = format!(
        "{} of {}, {}, by server.",
        counted(count, "tool", "tools"),
        grouped(pages.figures().tools),
        percent(count, pages.figures().tools)
    );
    let row = |leaf: LeafTool| LeafRow {
        address: PagePath::Tool { server: leaf.server.clone(), tool: leaf.tool.clone() }.address(),
        about: super::frame::cut(leaf.description.lines().next().unwrap_or_default(), 120),
        tool: leaf.tool,
        server: leaf.server,
        class: leaf.class,
        risk: leaf.risk,
        doubtful: leaf.confidence == Confidence::Low,
    };
    let heading = format!("Tools: {}", facet.title());
    let page = LeavesPage {
        frame: Frame::new(pages, &path(page), &heading, told.clone()),
        heading,
        told,
        groups: groups(pages, reader, facet)?,
        rows: leaves.into_iter().map(row).collect(),
        more: match facet {
            Facet::Trait(of) => Some(TraitLink::of(*of)),
            _ => None,
        },
        turn,
    };
    Ok(Some(page.render()?))
}

fn named_servers(pages: &Pages, reader: &Reader, facet: &Facet, page: usize) -> Result<Option<String>, SiteError> {
    let names = match facet {
        Facet::Source(of) => reader.server_names_of_source(of)?,
        Facet::Language(of) => pages.languages(reader)?.get(of.as_str()).cloned().unwrap_or_default(),
        _ => Vec::new(),
    };
    let path = |page| PagePath::Browse(facet.clone(), page);
    let Some(turn) = Turn::of(page, names.len() as u64, path).filter(|_| !names.is_empty()) else { return Ok(None) };
    let heading = match facet {
        Facet::Language(of) => format!("Servers written in: {of}"),
        other => format!("Servers listed by: {}", other.title()),
    };
    let told = match facet {
        Facet::Language(_) => format!(
            "{}. What a server is written in is told by the file that a tool was read from, else by its package.",
            counted(names.len() as u64, "server", "servers")
        ),
        _ => counted(names.len() as u64, "server", "servers") + ".",
    };
    let shown = names.iter().skip((page - 1) * LINES).take(LINES);
    let page = NamedServersPage {
        frame: Frame::new(pages, &path(page), &heading, told.clone()),
        heading,
        told,
        groups: groups(pages, reader, facet)?,
        servers: shown.map(|name| (name.clone(), PagePath::Server(name.clone()).address())).collect(),
        turn,
    };
    Ok(Some(page.render()?))
}
