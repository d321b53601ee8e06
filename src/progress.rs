//! The only indicatif: progress on stderr when it is a terminal, nothing otherwise.
