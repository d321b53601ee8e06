//! The package of a server, fetched before it is run: a command as users write it (`npx NAME`, `uvx NAME`) in, a
//! program in a private folder out. Goes through the user's own client with install scripts off, so that nothing of the
//! package runs before it is in the sandbox.

use super::needed::python_home;
use super::{PrivateFolder, RunError};
use mcpdex_model::Ecosystem;
use mcpdex_process::{Call, Environment, Place};
use mcpdex_source::given;
use mcpdex_source::launch::{self, PackageRun, Starts};
use serde_json::Value;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a client may take to fetch one package and what it needs.
const PATIENCE: Duration = Duration::from_secs(300);

/// A command that is ready to run.
#[derive(Debug)]
pub struct Fetched {
    pub command: Vec<String>,
    /// What the command has to be able to read.
    pub reads: Vec<PathBuf>,
    /// The package that was fetched, for instance `npm:NAME@VERSION`; `None`: the command names none.
    pub package: Option<String>,
    /// Keeps the fetched files until it is dropped.
    pub folder: Option<PrivateFolder>,
}

/// What a command fetches.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Npm {
        spec: String,
        program: Option<String>,
        arguments: Vec<String>,
    },
    Pypi {
        spec: String,
        program: Option<String>,
        arguments: Vec<String>,
    },
    /// A program of this machine, to be run as it stands.
    Nothing,
    /// It would fetch something that cannot be had here.
    Refused {
        what: String,
        why: String,
    },
}

/// Fetches the package that a command names, with the clients of `around`; a command that names none is handed back.
///
/// # Errors
/// The package's name is no plain name, its client is not installed or fails, or it brings no program.
pub async fn fetch(command: &[String], around: &Environment) -> Result<Fetched, RunError> {
    let (what, result) = match wanted(command) {
        Wanted::Nothing => {
            return Ok(Fetched { command: command.to_vec(), reads: Vec::new(), package: None, folder: None });
        }
        Wanted::Refused { what, why } => (what, Err(why)),
        Wanted::Npm { spec, program, arguments } => {
            (format!("npm:{spec}"), npm(&spec, program.as_deref(), &arguments, around).await)
        }
        Wanted::Pypi { spec, program, arguments } => {
            (format!("pypi:{spec}"), pypi(&spec, program.as_deref(), &arguments, around).await)
        }
    };
    match result {
        Ok(fetched) => Ok(Fetched { package: Some(what), ..fetched }),
        Err(why) => Err(RunError::Fetch { what, why }),
    }
}

fn wanted(command: &[String]) -> Wanted {
    let Some((first, rest)) = command.split_first() else { return Wanted::Nothing };
    let arguments = rest.to_vec();
    if let Some(spec) = first.strip_prefix("npm:") {
        return Wanted::Npm { spec: spec.to_owned(), program: None, arguments };
    }
    if let Some(spec) = first.strip_prefix("pypi:") {
        return Wanted::Pypi { spec: exact(spec), program: None, arguments };
    }
    let reading = launch::read(command);
    let refused = |why: String| Wanted::Refused { what: given::program(first), why };
    if reading.bridge {
        return refused("it only passes on to another server; probe that one".to_owned());
    }
    match reading.starts {
        Starts::Package(PackageRun { package, spec, program, arguments }) => match package.ecosystem {
            Ecosystem::Npm => Wanted::Npm { spec, program, arguments },
            Ecosystem::Pypi => Wanted::Pypi { spec, program, arguments },
            _ => Wanted::Nothing,
        },
        // `uv run server.py` and its like are programs of this machine.
        Starts::Local(local) if local.why.is_program() => Wanted::Nothing,
        // Whoever types a shell's line means that line, however much it holds.
        Starts::Local(_) if Path::new(first).file_name().and_then(OsStr::to_str).is_some_and(launch::is_shell) => {
            Wanted::Nothing
        }
        Starts::Local(local) => refused(format!("it names no package that can be fetched: {}", local.why)),
        Starts::Download { .. } => refused(
            "it names no package: it is fetched from an address or a repository, which no index vouches for".to_owned(),
        ),
        Starts::Template | Starts::Unsaid | Starts::Address { .. } => refused("it names no package".to_owned()),
    }
}

/// `NAME@1.2`, which uv understands, as every client does.
fn exact(spec: &str) -> String {
    match spec.split_once('@') {
        Some((name, "latest")) => name.to_owned(),
        Some((name, version)) => format!("{name}=={version}"),
        None => spec.to_owned(),
    }
}

