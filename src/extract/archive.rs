//! Reads package archives in memory.
