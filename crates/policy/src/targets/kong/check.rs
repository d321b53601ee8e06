//! What a person can write as Kong's AI MCP Proxy: lists of groups for each tool, asked on behalf of one group of consumers.

use crate::decision::PolicyEffect;
use crate::written::finding::{PolicyFault, PolicyFinding};
use crate::written::node::Node;
use crate::written::rule::{Name, Role, RuleBook, Selector, WrittenRule};
use crate::written::shape::{Fields, Shape, hold, may, needed};
use crate::written::source::Source;

static ACL: Fields = Fields {
    what: "an ACL",
    known: &[may("allow", Shape::Names), may("deny", Shape::Names), may("scope", Shape::Any)],
    wrong: &[("allowed", "`allow`"), ("denied", "`deny`"), ("groups", "`allow`")],
    open: false,
};

static TOOL: Fields = Fields {
    what: "a tool",
    known: &[needed("name", Shape::Filled), may("acl", Shape::Table(&ACL))],
    wrong: &[("allow", "`acl`: {allow: […]}"), ("deny", "`acl`: {deny: […]}"), ("acls", "`acl`")],
    open: true,
};

static CONFIG: Fields = Fields {
    what: "the plugin's configuration",
    known: &[
        may("mode", Shape::Text),
        may("include_consumer_groups", Shape::Bool),
        may("default_acl", Shape::List(&Shape::Table(&ACL))),
        may("tools", Shape::List(&Shape::Table(&TOOL))),
    ],
    wrong: &[("acl", "`default_acl`: [{scope: tools, allow: […]}]"), ("default_acls", "`default_acl`")],
    open: true,
};

pub(in crate::targets) fn read_written(source: &Source<'_>, book: &mut RuleBook) {
    let Some(root) = source.root() else { return };
    hold(root, &Shape::Any, &root.span, "the file", &mut book.finds);
    let every = Selector::Tool { server: None, tool: Name::Any };
    let at = root.entry("plugins").map_or(root.span.start..root.span.start, |plugins| plugins.at.clone());
    book.rules.push(WrittenRule::new(at, "plugins", every, PolicyEffect::Hide).rank(-1).role(Role::Default));
    for (group, plugin) in root.get("plugins").map_or(&[][..], Node::items).iter().enumerate() {
        if plugin.get("name").and_then(Node::text) == Some("ai-mcp-proxy") {
            proxy(plugin, group, &source.options.group, book);
        }
    }
}

fn proxy(plugin: &Node, group: usize, consumers: &str, book: &mut RuleBook) {
    let Some(config) = plugin.entry("config") else { return };
    hold(&config.node, &Shape::Table(&CONFIG), &config.at, "config", &mut book.finds);
    // Only a proxy of a server that is there passes its tools on.
    if config.node.get("mode").and_then(Node::text) != Some("passthrough-listener") {
        return;
    }
    let Some(route) = plugin.get("route").and_then(|route| route.text().or_else(|| route.get("name")?.text())) else {
        return;
    };
    let of = |tool: Name| Selector::Tool { server: Some(route.to_owned()), tool };
    let asks = config.node.get("include_consumer_groups").and_then(Node::boolean) == Some(true);
    let tools = config.node.get("tools").map_or(&[][..], Node::items);
    let defaults = config.node.entry("default_acl");
    let lists = defaults.is_some() || tools.iter().any(|tool| tool.entry("acl").is_some());
    if lists && !asks {
        let message = "the lists name groups, and without `include_consumer_groups: true` no consumer is of any";
        let at = plugin.entry("route").map_or(plugin.span.start..plugin.span.start, |route| route.at.clone());
        let finding = PolicyFinding::new(PolicyFault::IgnoredRule, at, message);
        book.finds.push(finding.help("write `include_consumer_groups: true`"));
    }
    let lets_in = |acl: &Node| {
        let has = |list: &Node| asks && list.texts().any(|(name, _)| name == consumers);
        !acl.get("deny").is_some_and(has) && acl.get("allow").is_none_or(has)
    };
    let effect = |let_in: bool| if let_in { PolicyEffect::Allow } else { PolicyEffect::Hide };
    let of_tools = |acl: &&Node| acl.get("scope").is_none_or(|scope| scope.text() == Some("tools"));
    let by_default = defaults.is_none_or(|acls| acls.node.items().iter().filter(of_tools).all(lets_in));
    let at = defaults.map_or(plugin.span.start..plugin.span.start, |acls| acls.at.clone());
    book.rules.push(WrittenRule::new(at, "default_acl", of(Name::Any), effect(by_default)).rank(0).role(Role::Default));
    for tool in tools {
        let (Some(name), Some(acl)) = (tool.get("name").and_then(Node::text), tool.get("acl")) else { continue };
        let at = tool.span.start..tool.span.start;
        let rule = WrittenRule::new(at, "tools", of(Name::Is(name.to_owned())), effect(lets_in(acl)));
        book.rules.push(rule.group(group));
    }
}
