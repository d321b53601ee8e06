//! Reads a package together with what it leads to: where it registers tools of a dependency, that dependency is fetched as
//! the package's own client would, and where it is a wrapper around a compiled program, the repository that its manifest
//! names is read at the version's tag. Both are said beside the list. Nothing is installed, built or run.

use super::checkout::Repository;
use super::context::CrawlContext;
use super::package::PackageArchive;
use mcpdex_extract::archive::{self, ArchiveKind};
use mcpdex_extract::worker::{WorkerError, extract_archive};
use mcpdex_extract::workspace::{self, Need};
use mcpdex_extract::{Extraction, PackageInfo, ReadLimits, SourceTree, folder};
use mcpdex_model::{Observation, Outcome, Package, Partial, PartialKind, PartialReason, ServerId, ToolOrigin};
use std::collections::{BTreeMap, BTreeSet};

/// Packages that are fetched for one.
const MAX_FETCHED: usize = 4;
/// Dependencies of dependencies.
const MAX_DEPTH: u32 = 2;

impl CrawlContext {
    /// Reads an archive in a worker process, and what it leads to where it has to.
    pub(super) async fn extract(&self, fetched: &PackageArchive) -> Result<Extraction, WorkerError> {
        let (bytes, info) = (fetched.bytes.as_slice(), &fetched.package);
        let alone = self.worker(bytes, fetched.kind, info.clone(), &self.options.extract).await?;
        if !leads_on(&alone) {
            return Ok(alone);
        }
        let Ok(tree) = archive::read(fetched.kind, bytes, info.clone(), &self.options.extract) else {
            return Ok(alone);
        };
        let together = self.with_dependencies(&tree).await;
        match together {
            Some(together) if registered(&together) > registered(&alone) => Ok(together),
            _ if alone.tools.is_empty() && workspace::is_compiled(&tree) => {
                Ok(self.repository_instead(&tree, alone).await)
            }
            // What stopped the reading further on is the nearer reason.
            Some(together) if registered(&alone) == 0 => Ok(with_reasons(alone, together)),
            _ => Ok(alone),
        }
    }

    async fn worker(
        &self,
        bytes: &[u8],
        kind: ArchiveKind,
        info: PackageInfo,
        limits: &ReadLimits,
    ) -> Result<Extraction, WorkerError> {
        let _place = self.workers.acquire().await.expect("the semaphore is never closed");
        extract_archive(&self.options.program, bytes, kind, info, limits).await
    }

