//! Landlock and the privileges of a process: what it may read and write in, a process that can do no more out. What
//! cannot be had is an error; nothing is left half walled in silence.

use anyhow::{Context, ensure};
use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetStatus, Scope,
};
use rustix::thread::{self, CapabilitiesSecureBits, CapabilitySet, CapabilitySets};
use std::path::PathBuf;

/// The oldest Landlock that keeps in signals and abstract sockets (Linux 6.12). Without it a program could end the
/// process that keeps it, and what else its user runs.
const OLDEST: ABI = ABI::V6;

/// Devices that give away nothing. No terminal: what is typed there later would be read as the user's own words.
const DEVICES: [&str; 5] = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"];

/// Whether the kernel has the walls that [`raise`] needs.
pub(super) fn landlock_works() -> bool {
    ruleset(false).and_then(|ruleset| ruleset.create().context("cannot make Landlock rules")).is_ok()
}

fn ruleset(network: bool) -> anyhow::Result<Ruleset> {
    let old = "the kernel's Landlock is older than Linux 6.12";
    let ruleset = Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
    let mut ruleset = ruleset.handle_access(AccessFs::from_all(OLDEST)).context(old)?;
    if !network {
        ruleset = ruleset.handle_access(AccessNet::from_all(OLDEST)).context(old)?;
    }
    ruleset.scope(Scope::from_all(OLDEST)).context(old)
}

/// What a program may do below a folder that it may write: anything but make devices.
fn writing() -> BitFlags<AccessFs> {
    AccessFs::from_all(OLDEST) & !(AccessFs::MakeChar | AccessFs::MakeBlock)
}

/// Puts the walls around this process and whatever it becomes.
pub(super) fn raise(reads: &[PathBuf], writes: &[PathBuf], network: bool) -> anyhow::Result<()> {
    let mut created = ruleset(network)?.create().context("cannot make Landlock rules")?;
    let devices = DEVICES.iter().map(|path| (PathBuf::from(path), AccessFs::ReadFile | AccessFs::WriteFile));
    let writes = writes.iter().map(|path| (path.clone(), writing()));
    let proc = (PathBuf::from("/proc/self"), AccessFs::from_read(OLDEST));
    let reads = reads.iter().map(|path| (path.clone(), AccessFs::from_read(OLDEST)));
    for (path, access) in reads.chain(writes).chain(devices).chain([proc]) {
        // What is not there needs no leave.
        let Ok(descriptor) = PathFd::new(&path) else { continue };
        let access = if path.is_dir() { access } else { access & AccessFs::from_file(OLDEST) };
        created = created
            .add_rule(PathBeneath::new(descriptor, access))
            .with_context(|| format!("cannot allow {}", path.display()))?;
    }
    let status = created.restrict_self().context("cannot restrict this process")?;
    ensure!(status.ruleset == RulesetStatus::FullyEnforced && status.no_new_privs, "Landlock was not enforced in full");
    Ok(())
}

/// Gives up every capability for good, whoever runs this. Comes after "no new privileges", by which no program that is
/// started later brings any back.
///
/// # Errors
/// Something is left.
pub(super) fn give_up_privileges() -> anyhow::Result<()> {
    let held = thread::capabilities(None).context("cannot read the capabilities of this process")?;
    if held.effective.contains(CapabilitySet::SETPCAP) {
        // Numbers that the kernel does not know are refused, and are none to give up.
        for bit in 0..64 {
            let _ = thread::remove_capability_from_bounding_set(CapabilitySet::from_bits_retain(1 << bit));
        }
        let locked = CapabilitiesSecureBits::NO_ROOT
            | CapabilitiesSecureBits::NO_ROOT_LOCKED
            | CapabilitiesSecureBits::NO_SETUID_FIXUP
            | CapabilitiesSecureBits::NO_SETUID_FIXUP_LOCKED
            | CapabilitiesSecureBits::KEEP_CAPS_LOCKED
            | CapabilitiesSecureBits::NO_CAP_AMBIENT_RAISE
            | CapabilitiesSecureBits::NO_CAP_AMBIENT_RAISE_LOCKED;
        thread::set_capabilities_secure_bits(locked).context("cannot lock the capabilities of root away")?;
    }
    thread::clear_ambient_capability_set().context("cannot give up ambient capabilities")?;
    let nothing = CapabilitySet::empty();
    let none = CapabilitySets { effective: nothing, permitted: nothing, inheritable: nothing };
    thread::set_capabilities(None, none).context("cannot give up capabilities")?;
    let left = thread::capabilities(None).context("cannot read the capabilities of this process")?;
    ensure!(left == none, "capabilities are left: {left:?}");
    ensure!(
        thread::no_new_privs().context("cannot read whether privileges may be gained")?,
        "privileges may be gained"
    );
    Ok(())
}
