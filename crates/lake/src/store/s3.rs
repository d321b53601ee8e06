//! What speaks S3: the environment in, a bucket out. Credentials are those of the usual variables; no file of credentials is
//! read, and no machine's metadata service is asked.

use super::objects::Objects;
use crate::error::LakeError;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, S3ConditionalPut};
use object_store::client::{HttpClient, HttpConnector};
use object_store::{BackoffConfig, ClientOptions, RetryConfig};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// The variables that count. Others, such as those that would trust any certificate, do not.
const VARIABLES: [&str; 21] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_S3",
    "AWS_ENDPOINT_URL_STS",
    "AWS_ALLOW_HTTP",
    "AWS_VIRTUAL_HOSTED_STYLE_REQUEST",
    "AWS_SKIP_SIGNATURE",
    "AWS_REQUEST_PAYER",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_SERVER_SIDE_ENCRYPTION",
    "AWS_SSE_KMS_KEY_ID",
    "AWS_SSE_BUCKET_KEY_ENABLED",
];

/// Those of which one has to be there: who asks, or that nobody in particular does.
const WHO: [&str; 5] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_SKIP_SIGNATURE",
];

/// Opens what lies below `prefix` in a bucket.
///
/// # Errors
/// The environment names nobody who asks, or an endpoint that is none.
pub(super) fn open(
    bucket: &str,
    prefix: &str,
    environment: impl Iterator<Item = (OsString, OsString)>,
) -> Result<Objects, LakeError> {
    let shown = if prefix.is_empty() { format!("s3://{bucket}") } else { format!("s3://{bucket}/{prefix}") };
    let setup = |why: &str| LakeError::Setup { shown: shown.clone(), why: why.to_owned() };
    let set: BTreeMap<String, String> = environment
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, value)| VARIABLES.contains(&name.as_str()) && !value.is_empty())
        .collect();
    let is = |name: &str| set.get(name).is_some_and(|value| matches!(value.as_str(), "1" | "true" | "TRUE" | "True"));
    if !WHO.iter().any(|name| set.contains_key(*name)) {
        return Err(setup(
            "the environment names no credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (with AWS_SESSION_TOKEN), \
             AWS_WEB_IDENTITY_TOKEN_FILE or AWS_CONTAINER_CREDENTIALS_… hold them; AWS_SKIP_SIGNATURE=true asks without",
        ));
    }
    if set.contains_key("AWS_ACCESS_KEY_ID") != set.contains_key("AWS_SECRET_ACCESS_KEY") {
        return Err(setup("of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY only one is set"));
    }
    for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_STS"] {
        if let Some(why) = set.get(name).and_then(|text| refused(text, is("AWS_ALLOW_HTTP"))) {
            return Err(setup(&format!("{name} {why}")));
        }
    }
    let client = mcpdex_net::store_client().map_err(|error| setup(&error.to_string()))?;
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(bucket)
        .with_conditional_put(S3ConditionalPut::ETagMatch)
        // The deed of many at once is not known to every store.
        .with_disable_bulk_delete(true)
        .with_http_connector(Ours(HttpClient::new(client)))
        .with_retry(RetryConfig {
            backoff: BackoffConfig { max_backoff: Duration::from_secs(5), ..BackoffConfig::default() },
            max_retries: 4,
            retry_timeout: Duration::from_secs(60),
        });
    for (name, value) in &set {
        if let Ok(key) = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>() {
            builder = builder.with_config(key, value);
        }
    }
    let library = builder.build().map_err(|error| setup(&error.to_string()))?;
    let secret = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
    let secrets = secret.iter().filter_map(|name| set.get(*name).cloned()).collect();
    Ok(Objects::new(Arc::new(library), prefix, shown, secrets))
}

/// What is wrong with an endpoint. It is not repeated: it may hold a password.
fn refused(text: &str, allow_http: bool) -> Option<&'static str> {
    let Ok(url) = Url::parse(text) else { return Some("is no URL") };
    match url.scheme() {
        _ if !url.username().is_empty() || url.password().is_some() => {
            Some("holds credentials, which belong into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
        }
        "https" => None,
        "http" if allow_http => None,
        "http" => Some("is not encrypted; AWS_ALLOW_HTTP=true allows that"),
        _ => Some("is neither https nor http"),
    }
}

/// Hands out the one client whatever the library would set up itself.
#[derive(Debug)]
struct Ours(HttpClient);

impl HttpConnector for Ours {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(self.0.clone())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
mod tests {
    use super::*;

    fn opened(set: &[(&str, &str)]) -> Result<Objects, String> {
        let environment = set.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
        open("bucket", "a", environment).map_err(|error| error.to_string())
    }

    #[test]
    fn who_asks_and_where_are_said_or_refused() {
        let keys = [("AWS_ACCESS_KEY_ID", "planted-id"), ("AWS_SECRET_ACCESS_KEY", "planted-secret")];
        let with = |more: &[(&'static str, &'static str)]| opened(&[&keys[..], more].concat());
        assert!(with(&[]).is_ok());
        assert!(with(&[("AWS_ENDPOINT_URL", "https://store.example")]).is_ok());
        assert!(with(&[("AWS_ENDPOINT_URL", "http://127.0.0.1:9"), ("AWS_ALLOW_HTTP", "true")]).is_ok());
        assert!(opened(&[("AWS_SKIP_SIGNATURE", "true")]).is_ok());
        for (refused, word) in [
            (opened(&[]), "AWS_ACCESS_KEY_ID"),
            (opened(&keys[..1]), "only one"),
            (with(&[("AWS_ENDPOINT_URL", "http://127.0.0.1:9")]), "AWS_ALLOW_HTTP"),
            (with(&[("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")]), "AWS_ENDPOINT_URL_S3"),
            (with(&[("AWS_ENDPOINT_URL", "https://u:planted@store.example")]), "credentials"),
            (with(&[("AWS_ENDPOINT_URL", "planted")]), "is no URL"),
            (with(&[("AWS_ENDPOINT_URL", "ftp://store.example")]), "neither"),
        ] {
            let error = refused.err().unwrap();
            assert!(error.contains(word) && !error.contains("planted"), "{error}");
        }
    }

    #[test]
    fn a_print_of_it_holds_no_secret() {
        let set = [
            ("AWS_ACCESS_KEY_ID", "planted-id"),
            ("AWS_SECRET_ACCESS_KEY", "planted-secret"),
            ("AWS_SESSION_TOKEN", "planted-token"),
        ];
        let printed = format!("{:?}", opened(&set).unwrap());
        for secret in ["planted-secret", "planted-token"] {
            assert!(!printed.contains(secret), "{printed}");
        }
    }
}
