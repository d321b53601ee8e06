//! `mcpdex extract SOURCE`: reads the tools out of a package's source without running it, and prints them with file and
//! line or compares them with a recorded list.

mod input;

use super::interrupt::unless_asked;
use super::{Exit, print, print_rows};
use crate::cli::{ExtractArgs, Global};
use crate::extract::archive::{self, ArchiveKind};
use crate::extract::measure::{Measure, MeasuredTool, measure};
use crate::extract::workspace::{self, Part};
use crate::extract::{Extraction, PackageInfo, ReadLimits, worker};
use crate::model::Tool;
use crate::report::{ExtractReport, ExtractedPackage, ExtractedTool, ListFormat, visible};
use crate::source::recorded;
use anyhow::{Context, bail};
use input::Input;
use std::path::Path;

pub(super) fn run(global: &Global, args: &ExtractArgs) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let report = runtime.block_on(unless_asked(read(args)))??;
    if let Some(path) = &args.against {
        return compare(global, &report, path);
    }
    let found = report.packages.iter().any(|package| !package.tools.is_empty());
    let format = args.format.format;
    if global.json || format != ListFormat::Table {
        match global.json {
            true => print(&report.to_json_lines())?,
            false => print_rows(&report, format, ExtractReport::to_text)?,
        }
        // Why there is nothing is no note: it is the reason of the exit code.
        if !global.quiet || !found {
            for note in report.notes() {
                eprintln!("{}", visible(&note));
            }
        }
    } else {
        print(&report.to_text())?;
    }
    let failed = report.packages.iter().any(|package| package.failure.is_some());
    Ok(if found && !failed { Exit::Done } else { Exit::Unread })
}

async fn read(args: &ExtractArgs) -> anyhow::Result<ExtractReport> {
    let program = std::env::current_exe().context("cannot find this program's own file, which reads packages")?;
    let limits = ReadLimits::default();
    match input::find(args, &program, &limits).await? {
        Input::Package(fetched) => {
            let extraction =
                worker::extract_archive(&program, &fetched.bytes, fetched.kind, fetched.package.clone(), &limits).await;
            let package = extracted(&fetched.package.ecosystem.to_string(), &fetched.package, extraction, None);
            Ok(ExtractReport { packages: vec![package] })
        }
        Input::Read(info, extraction) => {
            let package = extracted(&info.ecosystem.to_string(), &info, extraction, None);
            Ok(ExtractReport { packages: vec![package] })
        }
        Input::Files { name, files } => {
            let mut packages = Vec::new();
            for part in workspace::parts(&files, &name) {
                packages.push(read_part(&part, &program, &limits).await?);
            }
            // Packages that hold no server are no news beside those that do.
            let any = packages.iter().any(|package| !package.tools.is_empty());
            packages.retain(|package| !any || !package.tools.is_empty() || package.failure.is_some());
            Ok(ExtractReport { packages })
        }
    }
}

/// Reads one package of a folder, in a worker of its own, so that its death costs no other package.
async fn read_part(part: &Part<'_>, program: &Path, limits: &ReadLimits) -> anyhow::Result<ExtractedPackage> {
    let files = part.files.iter().map(|(path, bytes)| (path.as_str(), *bytes));
    let packed = archive::pack(files).context("cannot pack the files for the process that reads them")?;
    // What was read from disk is within the limits; packing adds a header to each file.
    let room =
        ReadLimits { archive_bytes: limits.unpacked_bytes * 2, unpacked_bytes: limits.unpacked_bytes * 2, ..*limits };
    let extraction = worker::extract_archive(program, &packed, ArchiveKind::Tar, part.package.clone(), &room).await;
    let kind = part.name.split(':').next().unwrap_or_default();
    Ok(extracted(kind, &part.package, extraction, Some(part)))
}

