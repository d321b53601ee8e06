//! JSON-RPC for a client that only lists: requests as text out, messages as slices of the text that came in. Never
//! writes a request that could act: `tools/call` does not occur.

use super::scan;
use mcpdex_model::{ServerInfo, lenient};
use serde_json::{Value, json};

/// The revision without `initialize`.
pub(super) const MODERN: &str = "2026-07-28";

/// Revisions that begin with a handshake, newest first.
pub(super) const HANDSHAKE: [&str; 4] = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

/// What may be asked of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Discover,
    Initialize,
    ToolsList,
}

impl Method {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Method::Discover => "server/discover",
            Method::Initialize => "initialize",
            Method::ToolsList => "tools/list",
        }
    }
}

pub(super) const INITIALIZED: &str = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;

/// A request as text. `modern` names the revision of requests that carry their own metadata.
pub(super) fn request(id: u64, method: Method, modern: Option<&str>, cursor: Option<&str>) -> String {
    let client = json!({"name": "mcpdex", "version": env!("CARGO_PKG_VERSION")});
    let mut params = serde_json::Map::new();
    if let Some(revision) = modern {
        params.insert(
            "_meta".into(),
            json!({
                "io.modelcontextprotocol/protocolVersion": revision,
                "io.modelcontextprotocol/clientInfo": client,
                "io.modelcontextprotocol/clientCapabilities": {},
            }),
        );
    }
    if let Some(cursor) = cursor {
        params.insert("cursor".into(), cursor.into());
    }
    json!({"jsonrpc": "2.0", "id": id, "method": method.as_str(), "params": params}).to_string()
}

/// The first request of a handshake.
pub(super) fn initialize(id: u64, revision: &str) -> String {
    let client = json!({"name": "mcpdex", "version": env!("CARGO_PKG_VERSION")});
    json!({"jsonrpc": "2.0", "id": id, "method": Method::Initialize.as_str(),
        "params": {"protocolVersion": revision, "capabilities": {}, "clientInfo": client}})
    .to_string()
}

/// What an error answer says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RpcError {
    pub(super) code: i64,
    pub(super) message: String,
    /// Revisions that the server names in the error's data.
    pub(super) supported: Vec<String>,
}

impl RpcError {
    pub(super) const METHOD_NOT_FOUND: i64 = -32601;
    pub(super) const MISSING_CAPABILITY: i64 = -32021;
    pub(super) const UNSUPPORTED_REVISION: i64 = -32022;
}

impl std::fmt::Display for RpcError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let message: String = self.message.chars().take(300).collect();
        write!(f, "error {}: {message}", self.code)
    }
}

/// One message from a server.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Message<'a> {
    /// The text of the result.
    Result {
        id: &'a str,
        result: &'a str,
    },
    Error {
        id: &'a str,
        error: RpcError,
    },
    /// A request of the server's own: its id and method.
    Request {
        id: &'a str,
        method: String,
    },
    Notification,
}

impl Message<'_> {
    /// Whether the message answers the request `id`. An error without an id answers whatever was asked.
    pub(super) fn answers(&self, id: u64) -> bool {
        let same = |text: &str| {
            let bare = text.trim().trim_matches('"');
            bare == id.to_string() || bare == format!("{id}.0")
        };
        match self {
            Message::Result { id, .. } => same(id),
            // A line of a log may well have an `error`: without an id, only one with a code is an answer.
            Message::Error { id, error } => same(id) || (matches!(*id, "" | "null") && error.code != 0),
            Message::Request { .. } | Message::Notification => false,
        }
    }
}

/// The messages in a text: one, or a batch of the revision that had batches. Empty: it is no JSON-RPC.
pub(super) fn messages(text: &str) -> Vec<Message<'_>> {
    match scan::elements(text) {
        Some(batch) => batch.found.into_iter().take(1_000).filter_map(message).collect(),
        None => message(text).into_iter().collect(),
    }
}

