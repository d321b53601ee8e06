//! The command line of bubblewrap: what to run and what it may see in, arguments out. The program gets namespaces of
//! its own for everything, a read-only system, a private home and temporary folder, no capabilities and, unless asked
//! otherwise, no network.

use super::{Run, private};
use mcpdex_process::{Environment, LookedAt};
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// The folder that holds the places where a program may write, as it sees them.
pub(super) const PLACES: &str = "/home";
/// The home folder that the program sees.
const HOME: &str = "/home/user";

/// What of the system a program may read: programs and libraries, and the few settings that they cannot start without.
/// No passwords, no host names, no other people's files.
pub(super) const SYSTEM: [&str; 19] = [
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/nix/store",
    "/opt",
    "/etc/alternatives",
    "/etc/ca-certificates",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/mime.types",
    "/etc/nsswitch.conf",
    "/etc/pki",
    "/etc/ssl",
];

/// Settings that only a program with network needs.
const NETWORK: [&str; 2] = ["/etc/resolv.conf", "/etc/hosts"];

/// Whether bubblewrap is there, may make namespaces and takes filters of system calls.
pub(super) async fn works() -> bool {
    let Some(filter) = harmless_filter() else { return false };
    let around = Environment::of_process(LookedAt::here());
    let Some(program) = around.find("bwrap") else { return false };
    let mut command = around.command(&program, Path::new("/"));
    command
        .args(["--add-seccomp-fd", "0", "--unshare-all", "--ro-bind", "/", "/", "--", "/bin/sh", "-c", ":"])
        .stdin(filter)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    mcpdex_process::output(&mut command).await.is_ok_and(|output| output.status.success())
}

/// Where bubblewrap is. By name it would be looked for beside the stranger's program as well.
fn program() -> String {
    let found = Environment::of_process(LookedAt::here()).find("bwrap");
    found.map_or_else(|| "/usr/bin/bwrap".to_owned(), |path| path.to_string_lossy().into_owned())
}

#[cfg(target_os = "linux")]
fn harmless_filter() -> Option<Stdio> {
    super::calls::harmless_filter().ok().map(Stdio::from)
}

#[cfg(not(target_os = "linux"))]
fn harmless_filter() -> Option<Stdio> {
    None
}

/// The whole command line.
pub(super) fn command_line(run: &Run, reads: &[PathBuf], private: &Path, command: &[String]) -> Vec<String> {
    let mut line: Vec<String> =
        [program().as_str(), "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
            .iter()
            .chain(&["--uid", "1000", "--gid", "1000", "--hostname", "sandbox", "--proc", "/proc", "--dev", "/dev"])
            .map(|word| (*word).to_owned())
            .collect();
    let mut add = |words: &[&str]| line.extend(words.iter().map(|word| (*word).to_owned()));
    if run.network {
        add(&["--share-net"]);
    }
    for path in SYSTEM.iter().chain(NETWORK.iter().filter(|_| run.network)) {
        match Path::new(path).read_link() {
            // Merged systems keep these as links into /usr.
            Ok(target) => add(&["--symlink", &target.to_string_lossy(), path]),
            Err(_) => add(&["--ro-bind-try", path, path]),
        }
    }
    let size = run.limits.files.to_string();
    for folder in ["/tmp", "/dev/shm", "/home"] {
        add(&["--size", &size, "--tmpfs", folder]);
    }
    for (_, place) in private::PLACES {
        let place = Path::new(PLACES).join(place);
        add(&["--perms", "0700", "--dir", &place.to_string_lossy()]);
    }
    // Runtimes ask who they are and give up when nobody knows.
    if std::fs::write(private.join("passwd"), format!("user:x:1000:1000::{HOME}:/bin/sh\n")).is_ok() {
        let passwd = private.join("passwd");
        add(&["--ro-bind", &passwd.to_string_lossy(), "/etc/passwd"]);
    }
    for path in reads {
        let path = path.to_string_lossy();
        add(&["--ro-bind-try", &path, &path]);
    }
    add(&["--chdir", HOME, "--"]);
    line.extend_from_slice(command);
    line
}
