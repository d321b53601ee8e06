//! Frameworks for MCP servers that a package brings along in its own folders: they are taken for what they are, and
//! are not walked as code of the package.

use super::ast::Name;
use super::package::Package;

/// Frameworks by the name of their package, each with files below it that tell it from a folder of that name.
const FRAMEWORKS: &[(&str, &[&str])] = &[
    ("fastmcp", &["server/server.py", "server/__init__.py", "server.py", "tools/tool.py"]),
    ("mcp", &["server/lowlevel/server.py", "server/fastmcp/server.py", "server/mcpserver/server.py", "types.py"]),
];

impl Package<'_> {
    /// The name that the module `name` has in the framework that it is part of, where the package holds a copy of one.
    pub(super) fn vendored(&self, name: &[Name]) -> Option<String> {
        let own = self.tree.package.name.replace('-', "_").to_ascii_lowercase();
        for (at, part) in name.iter().enumerate() {
            let Some((_, telling)) = FRAMEWORKS.iter().find(|(framework, _)| **part == **framework) else { continue };
            // The framework's own package is no copy.
            if *own == **part {
                return None;
            }
            let Some(path) = self.find(&name[..=at]) else { continue };
            let Some(folder) = path.strip_suffix("/__init__.py") else { continue };
            let holds = |file: &&str| {
                let bytes = self.tree.files.get(&format!("{folder}/{file}"));
                bytes.and_then(|bytes| std::str::from_utf8(bytes).ok()).is_some_and(|text| {
                    ["class FastMCP", "class Server", "class MCPServer", "class ListToolsRequest"]
                        .iter()
                        .any(|class| text.contains(class))
                })
            };
            if telling.iter().any(holds) {
                return Some(name[at..].join("."));
            }
        }
        None
    }
}