    /// Files in a worker, with room for what packing adds.
    async fn files<'f>(
        &self,
        files: impl Iterator<Item = (&'f str, &'f [u8])>,
        info: PackageInfo,
    ) -> Option<Extraction> {
        let packed = archive::pack(files).ok()?;
        let limits = self.options.extract;
        let most = limits.unpacked_bytes * 2;
        let room = ReadLimits { archive_bytes: most, unpacked_bytes: most, ..limits };
        self.worker(&packed, ArchiveKind::Tar, info, &room).await.ok()
    }

    /// The package with its dependencies beside it, those that could not be had among what is missing; `None` where it has
    /// none that matter.
    async fn with_dependencies(&self, tree: &SourceTree) -> Option<Extraction> {
        let mut whole = tree.clone();
        let mut providers = Vec::new();
        let mut seen = BTreeSet::from([tree.package.name.clone()]);
        let mut pending: Vec<(Need, u32)> = workspace::needs(tree).into_iter().map(|need| (need, 1)).collect();
        let (mut left_out, mut missed) = (0, Vec::new());
        while !pending.is_empty() {
            let (need, depth) = pending.remove(0);
            if !seen.insert(need.name.clone()) {
                continue;
            }
            if providers.len() >= MAX_FETCHED {
                left_out += 1;
                continue;
            }
            let mut other = match self.dependency(&need, &tree.package).await {
                Ok(other) => other,
                Err(why) => {
                    missed.push(format!("{} may hand over to {}, which {why}", named(&tree.package), need.name));
                    continue;
                }
            };
            // How it is called there, where the manifest gives it another name, is the reader's affair.
            other.package.name.clone_from(&need.name);
            if depth < MAX_DEPTH {
                pending.extend(workspace::needs(&other).into_iter().map(|need| (need, depth + 1)));
            }
            providers.push(other.package.clone());
            workspace::install(&mut whole, other);
        }
        let missed = missed.into_iter().map(|why| Partial::missing(PartialReason::MountedServer, why, None));
        if providers.is_empty() {
            let partial: Vec<Partial> = missed.collect();
            return (!partial.is_empty()).then(|| Extraction { partial, ..Extraction::default() });
        }
        let files = whole.files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()));
        let mut found = self.files(files, tree.package.clone()).await?;
        let provided = found.tools.iter().filter(|tool| workspace::is_provided(&tool.site.file)).count();
        let names: Vec<String> = providers.iter().map(named).collect();
        let detail = match provided {
            // Its own definitions, which the dependency registers.
            0 => {
                format!("{} was read together with {}, which it hands over to", named(&tree.package), names.join(", "))
            }
            1 => format!("1 tool is registered by {} and provided by {}", named(&tree.package), names.join(", ")),
            many => {
                format!("{many} tools are registered by {} and provided by {}", named(&tree.package), names.join(", "))
            }
        };
        found.partial.push(Partial::remark(PartialReason::NamesOnly, detail, None));
        found.partial.extend(missed);
        if left_out > 0 {
            let detail = format!("{left_out} more dependencies were not looked into; {MAX_FETCHED} are at most");
            found.partial.push(Partial::missing(PartialReason::LimitReached, detail, None));
        }
        Some(found)
    }

    /// A dependency at the version that the package's client would install, or why it is not to be had.
    async fn dependency(&self, need: &Need, of: &PackageInfo) -> Result<SourceTree, String> {
        let package = Package::named(of.ecosystem, need.name.clone(), need.wanted.clone());
        let server = ServerId::of_package(of.ecosystem, &need.name);
        // Nobody remembers this attempt.
        let mut attempt = Observation::failed(server, ToolOrigin::Static, package.to_string(), Outcome::Ok, "");
        let fetched = self.archive(&package, &mut attempt).await.map_err(|why| format!("could not be had: {why}"))?;
        let (fetched, _) = fetched.ok_or("was not sent again since it had not changed")?;
        archive::read(fetched.kind, &fetched.bytes, fetched.package, &self.options.extract)
            .map_err(|why| format!("could not be unpacked: {why}"))
    }

    /// The tools of the repository that a wrapper's manifest names; without them, what is there and why it was not read.
    async fn repository_instead(&self, tree: &SourceTree, mut alone: Extraction) -> Extraction {
        const COMPILED: &str = "the package is a wrapper around a compiled program, which is not read";
        let version = tree.package.version.as_deref().unwrap_or_default();
        let mut why = "its manifest names no repository".to_owned();
        if let Some(name) = workspace::repository(tree) {
            match self.checkout(&name, &tags(&tree.package.name, version)).await {
                Some((tag, found)) if !found.tools.is_empty() => {
                    let mut found = found;
                    let detail = format!(
                        "read from the repository {name} at the tag {tag}, which the manifest of {} names: the package \
                         itself is a wrapper around a compiled program",
                        named(&tree.package)
                    );
                    found.partial.push(Partial::remark(PartialReason::NamesOnly, detail, None));
                    return found;
                }
                Some((tag, _)) => why = format!("no tool was found in its repository {name} at the tag {tag}"),
                None => why = format!("its repository {name} has no tag of version {version} that could be had"),
            }
        }
        let detail = format!("{COMPILED}; {why}");
        alone.partial.push(Partial::missing(PartialReason::UnresolvedValue, detail, None));
        alone
    }

    /// Reads a repository at the first of `tags` that it has.
    async fn checkout(&self, name: &str, tags: &[String]) -> Option<(String, Extraction)> {
        for tag in tags {
            let Ok(repository) = format!("{name}@{tag}").parse::<Repository>() else { continue };
            let place = tempfile::tempdir().ok()?;
            let target = place.path().join("checkout");
            if repository.clone_into(&target, &self.options.surroundings).await.is_err() {
                continue;
            }
            let files = folder::read(&target, &self.options.extract).ok()?;
            return Some((tag.clone(), self.every_part(&files, &repository.name).await));
        }
        None
    }

    /// Reads every package of a folder; where none has a tool, with the reasons of all.
    pub(super) async fn every_part(&self, files: &BTreeMap<String, Vec<u8>>, name: &str) -> Extraction {
        let (mut all, mut reasons) = (Extraction::default(), Vec::new());
        for part in workspace::parts(files, name) {
            let own = part.files.iter().map(|(path, bytes)| (path.as_str(), *bytes));
            let Some(mut found) = self.files(own, part.package.clone()).await else {
                let detail = format!("{} could not be read to its end", part.name);
                reasons.push(Partial::missing(PartialReason::LimitReached, detail, None));
                continue;
            };
            if found.tools.is_empty() {
                reasons.append(&mut found.partial);
                continue;
            }
            for tool in &mut found.tools {
                tool.site.file = part.place(&tool.site.file).to_owned();
            }
            all.tools.append(&mut found.tools);
            all.partial.append(&mut found.partial);
        }
        if all.tools.is_empty() {
            all.partial = reasons;
        }
        all
    }
}

/// Whether a list may lack tools of other packages.
fn leads_on(found: &Extraction) -> bool {
    let is_mounted = |partial: &Partial| partial.reason == PartialReason::MountedServer;
    registered(found) == 0 || found.partial.iter().any(is_mounted)
}

fn registered(found: &Extraction) -> usize {
    found.tools.iter().filter(|tool| tool.origin == ToolOrigin::Static).count()
}

/// A reading that found nothing, with the reasons of the one that went on into the dependencies and found nothing either.
fn with_reasons(mut alone: Extraction, together: Extraction) -> Extraction {
    for reason in together.partial {
        // That something was read beside it is no reason.
        if reason.kind == PartialKind::MissingTool && !alone.partial.contains(&reason) {
            alone.partial.push(reason);
        }
    }
    alone
}

fn named(package: &PackageInfo) -> String {
    let version = package.version.as_ref().map(|version| format!("@{version}")).unwrap_or_default();
    format!("{}:{}{version}", package.ecosystem, package.name)
}

/// How the tag of a version is usually called.
fn tags(name: &str, version: &str) -> Vec<String> {
    let bare = name.rsplit('/').next().unwrap_or(name);
    if version.is_empty() {
        return Vec::new();
    }
    vec![format!("v{version}"), version.to_owned(), format!("{bare}-v{version}"), format!("{bare}-{version}")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_into_dependencies_that_finds_nothing_still_tells_why() {
        let because = |detail: &str| Partial::missing(PartialReason::UnresolvedValue, detail.to_owned(), None);
        let reading = |details: &[&str]| Extraction {
            partial: details.iter().map(|detail| because(detail)).collect(),
            ..Extraction::default()
        };
        let mut further = reading(&["handed over", "made at run time"]);
        further.partial.push(Partial::remark(PartialReason::NamesOnly, "read together".to_owned(), None));
        let all = with_reasons(reading(&["handed over"]), further);
        assert_eq!(all, reading(&["handed over", "made at run time"]));
        assert!(!all.is_complete());
    }
}
