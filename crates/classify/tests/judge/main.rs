//! The judge from outside: tables of tools and the verdicts that the words' definitions ask for, and what text must not be
//! able to do to them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod confidence;
mod daily_words;
mod disguises;
mod documented_parameters;
mod earned_low;
mod excuses;
mod handlers;
mod hints;
mod judged;
mod judgements;
mod nested_operations;
mod operations;
mod overrides;
mod rationale;
mod readings;
mod right_today;
mod robustness;
mod rules;
mod said_in_words;
mod switches;
mod translations;
mod unknown_words;
