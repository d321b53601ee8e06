//! What is written by the thousand, in the order in which a server is told of it.

use super::bulk::*;
use super::editions::*;

/// All of them, in the order in which they are run: what is referred to first, and of one table what makes rows first. The
/// first column is the same in all statements of a table.
pub(crate) const BULKS: [&Bulk; 29] = [
    &SERVER,
    &SERVER_SEEN,
    &SERVER_SAID,
    &SERVER_FILLED,
    &LISTING,
    &LISTING_DONE,
    &OBSERVATION,
    &OBSERVATION_SEEN,
    &DEFINITION,
    &TOOL,
    &ATTEMPT,
    &UNJUDGED,
    &JUDGED,
    &JUDGED_PASSES,
    &JUDGED_COMES,
    &COST,
    &SEARCH,
    &SEARCH_PASSES,
    &SEARCH_COMES,
    &TOOL_NAME,
    &MENTIONS_PASS,
    &MENTION,
    &JUDGED_BY,
    &JUDGED_BY_COMES,
    &SERVER_WORD,
    &SERVER_UNMARKED,
    &SERVER_MARK,
    &SERVER_JUDGED,
    &SERVER_INDEXED,
];
