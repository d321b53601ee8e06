//! The query of an address: every parameter is known, of its type and bounded, or the request is refused.

use crate::query::QueryError;
use url::form_urlencoded;

/// Characters of one value.
pub(super) const LONGEST: usize = 400;

/// Values of one parameter.
const MOST: usize = 32;

/// The parameters of one request, taken one by one.
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(crate) fn of(query: Option<&str>) -> Result<Parameters, QueryError> {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(query.unwrap_or_default().as_bytes())
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        if pairs.len() > 64 || pairs.iter().any(|(name, value)| name.len() > 64 || value.chars().count() > LONGEST) {
            return Err(QueryError::Invalid("there are too many parameters, or one is too long".to_owned()));
        }
        Ok(Parameters(pairs))
    }

    /// Every value of a parameter; several may also stand in one, with commas between them.
    pub(crate) fn all<T: std::str::FromStr<Err: std::fmt::Display>>(
        &mut self,
        name: &str,
    ) -> Result<Vec<T>, QueryError> {
        let mut found = Vec::new();
        for (_, value) in self.0.extract_if(.., |(other, _)| other == name) {
            for word in value.split(',').filter(|word| !word.is_empty()) {
                let read = word.parse::<T>().map_err(|error| QueryError::Invalid(format!("{name}: {error}")))?;
                found.push(read);
            }
        }
        if found.len() > MOST {
            return Err(QueryError::Invalid(format!("{name} has more than {MOST} values")));
        }
        Ok(found)
    }

    /// Every text of a parameter, as it is.
    pub(crate) fn texts(&mut self, name: &str) -> Vec<String> {
        self.0.extract_if(.., |(other, _)| other == name).map(|(_, value)| value).collect()
    }

    /// The one text of a parameter.
    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>, QueryError> {
        let mut texts = self.texts(name);
        if texts.len() > 1 {
            return Err(QueryError::Invalid(format!("{name} is given more than once")));
        }
        match texts.pop() {
            Some(text) if text.is_empty() => Err(QueryError::Invalid(format!("{name} is empty"))),
            text => Ok(text),
        }
    }

    /// A whole number from one to `most`.
    pub(crate) fn number(&mut self, name: &str, most: usize, usual: usize) -> Result<usize, QueryError> {
        let Some(text) = self.text(name)? else { return Ok(usual) };
        match text.parse::<usize>() {
            Ok(number) if (1..=most).contains(&number) => Ok(number),
            _ => Err(QueryError::Invalid(format!("{name} has to be a number from 1 to {most}"))),
        }
    }

    /// Whether a switch is on.
    pub(crate) fn switch(&mut self, name: &str) -> Result<bool, QueryError> {
        match self.text(name)?.as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
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