/// Whether a name is a plain one: addresses, files and flags would make a client run or read something else.
fn is_plain(spec: &str, more: &str) -> bool {
    !spec.is_empty()
        && !spec.starts_with(['-', '.', '/'])
        && !spec.contains("://")
        && spec.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c) || more.contains(c))
}

async fn npm(spec: &str, program: Option<&str>, arguments: &[String], around: &Environment) -> Result<Fetched, String> {
    let bare = spec.strip_prefix('@').unwrap_or(spec);
    let slashes = usize::from(bare.len() != spec.len());
    if !is_plain(bare, "@/^~+") || bare.matches('/').count() != slashes {
        return Err("it is no plain package name".to_owned());
    }
    let at = bare.find('@').map_or(spec.len(), |at| at + spec.len() - bare.len());
    let name = &spec[..at];
    let folder = PrivateFolder::new().map_err(|error| error.to_string())?;
    let home = folder.path.to_string_lossy();
    // Without a manifest of its own the client would look for one in the folders above.
    std::fs::write(folder.path.join("package.json"), "{\"private\":true}\n").map_err(|error| error.to_string())?;
    let line = [
        "install",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--no-update-notifier",
        "--prefix",
        &home,
        "--",
        spec,
    ];
    client(around, &["npm"], &line, &folder.path).await?;
    let package = folder.path.join("node_modules").join(name);
    let manifest = std::fs::read_to_string(package.join("package.json")).map_err(|error| error.to_string())?;
    let manifest: Value = serde_json::from_str(&manifest).map_err(|error| error.to_string())?;
    let script = script_of(&manifest, name, program).ok_or("the package brings no program of that name")?;
    let script = package.join(script).canonicalize().map_err(|error| format!("its program is missing: {error}"))?;
    if !script.starts_with(&folder.path) {
        return Err("its program lies outside of the package".to_owned());
    }
    let node = around.find("node").ok_or("`node` is not installed")?;
    let mut command = vec![node.to_string_lossy().into_owned(), script.to_string_lossy().into_owned()];
    command.extend_from_slice(arguments);
    let reads = vec![folder.path.clone()];
    Ok(Fetched { command, reads, package: None, folder: Some(folder) })
}

/// The script of a package, as the client itself would choose it.
fn script_of(manifest: &Value, name: &str, program: Option<&str>) -> Option<String> {
    let own = name.rsplit('/').next().unwrap_or(name);
    match manifest.get("bin")? {
        Value::String(script) => Some(script.clone()),
        Value::Object(scripts) => {
            let script = match program {
                Some(program) => scripts.get(program),
                None => scripts.get(own).or_else(|| scripts.values().next()),
            };
            script?.as_str().map(str::to_owned)
        }
        _ => None,
    }
}

async fn pypi(
    spec: &str,
    program: Option<&str>,
    arguments: &[String],
    around: &Environment,
) -> Result<Fetched, String> {
    if !is_plain(spec, "=<>~!,[]") {
        return Err("it is no plain package name".to_owned());
    }
    let name = spec.split(['=', '<', '>', '~', '!', '[']).next().unwrap_or(spec);
    let folder = PrivateFolder::new().map_err(|error| error.to_string())?;
    let place = folder.path.join("venv");
    let venv = place.to_string_lossy();
    let python = place.join("bin/python");
    let python = python.to_string_lossy();
    // Wheels alone: building from source runs code of the package.
    if around.find("uv").is_some() {
        // Settings of a project above would be uv's as well.
        std::fs::write(folder.path.join("uv.toml"), "").map_err(|error| error.to_string())?;
        client(around, &["uv"], &["venv", "--no-project", &venv], &folder.path).await?;
        let line = ["pip", "install", "--only-binary", ":all:", "--python", &python, "--", spec];
        client(around, &["uv"], &line, &folder.path).await?;
    } else {
        client(around, &["python3", "-I"], &["-m", "venv", &venv], &folder.path).await?;
        let line = ["-m", "pip", "install", "--only-binary=:all:", "--no-input", "--no-compile", "--", spec];
        client(around, &[&python, "-I"], &line, &folder.path).await?;
    }
    let script =
        program.map(str::to_owned).or_else(|| console_script(&place, name)).ok_or("the package brings no program")?;
    let script = place.join("bin").join(script);
    if !script.is_file() {
        return Err("the package brings no program of that name".to_owned());
    }
    let mut command = vec![script.to_string_lossy().into_owned()];
    command.extend_from_slice(arguments);
    let mut reads = vec![folder.path.clone()];
    // The environment borrows the library of the Python that made it.
    reads.extend(python_home(&place));
    Ok(Fetched { command, reads, package: None, folder: Some(folder) })
}