fn message(text: &str) -> Option<Message<'_>> {
    let parts = scan::members(text)?.found;
    let get = |key: &str| parts.iter().rev().find(|(k, _)| k == key).map(|(_, value)| *value);
    let id = get("id").unwrap_or("");
    if let Some(method) = get("method").and_then(scan::string) {
        return Some(match id {
            "" => Message::Notification,
            id => Message::Request { id, method: method.into_owned() },
        });
    }
    match (get("result"), get("error").filter(|error| error.starts_with('{'))) {
        (_, Some(error)) => Some(Message::Error { id, error: rpc_error(error) }),
        (Some(result), None) => Some(Message::Result { id, result }),
        (None, None) => None,
    }
}

fn rpc_error(text: &str) -> RpcError {
    let value = lenient::parse(text).map(|(value, _)| value).unwrap_or_default();
    let supported = value.pointer("/data/supported").or_else(|| value.pointer("/data/supportedVersions"));
    RpcError {
        code: value["code"].as_i64().unwrap_or(0),
        message: value["message"].as_str().unwrap_or("without a message").to_owned(),
        supported: texts(supported),
    }
}

/// The texts of an array; what is no text is left out.
pub(super) fn texts(value: Option<&Value>) -> Vec<String> {
    value
        .and_then(Value::as_array)
        .map(|items| items.iter().filter_map(Value::as_str).take(100).map(str::to_owned).collect())
        .unwrap_or_default()
}

/// What to answer to a request of the server's own: it is told that mcpdex does nothing but list.
pub(super) fn refusal(id: &str, method: &str) -> String {
    match method {
        "ping" => format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{}}}}"#),
        _ => format!(
            r#"{{"jsonrpc":"2.0","id":{id},"error":{{"code":-32601,"message":"this client only lists tools"}}}}"#
        ),
    }
}

/// One page of a tool list, its tools as they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) tools: Vec<String>,
    /// Any cursor, the empty one included, means that there is more.
    pub(super) next_cursor: Option<String>,
    pub(super) problems: Vec<String>,
    /// How long the page counts, in milliseconds, where it says so.
    pub(super) ttl_ms: Option<u64>,
}

/// Reads the result of `tools/list`.
///
/// # Errors
/// The result holds no list of tools; the text says what it holds instead.
pub(super) fn page(result: &str) -> Result<Page, String> {
    let parts = scan::members(result).ok_or("the result of tools/list is not an object")?;
    let mut page = Page::default();
    let mut lists = 0;
    for (key, value) in &parts.found {
        match key.as_ref() {
            "tools" => {
                let Some(tools) = scan::elements(value) else {
                    return Err("`tools` in the result of tools/list is not an array".to_owned());
                };
                lists += 1;
                page.tools.extend(tools.found.iter().map(|raw| (*raw).to_owned()));
                page.problems.extend(tools.broken.map(|why| format!("the rest of the page cannot be read: {why}")));
            }
            "nextCursor" if value.trim() != "null" => {
                // A cursor of another type is sent back as its text: some servers number their pages.
                page.next_cursor =
                    Some(scan::string(value).map_or_else(|| (*value).to_owned(), |text| text.into_owned()));
            }
            "ttlMs" => page.ttl_ms = value.trim().parse().ok(),
            _ => {}
        }
    }
    match lists {
        0 => Err("the result of tools/list holds no `tools`".to_owned()),
        1 => Ok(page),
        _ => {
            page.problems.push(format!("the page names `tools` {lists} times; all of them were read"));
            Ok(page)
        }
    }
}

/// Reads `serverInfo`; text is cut after 200 characters.
pub(super) fn server_info(value: &Value) -> Option<ServerInfo> {
    let text = |key: &str| value.get(key)?.as_str().map(|text| text.chars().take(200).collect());
    let info = ServerInfo { name: text("name"), title: text("title"), version: text("version") };
    (info != ServerInfo::default()).then_some(info)
}

