//! Text: a tool's texts in one normal form, the words in them, and the sentences those words make. It knows how languages are
//! built and nothing of what a deed means.

pub(crate) mod action;
pub(crate) mod boundary;
pub(crate) mod deeds;
pub(crate) mod documented;
pub(crate) mod enumerated;
pub(crate) mod hidden;
pub(crate) mod joined;
pub(crate) mod latin;
pub(crate) mod lead_in;
pub(crate) mod lexicon;
pub(crate) mod lexicon_builder;
pub(crate) mod literal_finder;
pub(crate) mod name_words;
pub(crate) mod normalize;
pub(crate) mod passive;
pub(crate) mod place;
pub(crate) mod quote;
pub(crate) mod schema_walk;
pub(crate) mod sentence;
pub(crate) mod server_context;
pub(crate) mod shared_text;
pub(crate) mod span;
pub(crate) mod statements;
pub(crate) mod syntax;
pub(crate) mod token;
pub(crate) mod tool_text;
pub(crate) mod unknown_verb;
pub(crate) mod verb_first;
pub(crate) mod verb_last;
pub(crate) mod verbless;
pub(crate) mod word_edges;
pub(crate) mod word_hash;
