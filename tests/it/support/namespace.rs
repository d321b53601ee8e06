//! Commands in namespaces of their own: what they do to names, clocks, mounts, processes and networks ends with them.

use std::process::Command;

/// As whom a command runs in its namespaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum As {
    /// Root there, with every capability there.
    Root,
    /// An ordinary user that holds every capability there, to show what an act does where it is allowed.
    MightyUser,
    /// An ordinary user.
    User,
}

/// A command that runs in namespaces of its own; `None`: this system makes none, and the test has to say that it was
/// skipped.
pub(crate) fn namespaced(who: As) -> Option<Command> {
    let mut command = Command::new("unshare");
    command.args(["-n", "-u", "-i", "-m", "-p", "-f", "--mount-proc"]);
    command.args(match who {
        As::Root => &["-r"][..],
        As::MightyUser => &["-U", "--map-user=1000", "--map-group=1000", "--keep-caps"],
        As::User => &["-U", "--map-user=1000", "--map-group=1000"],
    });
    let mut probe = Command::new("unshare");
    probe.args(command.get_args()).arg("true");
    let made = probe.output().is_ok_and(|output| output.status.success());
    if !made {
        eprintln!("skipped: this system makes no namespaces ({who:?})");
    }
    made.then_some(command)
}
