//! Repositories of several packages: every tool with exactly the packages whose start reaches it.

use mcpdex::extract::workspace::parts;
use mcpdex::extract::{Budget, ReadLimits, SourceTree, extract};
use std::collections::{BTreeMap, BTreeSet};

/// Each package and its tools, with the place in the repository of each.
fn owned(files: &[(&str, &str)]) -> BTreeMap<String, BTreeSet<(String, String)>> {
    let files: BTreeMap<String, Vec<u8>> =
        files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    let mut owned = BTreeMap::new();
    for part in parts(&files, "harbour") {
        let tree = SourceTree {
            package: part.package.clone(),
            files: part.files.iter().map(|(path, bytes)| (path.clone(), bytes.to_vec())).collect(),
        };
        let found = extract(&tree, &Budget::start(ReadLimits::default())).unwrap();
        let tools = found.tools.iter().map(|tool| {
            let object: serde_json::Value = serde_json::from_str(&tool.json).unwrap();
            (object["name"].as_str().unwrap().to_owned(), part.place(&tool.site.file).to_owned())
        });
        owned.insert(part.name.clone(), tools.collect());
    }
    owned
}

fn expected(packages: &[(&str, &[(&str, &str)])]) -> BTreeMap<String, BTreeSet<(String, String)>> {
    let set = |tools: &[(&str, &str)]| tools.iter().map(|(n, f)| ((*n).to_owned(), (*f).to_owned())).collect();
    packages.iter().map(|(name, tools)| ((*name).to_owned(), set(tools))).collect()
}

/// An sdist as it unpacks, with a server that registers one tool of its own and calls what `more` says.
fn sdist(name: &str, tool: &str, requires: &str, more: &str) -> Vec<(String, String)> {
    let module = name.replace('-', "_");
    let root = format!("{name}-1.0.0");
    let server = format!(
        "from mcp.server.fastmcp import FastMCP\n{more}\nmcp = FastMCP('{name}')\n\n\
         @mcp.tool()\ndef {tool}() -> str:\n    \"\"\"Does it.\"\"\"\n\ndef main():\n    setup(mcp)\n    mcp.run()\n"
    );
    vec![
        (format!("{root}/PKG-INFO"), format!("Metadata-Version: 2.1\nName: {name}\nVersion: 1.0.0\n{requires}")),
        (
            format!("{root}/pyproject.toml"),
            format!("[project]\nname = '{name}'\n[project.scripts]\n{name} = '{module}.server:main'\n"),
        ),
        (format!("{root}/{module}/__init__.py"), String::new()),
        (format!("{root}/{module}/server.py"), server),
        (format!("{root}/{module}.egg-info/PKG-INFO"), format!("Name: {name}\n")),
        (
            format!("{root}/tests/test_server.py"),
            "from mcp.server.fastmcp import FastMCP\nFastMCP('t').tool()(print)\n".to_owned(),
        ),
    ]
}

#[test]
fn a_shared_python_library_counts_for_each_server_that_reaches_it_and_only_for_those() {
    let requires = "Requires-Dist: harbour-common>=1\n";
    let reach = "from harbour_common.tools import setup";
    let idle = "def setup(server):\n    pass\n";
    let mut files = sdist("pilot-server", "guide_ship", requires, reach);
    files.extend(sdist("crane-server", "lift_crate", requires, reach));
    // Depends on the library and uses nothing of it that registers a tool.
    files.extend(sdist("gate-server", "open_gate", requires, &format!("import harbour_common.words\n{idle}")));
    files.extend(sdist("buoy-server", "light_buoy", "", idle));
    let library = [
        ("harbour-common/pyproject.toml", "[project]\nname = 'harbour-common'\nversion = '1.0.0'\n"),
        ("harbour-common/src/harbour_common/__init__.py", ""),
        ("harbour-common/src/harbour_common/words.py", "HELLO = 'hello'\n"),
        (
            "harbour-common/src/harbour_common/tools.py",
            "def setup(server):\n    @server.tool()\n    def read_tide(port: str) -> str:\n        \"\"\"Reads the tide.\"\"\"\n",
        ),
        // Never registered by anyone.
        (
            "harbour-common/src/harbour_common/unused.py",
            "from mcp.server.fastmcp import FastMCP\nmcp = FastMCP('x')\n@mcp.tool()\ndef ghost():\n    \"\"\"Never.\"\"\"\n",
        ),
    ];
    files.extend(library.map(|(path, text)| (path.to_owned(), text.to_owned())));
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let shared = ("read_tide", "harbour-common/src/harbour_common/tools.py");
    assert_eq!(
        owned(&files),
        expected(&[
            ("pypi:pilot-server", &[("guide_ship", "pilot-server-1.0.0/pilot_server/server.py"), shared]),
            ("pypi:crane-server", &[("lift_crate", "crane-server-1.0.0/crane_server/server.py"), shared]),
            ("pypi:gate-server", &[("open_gate", "gate-server-1.0.0/gate_server/server.py")]),
            ("pypi:buoy-server", &[("light_buoy", "buoy-server-1.0.0/buoy_server/server.py")]),
        ])
    );
}