/// What the answer to `initialize` or `server/discover` says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Introduction {
    pub(super) revision: Option<String>,
    pub(super) supported: Vec<String>,
    pub(super) server: Option<ServerInfo>,
    /// The capabilities are stated, and tools are not among them.
    pub(super) no_tools: bool,
}

/// Reads the result of `initialize` or `server/discover`; `None`: it is not an object.
pub(super) fn introduction(result: &str) -> Option<Introduction> {
    let (value, _) = lenient::parse(result).ok()?;
    let object = value.as_object()?;
    let server = object.get("serverInfo").or_else(|| value.get("_meta")?.get("io.modelcontextprotocol/serverInfo"));
    Some(Introduction {
        revision: object.get("protocolVersion").and_then(Value::as_str).map(|text| text.chars().take(40).collect()),
        supported: texts(object.get("supportedVersions")),
        server: server.and_then(server_info),
        no_tools: object.get("capabilities").and_then(Value::as_object).is_some_and(|c| !c.contains_key("tools")),
    })
}

/// Whether a result of `tools/list` has what only the revision without handshake puts there.
pub(super) fn is_modern(result: &str) -> bool {
    scan::members(result).is_some_and(|parts| parts.found.iter().any(|(key, _)| key == "ttlMs" || key == "resultType"))
}

/// The server's name, where the `_meta` of a result states it.
pub(super) fn meta_server(result: &str) -> Option<ServerInfo> {
    let parts = scan::members(result)?.found;
    let (_, meta) = parts.iter().find(|(key, _)| key == "_meta")?;
    let (value, _) = lenient::parse(meta).ok()?;
    server_info(value.get("io.modelcontextprotocol/serverInfo")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_modern_request_carries_its_metadata_and_a_cursor_even_when_it_is_empty() {
        let value: Value = serde_json::from_str(&request(3, Method::ToolsList, Some(MODERN), Some(""))).expect("JSON");
        assert_eq!(value["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"], MODERN);
        assert_eq!(value["params"]["cursor"], "");
        assert_eq!(
            request(1, Method::ToolsList, None, None),
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}"#
        );
    }

    #[test]
    fn messages_are_told_apart_and_matched_leniently() {
        let all = messages(
            r#"[{"id":1,"result":{"a":"\ud800"}},{"method":"x"},{"id":"s","method":"ping"},{"id":null,"error":{"code":-32022,"data":{"supported":["r",1]}}}]"#,
        );
        assert_eq!(all[0], Message::Result { id: "1", result: r#"{"a":"\ud800"}"# });
        assert!(all[0].answers(1) && !all[0].answers(2) && !all[1].answers(1));
        assert_eq!(all[2], Message::Request { id: "\"s\"", method: "ping".into() });
        let Message::Error { error, .. } = &all[3] else { panic!("an error") };
        assert_eq!((error.code, error.supported.clone(), all[3].answers(9)), (-32022, vec!["r".to_owned()], true));
        assert!(messages("<html>").is_empty() && messages("{}").is_empty());
    }

    #[test]
    fn a_page_keeps_its_tools_as_they_came() {
        let page = page(r#"{"tools":[ {"name" : "a", "n":1e999} ,7],"nextCursor":"","ttlMs":1}"#).expect("a page");
        assert_eq!(page.ttl_ms, Some(1));
        assert_eq!(page.tools, [r#"{"name" : "a", "n":1e999}"#, "7"]);
        assert_eq!(page.next_cursor.as_deref(), Some(""));
        assert!(super::page(r#"{"tools":{}}"#).is_err() && super::page(r#"{"x":1}"#).is_err());
        assert_eq!(super::page(r#"{"tools":[],"nextCursor":null}"#).expect("a page").next_cursor, None);
        assert_eq!(super::page(r#"{"tools":[1],"tools":[2]}"#).expect("a page").tools, ["1", "2"]);
    }
}
