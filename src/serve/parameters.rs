//! The query of an address: every parameter is known, of its type and bounded, or the request is refused.
//!
//! A parameter of several values is repeated, once for each, as the OpenAPI document says (`form`, exploded). What is left
//! empty is refused and not passed over: a filter that is not applied would answer with more than was asked for.

use crate::query::QueryError;
use url::form_urlencoded;

/// Characters of one value.
pub(super) const LONGEST: usize = 400;

/// Values of one parameter.
pub(super) const MOST: usize = 32;

/// Values of all parameters of one request.
const MOST_IN_ALL: usize = 8 * MOST;

/// The parameters of one request, taken one by one.
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(crate) fn of(query: Option<&str>) -> Result<Parameters, QueryError> {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(query.unwrap_or_default().as_bytes())
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        if pairs.len() > MOST_IN_ALL
            || pairs.iter().any(|(name, value)| name.len() > 64 || value.chars().count() > LONGEST)
        {
            return Err(QueryError::Invalid("there are too many parameters, or one is too long".to_owned()));
        }
        Ok(Parameters(pairs))
    }

    /// Every value of a parameter, each of them a word of `T`.
    pub(crate) fn all<T: std::str::FromStr<Err: std::fmt::Display>>(
        &mut self,
        name: &str,
    ) -> Result<Vec<T>, QueryError> {
        let read = |text: &String| text.parse().map_err(|error| QueryError::Invalid(format!("{name}: {error}")));
        self.texts(name)?.iter().map(read).collect()
    }

    /// Every text of a parameter, as it is: none of them is empty, and there are not too many.
    pub(crate) fn texts(&mut self, name: &str) -> Result<Vec<String>, QueryError> {
        let found: Vec<String> = self.0.extract_if(.., |(other, _)| other == name).map(|(_, value)| value).collect();
        if found.len() > MOST {
            return Err(QueryError::Invalid(format!("{name} has more than {MOST} values")));
        }
        if found.iter().any(String::is_empty) {
            return Err(QueryError::Invalid(format!("{name} is empty; leave it out where nothing is meant")));
        }
        Ok(found)
    }

    /// The one text of a parameter.
    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>, QueryError> {
        let mut texts = self.texts(name)?;
        match texts.len() {
            0 | 1 => Ok(texts.pop()),
            _ => Err(QueryError::Invalid(format!("{name} is given more than once"))),
        }
    }

    /// A whole number from one to `most`.
    pub(crate) fn number(&mut self, name: &str, most: usize, usual: usize) -> Result<usize, QueryError> {
        let Some(text) = self.text(name)? else { return Ok(usual) };
        match text.parse::<usize>() {
            // A sign is read by the parser, and no part of the number as it is described.
            Ok(number) if text.starts_with('+') => {
                Err(QueryError::Invalid(format!("{name} has to be {number}, without a sign")))
            }
            Ok(number) if (1..=most).contains(&number) => Ok(number),
            _ => Err(QueryError::Invalid(format!("{name} has to be a number from 1 to {most}"))),
        }
    }

    /// Whether a switch is on.
    pub(crate) fn switch(&mut self, name: &str) -> Result<bool, QueryError> {
        Ok(self.maybe(name)?.unwrap_or(false))
    }

    /// Whether a switch is on, where it is given.
    pub(crate) fn maybe(&mut self, name: &str) -> Result<Option<bool>, QueryError> {
        match self.text(name)?.as_deref() {
            None => Ok(None),
            Some("false") => Ok(Some(false)),
            Some("true") => Ok(Some(true)),
            Some(_) => Err(QueryError::Invalid(format!("{name} has to be true or false"))),
        }
    }

    /// Refuses what is left: a misspelt filter would otherwise answer something else.
    pub(crate) fn done(self) -> Result<(), QueryError> {
        match self.0.first() {
            Some((name, _)) => Err(QueryError::Invalid(format!("there is no parameter `{name}`"))),
            None => Ok(()),
        }
    }
}
