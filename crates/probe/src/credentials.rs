//! The credentials that the user has for servers: the text of a configuration file and the environment in, headers for
//! one server out. A file holds references to the environment and never a secret itself; nothing is stored.

use super::auth::covers;
use mcpdex_model::SecretString;
use serde::Deserialize;
use std::collections::BTreeMap;
use url::Url;

/// Why credentials cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    #[error("the credentials cannot be read: {0}")]
    Syntax(String),
    #[error("the header `{0}` is not `NAME: VALUE`")]
    Header(String),
    #[error(
        "the value of `{header}` for {url} is written out; name a variable of the environment instead, as `${{NAME}}`"
    )]
    WrittenOut { header: String, url: String },
    #[error("the value of `{header}` needs the variable `{variable}`, which is not set")]
    NotSet { header: String, variable: String },
    #[error("the value of `{0}` holds a `${{` without its `}}`")]
    Reference(String),
    #[error("`{0}` is set by mcpdex itself")]
    Reserved(String),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    server: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// The server, or everything below this address.
    url: String,
    headers: BTreeMap<String, String>,
}

/// The headers that a configuration file has for `server`; `variable` looks into the environment.
///
/// # Errors
/// The file is not one, holds a secret itself, or refers to a variable that is not set.
pub fn from_file(
    text: &str,
    server: &Url,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Vec<(String, SecretString)>, CredentialError> {
    let file: File = toml::from_str(text).map_err(|error| CredentialError::Syntax(error.message().to_owned()))?;
    let mut found = Vec::new();
    for entry in file.server {
        let base = Url::parse(&entry.url).map_err(|error| CredentialError::Syntax(format!("an address: {error}")))?;
        for (header, value) in entry.headers {
            if !value.contains("${") {
                return Err(CredentialError::WrittenOut { header, url: mcpdex_net::shown(&base) });
            }
            if covers(&base, server) {
                let value = expand(&header, &value, &variable)?;
                found.push((checked(header)?, SecretString::from(value)));
            }
        }
    }
    Ok(found)
}

/// One header as it stands on a command line, `NAME: VALUE`; the value may refer to the environment.
///
/// # Errors
/// It is no header, or refers to a variable that is not set.
pub fn from_line(
    line: &str,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<(String, SecretString), CredentialError> {
    // The message must not show what may be a secret.
    let shown =
        || CredentialError::Header(line.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect());
    let (name, value) = line.split_once(':').ok_or_else(shown)?;
    let (name, value) = (name.trim(), value.trim());
    if name.is_empty() || value.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)) {
        return Err(shown());
    }
    let value = expand(name, value, &variable)?;
    Ok((checked(name.to_owned())?, SecretString::from(value)))
}

fn checked(name: String) -> Result<String, CredentialError> {
    const OURS: [&str; 9] = [
        "accept",
        "connection",
        "content-length",
        "content-type",
        "host",
        "mcp-method",
        "mcp-protocol-version",
        "mcp-session-id",
        "transfer-encoding",
    ];
    match OURS.contains(&name.to_ascii_lowercase().as_str()) {
        true => Err(CredentialError::Reserved(name)),
        false => Ok(name),
    }
}

fn expand(header: &str, value: &str, variable: &impl Fn(&str) -> Option<String>) -> Result<String, CredentialError> {
    let (mut out, mut rest) = (String::new(), value);
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').ok_or_else(|| CredentialError::Reference(header.to_owned()))?;
        let found = variable(name).filter(|found| !found.is_empty());
        let not_set = || CredentialError::NotSet { header: header.to_owned(), variable: name.to_owned() };
        out.push_str(before);
        out.push_str(&found.ok_or_else(not_set)?);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use mcpdex_model::ExposeSecret;

    fn environment(name: &str) -> Option<String> {
        (name == "ROWS_TOKEN").then(|| "sesame".to_owned())
    }

    fn read(text: &str, url: &str) -> Result<Vec<(String, String)>, CredentialError> {
        let found = from_file(text, &Url::parse(url).expect("a URL"), environment)?;
        Ok(found.into_iter().map(|(name, secret)| (name, secret.expose_secret().to_owned())).collect())
    }

    #[test]
    fn headers_go_to_the_server_they_are_for_with_references_filled_in() {
        let text = "[[server]]\nurl = 'https://mcp.example/rows'\nheaders = { Authorization = 'Bearer ${ROWS_TOKEN}' }";
        let expected = vec![("Authorization".to_owned(), "Bearer sesame".to_owned())];
        assert_eq!(read(text, "https://mcp.example/rows/mcp"), Ok(expected));
        for other in ["https://mcp.example/rowsmore", "https://evil.example/rows", "http://mcp.example/rows"] {
            assert_eq!(read(text, other), Ok(Vec::new()), "{other}");
        }
    }

    #[test]
    fn secrets_in_the_file_and_variables_that_are_not_set_are_errors_that_show_no_secret() {
        let with =
            |value: &str| format!("[[server]]\nurl = 'https://mcp.example'\nheaders = {{ Authorization = '{value}' }}");
        for (value, word) in [("Bearer s3cret", "written out"), ("${MISSING}", "not set"), ("${ROWS_TOKEN", "without")]
        {
            let error = read(&with(value), "https://mcp.example/").expect_err(value).to_string();
            assert!(error.contains(word) && !error.contains("s3cret"), "{error}");
        }
        assert!(
            from_line("Authorization Bearer s3cret", environment).is_err_and(|e| !e.to_string().contains("s3cret"))
        );
        assert!(from_line("Host: x", environment).is_err());
        assert_eq!(
            from_line("X-Key: ${ROWS_TOKEN}", environment).map(|(_, s)| s.expose_secret().to_owned()),
            Ok("sesame".into())
        );
    }
}
