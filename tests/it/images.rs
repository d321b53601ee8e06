//! Images at a registry on loopback: manifest, token, layers; the program in them as a package. What is hostile or too much
//! is refused, and no credential goes to anybody else.

use crate::support::binary::{Ran, User};
use crate::support::mirror::{Mirror, Reply};
use crate::support::pack::{Entry, tar_gz, tar_gz_files, zip};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(crate) const PYTHON: &str = "
from mcp.server.fastmcp import FastMCP
mcp = FastMCP('kiln')

@mcp.tool()
def fire(cone: int) -> str:
    'Fires the kiln.'

@mcp.tool()
def smash_all() -> str:
    'Smashes every pot for good.'

def main():
    mcp.run()

if __name__ == '__main__':
    main()
";
const JAVASCRIPT: &str = "
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
const server = new McpServer({ name: 'kiln', version: '1' });
server.registerTool('glaze', { description: 'Glazes a pot.' }, async () => ({}));
";

fn digest(bytes: &[u8]) -> String {
    let hex: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

/// A registry on loopback, and the image `clay/kiln:1.0` in it.
pub(crate) struct Registry {
    pub(crate) mirror: Mirror,
}

impl Registry {
    pub(crate) fn start() -> Registry {
        Registry { mirror: Mirror::start() }
    }

    pub(crate) fn host(&self) -> String {
        let url = self.mirror.url("/");
        format!("127.0.0.1:{}", url.port().unwrap())
    }

    pub(crate) fn image(&self) -> String {
        format!("oci:{}/clay/kiln:1.0", self.host())
    }

    fn blob(&self, bytes: &[u8], kind: &str) -> Value {
        self.mirror.on(&format!("/v2/clay/kiln/blobs/{}", digest(bytes)), Reply::file(bytes));
        json!({"mediaType": kind, "digest": digest(bytes), "size": bytes.len()})
    }

    /// Puts the image there: what it starts, and its layers, the lowest first.
    pub(crate) fn holds(&self, start: &Value, layers: &[Vec<u8>]) -> Vec<u8> {
        let config = json!({"architecture": "amd64", "os": "linux", "config": start}).to_string();
        let layers: Vec<Value> =
            layers.iter().map(|layer| self.blob(layer, "application/vnd.oci.image.layer.v1.tar+gzip")).collect();
        let manifest = json!({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": self.blob(config.as_bytes(), "application/vnd.oci.image.config.v1+json"), "layers": layers});
        let manifest = manifest.to_string().into_bytes();
        self.mirror.on("/v2/clay/kiln/manifests/1.0", Reply::file(manifest.clone()));
        manifest
    }

    /// A user whose docker knows the registry.
    pub(crate) fn user(&self, auth: &Value) -> User {
        let user = User::new();
        let folder = user.home().join(".docker");
        std::fs::create_dir_all(&folder).unwrap();
        let config = json!({"auths": {self.host(): auth}});
        std::fs::write(folder.join("config.json"), config.to_string()).unwrap();
        user
    }
}

/// Tools, each with the file that it was found in.
type Tools = Vec<(String, Option<String>)>;

fn tools(user: &User) -> Tools {
    let base = rusqlite::Connection::open(user.database()).unwrap();
    let mut statement = base.prepare("SELECT tool, file FROM tools_current ORDER BY tool").unwrap();
    statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
}

/// Outcome and detail of the newest attempt.
fn last(user: &User) -> (String, String) {
    let base = rusqlite::Connection::open(user.database()).unwrap();
    let sql = "SELECT outcome, coalesce(detail, '') FROM attempt ORDER BY id DESC LIMIT 1";
    base.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
}

fn crawl(user: &User, registry: &Registry) -> Ran {
    user.run(&["crawl", "-q", &registry.image()])
}

fn listed(pairs: &[(&str, &str)]) -> Tools {
    pairs.iter().map(|(tool, file)| ((*tool).to_owned(), Some((*file).to_owned()))).collect()
}

#[test]
fn programs_of_every_kind_are_found_by_what_the_image_starts() {
    let console = "#!/usr/local/bin/python\nimport sys\nfrom kiln.server import main\nsys.exit(main())\n";
    let site = "usr/local/lib/python3.12/site-packages";
    let in_site = format!("{site}/kiln/server.py");
    let (init, points) = (format!("{site}/kiln/__init__.py"), format!("{site}/kiln-1.0.dist-info/entry_points.txt"));
    let other = format!("{site}/other/server.py");
    let package = r#"{"name":"kiln","main":"dist/index.js","type":"module"}"#;
    let python = PYTHON.as_bytes();
    let cases: Vec<(&str, Value, Vec<Vec<u8>>, Tools)> = vec![
        (
            "a script in the folder",
            json!({"Cmd": ["python", "server.py"], "WorkingDir": "/app"}),
            vec![tar_gz_files(&[("app/server.py", python)])],
            listed(&[("fire", "app/server.py"), ("smash_all", "app/server.py")]),
        ),
        (
            "a console script of an installed package",
            json!({"Entrypoint": ["kiln"], "Env": ["PATH=/usr/local/bin:/usr/bin"]}),
            vec![
                tar_gz_files(&[(&*other, python), ("usr/lib/python3/dist-packages/apt/x.py", python)]),
                tar_gz_files(&[
                    (&*in_site, python),
                    (&*init, b""),
                    (&*points, b"[console_scripts]\nkiln = kiln.server:main\n"),
                    ("usr/local/bin/kiln", console.as_bytes()),
                ]),
            ],
            listed(&[("fire", &in_site), ("smash_all", &in_site)]),
        ),
        (
            "a package of JavaScript behind a link",
            json!({"Entrypoint": ["kiln"]}),
            vec![tar_gz(&[
                Entry::File("usr/local/lib/node_modules/kiln/package.json", package.as_bytes()),
                Entry::File("usr/local/lib/node_modules/kiln/dist/index.js", JAVASCRIPT.as_bytes()),
                Entry::File("usr/local/lib/node_modules/npm/index.js", JAVASCRIPT.as_bytes()),
                Entry::Symlink("usr/local/bin/kiln", "../lib/node_modules/kiln/dist/index.js"),
            ])],
            listed(&[("glaze", "usr/local/lib/node_modules/kiln/dist/index.js")]),
        ),
        (
            "a command in a shell",
            json!({"Entrypoint": ["/bin/sh", "-c", "cd /srv && exec node dist/index.js --stdio"], "WorkingDir": "/srv"}),
            vec![tar_gz_files(&[
                ("srv/package.json", package.as_bytes()),
                ("srv/dist/index.js", JAVASCRIPT.as_bytes()),
            ])],
            listed(&[("glaze", "srv/dist/index.js")]),
        ),
    ];
    for (what, start, layers, expected) in cases {
        let registry = Registry::start();
        registry.holds(&start, &layers);
        let user = registry.user(&json!({}));
        let ran = crawl(&user, &registry);
        assert_eq!((ran.code, tools(&user)), (0, expected), "{what}: {:?}", last(&user));
    }
}

#[test]
fn layers_are_laid_over_each_other_and_what_was_taken_away_is_not_read() {
    let registry = Registry::start();
    let old = PYTHON.replace("smash_all", "old_tool");
    registry.holds(
        &json!({"Cmd": ["python", "server.py"], "WorkingDir": "/app"}),
        &[
            tar_gz_files(&[("app/server.py", old.as_bytes()), ("app/gone.py", old.as_bytes())]),
            tar_gz_files(&[("app/server.py", PYTHON.as_bytes()), ("app/.wh.gone.py", b"")]),
        ],
    );
    let user = registry.user(&json!({}));
    crawl(&user, &registry);
    let names: Vec<String> = tools(&user).into_iter().map(|(tool, _)| tool).collect();
    assert_eq!(names, ["fire", "smash_all"]);
    // The same image is not fetched again.
    let before = registry.mirror.targets().len();
    user.run(&["crawl", "-q", &registry.image()]);
    assert_eq!(last(&user).0, "not-modified");
    assert_eq!(registry.mirror.targets().len(), before + 1, "the manifest alone");
    // What `extract` reads is the same.
    let ran = user.run(&["extract", "--json", &registry.image()]);
    assert!(ran.code == 0 && ran.out.contains("smash_all"), "{}{}", ran.out, ran.err);
}

#[test]
fn an_index_leads_to_the_image_and_a_token_is_fetched_for_it_alone() {
    let registry = Registry::start();
    let mirror = &registry.mirror;
    let manifest = registry
        .holds(&json!({"Cmd": ["python", "/app/server.py"]}), &[tar_gz_files(&[("app/server.py", PYTHON.as_bytes())])]);
    let of = digest(&manifest);
    let index = json!({"schemaVersion": 2, "manifests": [
        {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": format!("sha256:{}", "0".repeat(64)), "size": 7,
         "platform": {"os": "unknown", "architecture": "unknown"}},
        {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": of, "size": manifest.len(),
         "platform": {"os": "linux", "architecture": "amd64"}}]});
    let realm = mirror.url("/token");
    let challenge = format!("Bearer realm=\"{realm}\",service=\"kilns\",scope=\"repository:clay/kiln:pull\"");
    let denied = Reply::status(401).with("WWW-Authenticate", &challenge);
    mirror
        .on_each("/v2/clay/kiln/manifests/1.0", vec![denied, Reply::file(index.to_string())])
        .on(&format!("/v2/clay/kiln/manifests/{of}"), Reply::file(manifest))
        .on(
            "/token?service=kilns&scope=repository%3Aclay%2Fkiln%3Apull",
            Reply::json(json!({"token": "planted-token"})),
        );
    let user = registry.user(&json!({"auth": "bWU6cGxhbnRlZA=="}));
    let ran = crawl(&user, &registry);
    assert_eq!((ran.code, tools(&user).len()), (0, 2), "{:?} {:?}", last(&user), mirror.targets());
    let sent = |part: &str| -> Vec<Option<String>> {
        let asked = mirror.asked();
        asked
            .iter()
            .filter(|asked| asked.target.starts_with(part))
            .map(|asked| asked.headers.get("authorization").cloned())
            .collect()
    };
    assert_eq!(sent("/token"), [Some("Basic bWU6cGxhbnRlZA==".to_owned())]);
    assert!(sent("/v2/clay/kiln/blobs").iter().all(|sent| sent.as_deref() == Some("Bearer planted-token")));
    assert!(!std::fs::read(user.database()).unwrap().windows(7).any(|part| part == b"planted"));
}

#[test]
fn credentials_go_to_the_registry_alone_and_helpers_are_not_started() {
    let (registry, other) = (Registry::start(), Mirror::start());
    let challenge = format!("Bearer realm=\"{}\"", other.url_as("localhost", "/token"));
    registry.mirror.on("/v2/clay/kiln/manifests/1.0", Reply::status(401).with("WWW-Authenticate", &challenge));
    let user = registry.user(&json!({"auth": "bWU6cGxhbnRlZA=="}));
    crawl(&user, &registry);
    // The other place is a stranger's, which may not be in a private network.
    assert_eq!((last(&user).0.as_str(), other.targets().len()), ("blocked", 0), "{:?}", last(&user));
    user.run(&["crawl", "-q", "--allow-private", &registry.image()]);
    assert!(other.asked().iter().all(|asked| !asked.headers.contains_key("authorization")), "{:?}", other.asked());
    // A program of the user's docker has the credentials.
    let registry = Registry::start();
    let user = User::new();
    let folder = user.home().join(".docker");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.json"), json!({"credHelpers": {registry.host(): "kiln"}}).to_string()).unwrap();
    registry.mirror.on("/v2/clay/kiln/manifests/1.0", Reply::status(401).with("WWW-Authenticate", "Basic realm=\"x\""));
    crawl(&user, &registry);
    let (outcome, detail) = last(&user);
    assert_eq!(outcome, "auth-required", "{detail}");
    assert!(detail.contains("`kiln`, which is not started"), "{detail}");
}

#[test]
fn a_registry_that_nothing_configures_is_a_strangers() {
    let registry = Registry::start();
    registry.holds(&json!({"Cmd": ["x"]}), &[]);
    let user = User::new();
    crawl(&user, &registry);
    assert_eq!((last(&user).0.as_str(), registry.mirror.targets().len()), ("blocked", 0), "{:?}", last(&user));
    user.run(&["crawl", "-q", "oci:clay/kiln:1.0"]);
    assert!(last(&user).1.contains("--image-registry"), "{:?}", last(&user));
    let base = registry.mirror.url("/");
    user.run(&["crawl", "-q", "--image-registry", base.as_str(), "oci:clay/kiln:1.0"]);
    assert!(last(&user).1.contains("no tool was found"), "{:?}", last(&user));
}

#[test]
fn layers_that_lie_leave_the_image_or_are_bombs_are_refused() {
    let start = json!({"Cmd": ["python", "server.py"], "WorkingDir": "/app"});
    let blanks = vec![b' '; 64 << 20];
    let good = || tar_gz_files(&[("app/server.py", PYTHON.as_bytes())]);
    for (layer, outcome, why) in [
        (tar_gz_files(&[("../app/server.py", PYTHON.as_bytes())]), "blocked", "leaves the archive"),
        (tar_gz_files(&[("/app/server.py", PYTHON.as_bytes())]), "blocked", "absolute path"),
        (tar_gz_files(&[("app/blanks.bin", &blanks)]), "too-large", "unpacks"),
        (b"\x1f\x8bno gzip".to_vec(), "unreadable", "layer 2 of 2"),
    ] {
        let registry = Registry::start();
        registry.holds(&start, &[good(), layer]);
        let user = registry.user(&json!({}));
        crawl(&user, &registry);
        let (ended, detail) = last(&user);
        assert!(ended == outcome && detail.contains(why), "{why}: {ended}: {detail}");
        assert_eq!(tools(&user), []);
    }
    // A layer that is not what the manifest names.
    let registry = Registry::start();
    registry.holds(&start, &[good()]);
    registry.mirror.on(&format!("/v2/clay/kiln/blobs/{}", digest(&good())), Reply::file(vec![b'x'; good().len()]));
    let user = registry.user(&json!({}));
    crawl(&user, &registry);
    assert!(last(&user).1.contains("hash mismatch"), "{:?}", last(&user));
}

#[test]
fn what_is_compiled_is_said() {
    let jar = zip(&[("org/kiln/Main.class", b"\xca\xfe\xba\xbe")]);
    for (start, file, bytes) in [
        (json!({"Entrypoint": ["java", "-jar", "/app/kiln.jar"]}), "app/kiln.jar", jar),
        (json!({"Entrypoint": ["dotnet", "Kiln.dll"], "WorkingDir": "/app"}), "app/Kiln.dll", b"MZ".to_vec()),
    ] {
        let registry = Registry::start();
        registry.holds(&start, &[tar_gz_files(&[(file, &bytes)])]);
        let user = registry.user(&json!({}));
        crawl(&user, &registry);
        let (outcome, _) = last(&user);
        assert_eq!(outcome, "unreadable");
        let ran = user.run(&["extract", &registry.image()]);
        assert!([&*ran.out, &*ran.err].concat().contains("compiled and not read"), "{}{}", ran.out, ran.err);
    }
}
