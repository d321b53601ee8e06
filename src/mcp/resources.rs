//! Pages of tools and servers as resources: Markdown for people, JSON for programs.

use super::harmless::{NOTICE, harmless, harmless_text, mark};
use crate::query::{Catalogue, QueryError, server_report, stats_report, tool_report};
use crate::report::{ListFormat, RowReport, write_rows};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use rmcp::model::{
    CacheScope, ErrorCode, ErrorData, ListResourcesResult, MetaObject, ReadResourceResult, Resource, ResourceContents,
    ResourceTemplate,
};
use serde_json::{Value, json};
use std::sync::Arc;

/// Servers on a page of the list.
const PER_PAGE: usize = 100;

const MARKDOWN: &str = "text/markdown";
const JSON: &str = "application/json";

/// What a page is of, where its address begins, and what it is.
const PAGES: [(&str, &str, &str, &str); 4] = [
    ("mcpdex://tool/", "tool", "A tool's page", MARKDOWN),
    ("mcpdex://tool.json/", "tool-json", "What is known of a tool", JSON),
    ("mcpdex://server/", "server", "A server's page", MARKDOWN),
    ("mcpdex://server.json/", "server-json", "What is known of a server", JSON),
];

const STATS: &str = "mcpdex://stats";

/// The addresses of pages, with the name percent-encoded.
pub(super) fn templates() -> Vec<ResourceTemplate> {
    let template = |(start, name, title, mime): &(&str, &str, &str, &str)| {
        let template =
            ResourceTemplate::new(format!("{start}{{name}}"), *name).with_title(*title).with_mime_type(*mime);
        template.with_description(format!("{title}, by its name. Quotes untrusted text of third parties."))
    };
    PAGES.iter().map(template).collect()
}

/// One page of the list: the figures first, then every server by name.
pub(super) async fn list(catalogue: &Arc<Catalogue>, cursor: Option<String>) -> Result<ListResourcesResult, ErrorData> {
    let after = match &cursor {
        None => String::new(),
        Some(cursor) => decoded(cursor).ok_or_else(|| ErrorData::invalid_params("this is no cursor of ours", None))?,
    };
    let names = catalogue.ask(move |moment| Ok(moment.reader.server_names_after(&after, PER_PAGE)?)).await;
    let names = names.map_err(|_| ErrorData::internal_error("the catalogue could not be asked", None))?;
    let stats = Resource::new(STATS, "stats").with_title("The catalogue in numbers").with_mime_type(JSON);
    let servers = names.iter().map(|name| {
        Resource::new(format!("mcpdex://server/{}", encoded(name)), harmless_text(name)).with_mime_type(MARKDOWN)
    });
    let mut result = ListResourcesResult::with_all_items(
        cursor.is_none().then_some(stats).into_iter().chain(servers).collect::<Vec<_>>(),
    );
    result.next_cursor = names.last().filter(|_| names.len() == PER_PAGE).map(|last| encoded(last));
    (result.ttl_ms, result.cache_scope) = (Some(60_000), Some(CacheScope::Private));
    Ok(result)
}

/// The page at an address.
pub(super) async fn read(catalogue: &Arc<Catalogue>, uri: &str) -> Result<ReadResourceResult, ErrorData> {
    let unknown = || {
        let which = json!({ "uri": harmless_text(uri) });
        ErrorData::new(ErrorCode::RESOURCE_NOT_FOUND, "there is no such resource", Some(which))
    };
    let (page, name) = match PAGES.iter().find_map(|page| Some((page, uri.strip_prefix(page.0)?))) {
        Some((page, name)) => (Some(*page), decoded(name).ok_or_else(unknown)?),
        None if uri == STATS => (None, String::new()),
        None => return Err(unknown()),
    };
    let mime = page.map_or(JSON, |page| page.3);
    let text = catalogue.ask(move |moment| {
        Ok(match page.map(|page| page.1) {
            None => Some(json_of(&stats_report(moment.reader, &now())?)),
            Some("tool") => {
                tool_report(moment.reader, moment.profile, &name, None)?.map(|report| markdown(&name, &report))
            }
            Some("tool-json") => {
                tool_report(moment.reader, moment.profile, &name, None)?.map(|report| json_of(&report))
            }
            Some("server") => server_report(moment.reader, &name)?.map(|report| markdown(&name, &report)),
            Some(_) => server_report(moment.reader, &name)?.map(|report| json_of(&report)),
        })
    });
    let text = match text.await {
        Ok(Some(text)) => text,
        Ok(None) | Err(QueryError::NotFound { .. }) => return Err(unknown()),
        Err(_) => return Err(ErrorData::internal_error("the catalogue could not be asked", None)),
    };
    let contents = ResourceContents::TextResourceContents {
        uri: uri.to_owned(),
        mime_type: Some(mime.to_owned()),
        text,
        meta: Some(MetaObject(mark())),
    };
    let mut result = ReadResourceResult::new(vec![contents]);
    (result.ttl_ms, result.cache_scope) = (Some(60_000), Some(CacheScope::Private));
    Ok(result)
}

fn now() -> String {
    jiff::Timestamp::now().round(jiff::Unit::Second).map_or_else(|_| String::new(), |now| now.to_string())
}

fn json_of(report: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(report).unwrap_or(Value::Null);
    format!("{:#}", harmless(value))
}

fn markdown<R: RowReport>(name: &str, report: &R) -> String {
    let table = write_rows(report, ListFormat::Markdown, |_| String::new()).unwrap_or_default();
    let title: String = harmless_text(name).chars().map(|c| if c == '\n' { ' ' } else { c }).collect();
    format!("> {NOTICE}\n\n`{}`\n\n{}", title.replace('`', "'"), harmless_lines(&table))
}

/// Each line made harmless by itself: a page is longer than a text may be.
fn harmless_lines(text: &str) -> String {
    text.lines().map(|line| harmless_text(line) + "\n").collect()
}

fn encoded(name: &str) -> String {
    utf8_percent_encode(name, NON_ALPHANUMERIC).to_string()
}

fn decoded(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(|text| text.into_owned()).filter(|text| text.len() <= 1_024)
}
