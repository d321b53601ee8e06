//! Runs unpacking and parsing in a child process.
