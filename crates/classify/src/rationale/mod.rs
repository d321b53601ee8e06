//! The sentences that give the reasons of a verdict, made from what was found alone. They settle nothing.

pub(crate) mod quotation;
pub(crate) mod risk_sentence;
pub(crate) mod settled;
pub(crate) mod write;