/// The first program that a package declares, the one of its own name before others. Read as text: asking Python would
/// run whatever the package hooked into its start.
fn console_script(venv: &Path, name: &str) -> Option<String> {
    let plain = |text: &str| text.to_ascii_lowercase().replace(['-', '.'], "_");
    let libraries = std::fs::read_dir(venv.join("lib")).ok()?.flatten().map(|entry| entry.path().join("site-packages"));
    let info = libraries
        .filter_map(|library| std::fs::read_dir(library).ok())
        .flat_map(Iterator::flatten)
        .map(|entry| entry.path())
        .find(|path| {
            let folder = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            folder.ends_with(".dist-info") && folder.split('-').next().is_some_and(|own| plain(own) == plain(name))
        })?;
    let text = std::fs::read_to_string(info.join("entry_points.txt")).ok()?;
    let mut scripts: Vec<&str> = text
        .lines()
        .skip_while(|line| line.trim() != "[console_scripts]")
        .skip(1)
        .take_while(|line| !line.trim_start().starts_with('['))
        .filter_map(|line| Some(line.split_once('=')?.0.trim()))
        .filter(|script| is_plain(script, ""))
        .collect();
    scripts.sort_by_key(|script| plain(script) != plain(name));
    scripts.first().map(|script| (*script).to_owned())
}

/// Runs the user's own client with the user's own settings, in a folder of ours.
async fn client(around: &Environment, words: &[&str], arguments: &[&str], folder: &Path) -> Result<(), String> {
    let call = Call { place: Place::Own(folder), patience: PATIENCE, ..Call::new(words, arguments) };
    around.run(call).await.map(drop).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn commands_are_read_as_their_clients_read_them() {
        let npm = |line: &str| match wanted(&words(line)) {
            Wanted::Npm { spec, program, arguments } => {
                format!("{spec} {} {}", program.as_deref().unwrap_or("-"), arguments.join(" "))
            }
            other => panic!("{line}: {other:?}"),
        };
        assert_eq!(npm("npx -y @rows/server@1.2 --dir x"), "@rows/server@1.2 - --dir x");
        assert_eq!(npm("npx --package=rows-kit rows-server"), "rows-kit rows-server ");
        assert_eq!(
            npm("npm exec -p rows-kit -- rows-server a"),
            "rows-kit -- rows-server a".replace("-- rows-server", "rows-server")
        );
        let pypi = |line: &str| match wanted(&words(line)) {
            Wanted::Pypi { spec, program, .. } => format!("{spec} {}", program.as_deref().unwrap_or("-")),
            other => panic!("{line}: {other:?}"),
        };
        assert_eq!(pypi("uvx rows-server@1.2"), "rows-server==1.2 -");
        assert_eq!(pypi("uv tool run --from rows-kit[all] rows"), "rows-kit[all] rows");
        assert_eq!(pypi("pypi:rows"), "rows -");
        for here in ["python server.py", "uv run server.py", "node kiln.js", "npx tsx kiln.ts"] {
            assert_eq!(wanted(&words(here)), Wanted::Nothing, "{here}");
        }
    }

    #[tokio::test]
    async fn addresses_files_and_flags_are_no_package_names() {
        for line in [
            "npx git+https://x.example/y",
            "npx --frobnicate often kiln",
            "npx --registry https://x.example kiln",
            "npx a/b",
            "npm:--global",
            "uvx -i https://x.example kiln",
            "pypi:-r",
            "npm:@a/b/c",
            "npx mcp-remote https://x.example/mcp",
        ] {
            let error = fetch(&words(line), &Environment::default()).await.expect_err(line);
            assert!(matches!(error, RunError::Fetch { .. }), "{line}: {error}");
        }
    }

    #[test]
    fn the_program_of_a_package_is_its_own_name_or_the_one_asked_for() {
        let manifest: Value = serde_json::json!({"bin": {"other": "o.js", "server": "s.js"}});
        assert_eq!(script_of(&manifest, "@rows/server", None).as_deref(), Some("s.js"));
        assert_eq!(script_of(&manifest, "@rows/x", None).as_deref(), Some("o.js"));
        assert_eq!(script_of(&manifest, "@rows/x", Some("missing")), None);
    }
}
