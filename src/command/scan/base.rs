//! What was there before a change: the findings of the configurations at its base, and the files that judge it as the base
//! has them. What a change says of how it is to be judged is not asked; that it says something is a finding.

use super::git_base::GitBase;
use crate::cli::{Global, ScanArgs};
use crate::command::configured::{self, Servers};
use crate::command::{database, settings};
use crate::configuration::{UserSettings, on_disk};
use crate::model::Risk;
use crate::query::findings::findings;
use crate::report::BaseCommit;
use crate::survey::{Finding, Gate, Kind};
use anyhow::Context;
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

/// The base of a change.
pub(super) struct ScanBase {
    git: GitBase,
    /// What is scanned.
    named: Vec<PathBuf>,
}

impl ScanBase {
    /// # Errors
    /// There is no repository, or no such commit in it.
    pub(super) fn open(revision: &str, named: &[PathBuf]) -> anyhow::Result<ScanBase> {
        Ok(ScanBase { git: GitBase::open(revision, named)?, named: named.to_vec() })
    }

    pub(super) fn about(&self) -> BaseCommit {
        BaseCommit { revision: self.git.revision.clone(), commit: self.git.commit.clone() }
    }

    /// Where a file can be read as the base has it.
    pub(super) fn place(&self, path: &Path) -> io::Result<PathBuf> {
        self.git.place(path)
    }

    /// Whether a file lies in the repository and the base has none there.
    pub(super) fn is_new(&self, path: &Path) -> bool {
        self.git.holds(path) && self.place(path).is_err_and(|why| why.kind() == io::ErrorKind::NotFound)
    }

    /// What is in force, with every file of the repository as the base has it; one that the base has not says nothing.
    ///
    /// # Errors
    /// A file cannot be read or understood.
    pub(super) fn settings(&self, global: &Global) -> anyhow::Result<UserSettings> {
        let files: Vec<PathBuf> = settings::files(global).into_iter().filter(|file| !self.is_new(file)).collect();
        let read = settings::read(global, &files, &|path| self.place(path));
        read.with_context(|| format!("in the settings as they are at `{}`", self.git.revision))
    }

    /// Lets the gate know what the base had, and takes away that something is missing now that the base had.
    ///
    /// # Errors
    /// The base or the database cannot be read.
    pub(super) fn take_what_was_there(
        &self,
        global: &Global,
        found: &mut Servers,
        gate: &mut Gate,
    ) -> anyhow::Result<()> {
        let mut files = Vec::new();
        for named in &self.named {
            files.extend(self.git.configurations(named)?);
        }
        let reader = database::open_judged(global, &database::place(global)?)?;
        let mut was = configured::known_servers(&reader, &files)?;
        let as_now = |one: &configured::Configured| {
            found.in_use().any(|now| now.identity == one.identity && now.listing.version == one.listing.version)
        };
        let changed: BTreeSet<String> =
            was.servers.iter().filter(|one| !as_now(one)).map(|one| one.identity.clone()).collect();
        // A list that is known of another version says nothing of what the base had.
        for one in was.servers.iter_mut().filter(|one| one.unread.is_some() && changed.contains(&one.identity)) {
            one.tools.clear();
        }
        let was_so = |finding: &Finding| {
            !matches!(finding.kind, Kind::Unread | Kind::Partial) || !changed.contains(&finding.identity)
        };
        let known: Vec<String> = findings(&was).into_iter().filter(was_so).map(|one| one.fingerprint).collect();
        gate.know(known);
        found.problems.retain(|problem| !was.problems.contains(problem));
        // A configuration that the change takes away is nothing that was named in vain.
        let had =
            |named: &PathBuf| named.exists() || self.git.configurations(named).is_ok_and(|files| !files.is_empty());
        if !was.servers.is_empty() && self.named.iter().all(had) {
            found.problems.retain(|(file, _)| file.exists());
            found.named_nothing = false;
        }
        Ok(())
    }

    /// That the change alters what judges it.
    ///
    /// # Errors
    /// A file of the base cannot be read.
    pub(super) fn changes(&self, global: &Global, args: &ScanArgs) -> anyhow::Result<Vec<Finding>> {
        let files = settings::files(global);
        let now: Vec<PathBuf> = files.iter().filter(|file| file.exists()).cloned().collect();
        // What cannot be understood differs in any case.
        let now = settings::read(global, &now, &on_disk).unwrap_or_default();
        let mut judging: BTreeSet<PathBuf> = files.into_iter().collect();
        for said in [&global.settings, &now] {
            judging.extend(said.rules.iter().map(|said| said.value.clone()));
            judging.extend(said.overrides.iter().chain(&said.suppressions).map(|text| text.from.clone()));
        }
        judging.extend(args.suppressions.iter().chain(&args.baseline).cloned());
        let mut changes = Vec::new();
        for path in judging {
            let differs = self.git.differs(&path);
            if differs.with_context(|| format!("cannot read {} of the base", path.display()))? {
                let shown = path.display().to_string();
                let message = format!(
                    "the change alters {shown}, which says how changes are judged; it counts as it is at `{}` until that has it",
                    self.git.revision
                );
                changes.push(Finding::new(Kind::GateChange, Risk::High, shown.as_str(), None, message, ""));
            }
        }
        Ok(changes)
    }
}