fn extracted(
    kind: &str,
    info: &PackageInfo,
    extraction: Result<Extraction, worker::WorkerError>,
    part: Option<&Part<'_>>,
) -> ExtractedPackage {
    let version = info.version.as_ref().map(|version| format!("@{version}")).unwrap_or_default();
    let mut package = ExtractedPackage {
        package: format!("{kind}:{}{version}", info.name),
        unverified: part.is_some(),
        folder: part.map(|part| part.folder.clone()).unwrap_or_default(),
        ..ExtractedPackage::default()
    };
    let extraction = match extraction {
        Ok(extraction) => extraction,
        Err(error) => {
            package.failure = Some(error.to_string());
            return package;
        }
    };
    let place = |mut site: crate::model::ToolSite| {
        if let Some(part) = part {
            site.file = part.place(&site.file).to_owned();
        }
        site
    };
    let placed = |partials: Vec<crate::model::Partial>| {
        let mut partials = partials;
        for partial in &mut partials {
            partial.site = partial.site.take().map(place);
        }
        partials
    };
    package.complete = extraction.is_complete();
    for found in extraction.tools {
        // The worker wrote the object; anything else is as good as no tool.
        if let Ok(tool) = serde_json::from_str(&found.json) {
            let (site, partial) = (place(found.site), placed(found.partial));
            let mut code = found.code;
            if let Some(code) = &mut code {
                code.handler = place(code.handler.clone());
                code.deeds.iter_mut().for_each(|deed| deed.site = place(deed.site.clone()));
            }
            let (origin, condition) = (found.origin, found.condition);
            package.tools.push(ExtractedTool { tool, site, partial, origin, condition, code });
        }
    }
    package.partial = placed(extraction.partial);
    package
}

/// Holds what was found against a recording.
fn compare(global: &Global, report: &ExtractReport, path: &Path) -> anyhow::Result<Exit> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let truth = match recorded::read_tools(&text) {
        Ok(list) => list.tools,
        Err(why) => bail!("{} {why}", path.display()),
    };
    let mut found = Vec::new();
    for tool in report.packages.iter().flat_map(|package| &package.tools) {
        let (origin, is_conditional) = (tool.origin, tool.condition.is_some());
        let object = Tool::from_object(tool.tool.clone(), String::new());
        found.extend(object.map(|tool| MeasuredTool { tool, origin, is_conditional }));
    }
    let measured = measure(&found, &truth);
    let failures: Vec<&String> = report.packages.iter().filter_map(|package| package.failure.as_ref()).collect();
    if !global.quiet {
        failures.iter().for_each(|why| eprintln!("not read: {}", visible(why)));
    }
    print(&if global.json { measure_json(&measured) } else { measure_text(&measured) })?;
    Ok(if failures.is_empty() { Exit::Done } else { Exit::Unread })
}

fn measure_json(measure: &Measure) -> String {
    #[derive(serde::Serialize)]
    struct Document<'a> {
        schema: &'static str,
        #[serde(flatten)]
        measure: &'a Measure,
    }
    crate::report::to_json(&Document { schema: "mcpdex/extract-measure/1", measure })
}

fn measure_text(measure: &Measure) -> String {
    let mut out = format!("listed by the server  {}\nfound in source       {}\n", measure.tools, measure.found);
    let rate = |part: usize, whole: usize| match whole {
        0 => String::new(),
        whole => format!("  {:.1} %", 100.0 * part as f64 / whole as f64),
    };
    for (what, part, whole) in [
        ("names recalled", measure.names, measure.tools),
        ("names precise", measure.names, measure.found),
        ("descriptions equal", measure.descriptions, measure.names),
        ("required equal", measure.required, measure.names),
        ("parameters equal", measure.parameters, measure.names),
    ] {
        out += &format!("{what:<22}{part}{}\n", rate(part, whole));
    }
    for name in &measure.missing {
        out += &format!("missing    {}\n", visible(name));
    }
    for name in &measure.extra {
        out += &format!("extra      {}\n", visible(name));
    }
    for name in &measure.conditional {
        out += &format!("only with a setting  {}\n", visible(name));
    }
    for name in &measure.defined {
        out += &format!("only defined         {}\n", visible(name));
    }
    for (name, what) in &measure.differing {
        out += &format!("differs    {}: {}\n", visible(name), what.join(", "));
    }
    out
}
