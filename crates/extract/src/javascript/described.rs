//! Servers that make their tools of a description document in the package: the document that the program reads is read
//! here too, under the naming rules of its converter.

use super::machine::Machine;
use super::source::{FileId, Site};
use crate::engine::draft::ToolDraft;
use crate::openapi::{ApiDocument, Convention, Naming, tools};
use mcpdex_model::PartialReason;

/// How sources look that put `API-` before every name, as proxies of documents do.
const PROXIES: [&str; 3] = ["`API-$", "\"API-\"", "'API-'"];

impl<'t> Machine<'t> {
    /// Adds the tools of the description documents that the program reads. Only for a program that registers nothing else.
    pub(super) fn tools_of_documents(&mut self) {
        let read = self.findings.documents();
        let followed = !read.is_empty();
        let documents = if followed { read } else { self.documents_in_package() };
        for file in documents {
            let Some(document) = ApiDocument::parse(self.sources.text(file)) else { continue };
            let convention = self.convention();
            let reading = tools(&document, &Naming::of(convention));
            if reading.tools.is_empty() {
                continue;
            }
            let site = Site { file, line: 1 };
            if !followed {
                let path = self.sources.path(file);
                let detail = format!(
                    "the description document `{path}` lies in the package, and how its tools are made was not followed"
                );
                self.findings.missing(PartialReason::GeneratedTools, detail, Some(site));
            } else if convention == Convention::Plain {
                let path = self.sources.path(file);
                let detail = format!(
                    "the tools are made of the description document `{path}` by a converter that is not known: it may \
                     name, add or drop them otherwise"
                );
                self.findings.missing(PartialReason::GeneratedTools, detail, Some(site));
            }
            for missing in reading.missing {
                self.findings.missing(PartialReason::UnresolvedValue, missing, Some(site));
            }
            for tool in reading.tools {
                let site = Site { file, line: tool.line.unwrap_or(1) };
                let mut draft = ToolDraft::of_object(tool.tool, self.sources.tool_site(site));
                tool.unsure.iter().for_each(|what| draft.lacks(what));
                if !followed {
                    // What makes the tools may put words of its own around those of the document.
                    draft.lacks("the description");
                }
                self.findings.tool(draft, Vec::new());
            }
        }
    }

    /// The documents that lie in a package whose program speaks of them and was not seen to read any.
    fn documents_in_package(&self) -> Vec<FileId> {
        let ends = |path: &str, endings: &[&str]| endings.iter().any(|end| path.ends_with(end));
        let aside = |path: &str| ["node_modules/", "test", "example", "docs/"].iter().any(|word| path.contains(word));
        let files = || self.sources.under("").filter(|file| !aside(self.sources.path(*file)));
        let speaks = files().any(|file| {
            let text = self.sources.text(file);
            ends(self.sources.path(file), &[".js", ".mjs", ".cjs", ".ts"])
                && ["openapi", "OpenAPI", "swagger"].iter().any(|word| text.contains(word))
                && ["tools/list", "ListTools"].iter().any(|word| text.contains(word))
        });
        let is_document = |file: &FileId| {
            let text = self.sources.text(*file);
            let head: String = text.chars().take(400).collect();
            ends(self.sources.path(*file), &[".json", ".yaml", ".yml"])
                && ["openapi", "swagger"].iter().any(|word| head.contains(word))
        };
        if speaks { files().filter(is_document).take(4).collect() } else { Vec::new() }
    }

    fn convention(&self) -> Convention {
        let of_proxy = |file: FileId| {
            let (path, text) = (self.sources.path(file), self.sources.text(file));
            !path.ends_with(".json") && !path.ends_with(".md") && PROXIES.iter().any(|word| text.contains(word))
        };
        if self.sources.under("").any(of_proxy) { Convention::Proxy } else { Convention::Plain }
    }
}
