//! The tests that look from outside: one binary, one module for each subject.

mod expectations;
mod robustness;
mod support;
mod translations;
