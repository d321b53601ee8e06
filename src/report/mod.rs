//! What the commands print: tables for people, JSON for programs. Text from servers is made harmless here.

mod crawl;
mod extract;
mod json;
mod names;
mod probe;
mod text;
mod tool;
mod visible;

pub use crawl::{CrawlReport, Run};
pub use extract::{ExtractReport, ExtractedPackage, ExtractedTool};
pub use json::to_json;
pub use names::{Nearest, nearest};
pub use probe::{ProbeReport, ProbedCard, ProbedTool};
pub use tool::{PolicyView, ToolReport, ToolView};
pub use visible::visible;