#[test]
fn loose_modules_beside_the_packages_count_for_those_that_import_them() {
    let reach = "from dockside.tools import setup";
    let mut files = sdist("pilot-server", "guide_ship", "", reach);
    files.extend(sdist("buoy-server", "light_buoy", "", "def setup(server):\n    pass\n"));
    files.push(("shared/dockside/__init__.py".to_owned(), String::new()));
    files.push((
        "shared/dockside/tools.py".to_owned(),
        "def setup(server):\n    server.add_tool(sound_horn)\n\ndef sound_horn():\n    \"\"\"Sounds it.\"\"\"\n"
            .to_owned(),
    ));
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    assert_eq!(
        owned(&files),
        expected(&[
            (
                "pypi:pilot-server",
                &[
                    ("guide_ship", "pilot-server-1.0.0/pilot_server/server.py"),
                    ("sound_horn", "shared/dockside/tools.py")
                ]
            ),
            ("pypi:buoy-server", &[("light_buoy", "buoy-server-1.0.0/buoy_server/server.py")]),
        ])
    );
}

#[test]
fn npm_workspaces_reach_each_other_by_name_as_written_and_not_as_built() {
    let server = |tool: &str, more: &str| {
        format!(
            "import {{ McpServer }} from '@modelcontextprotocol/sdk/server/mcp.js';\n{more}\n\
             const server = new McpServer({{ name: 'x', version: '1' }});\n\
             server.registerTool('{tool}', {{ description: 'Does it.' }}, async () => ({{ content: [] }}));\n\
             if (typeof shared === 'function') shared(server);\n"
        )
    };
    let manifest = |name: &str, more: &str| format!(r#"{{"name":"{name}","bin":"dist/index.js"{more}}}"#);
    let uses = r#","dependencies":{"@harbour/shared":"workspace:*"}"#;
    let files = [
        ("package.json", r#"{"name":"harbour","private":true,"workspaces":["packages/*"]}"#.to_owned()),
        ("packages/pilot/package.json", manifest("@harbour/pilot", uses)),
        ("packages/pilot/src/index.ts", server("guide_ship", "import { shared } from '@harbour/shared';")),
        ("packages/buoy/package.json", manifest("@harbour/buoy", "")),
        ("packages/buoy/src/index.ts", server("light_buoy", "const shared = null;")),
        ("packages/shared/package.json", r#"{"name":"@harbour/shared","main":"dist/index.js"}"#.to_owned()),
        (
            "packages/shared/src/index.ts",
            "export function shared(server: any) {\n  server.registerTool('read_tide', { description: 'Reads.' }, async () => null);\n}\n"
                .to_owned(),
        ),
        ("examples/demo/package.json", manifest("demo", "")),
        ("examples/demo/src/index.ts", server("ghost", "")),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let mut found = owned(&files);
    // The root states no program; nothing of it is a server.
    assert_eq!(found.remove("npm:harbour"), Some(BTreeSet::new()));
    assert_eq!(
        found,
        expected(&[
            (
                "npm:@harbour/pilot",
                &[("guide_ship", "packages/pilot/src/index.ts"), ("read_tide", "packages/shared/src/index.ts")]
            ),
            ("npm:@harbour/buoy", &[("light_buoy", "packages/buoy/src/index.ts")]),
        ])
    );
}
