//! A file of rules before it is parsed.

/// A file of rules or of a language, as text.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Path below the folder of rules, with `/`.
    pub path: String,
    pub text: String,
}
