//! The address of a PostgreSQL database, which may hold a password: what is shown of it never does.

use std::fmt;

/// How an address of a PostgreSQL database begins.
const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];

/// The address of a PostgreSQL database: `postgres://USER[:PASSWORD]@HOST[:PORT]/DATABASE`, or with a folder of sockets
/// `postgres://USER@/DATABASE?host=/FOLDER`. Shows as text without its password.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerUrl {
    whole: String,
}

impl ServerUrl {
    /// The address that a text is; `None` where it is none of a PostgreSQL database.
    pub fn of(text: &str) -> Option<ServerUrl> {
        let is = |scheme: &&&str| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
        let scheme = SCHEMES.iter().find(is)?;
        Some(ServerUrl { whole: format!("postgres://{}", &text[scheme.len()..]) })
    }

    /// The whole address, with whatever password it holds.
    pub fn secret(&self) -> &str {
        &self.whole
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rest = self.whole.strip_prefix(SCHEMES[0]).unwrap_or_default();
        let (rest, asked) = rest.split_once('?').unwrap_or((rest, ""));
        // A password may hold any sign: the last `@` ends it.
        let (user, host) = rest.rsplit_once('@').map_or(("", rest), |(user, host)| (user, host));
        let user = user.split(':').next().unwrap_or_default();
        write!(f, "{}{user}{}{host}", SCHEMES[0], if user.is_empty() { "" } else { "@" })?;
        // Of what is asked for only what says where it is.
        let shown = |key: &str| matches!(key, "host" | "port" | "user" | "dbname");
        let mut sign = '?';
        for (key, value) in asked.split('&').filter_map(|one| one.split_once('=')).filter(|(key, _)| shown(key)) {
            write!(f, "{sign}{key}={value}")?;
            sign = '&';
        }
        Ok(())
    }
}

impl fmt::Debug for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        for (whole, shown) in [
            ("postgres://u:s3cret@db.example:5432/x?sslmode=require", "postgres://u@db.example:5432/x"),
            ("PostgreSQL://u:s3@cret@db.example/x", "postgres://u@db.example/x"),
            ("postgres://u@/x?host=/run/postgresql&password=s3cret", "postgres://u@/x?host=/run/postgresql"),
            ("postgres:///x?user=u&password=s3cret", "postgres:///x?user=u"),
            ("postgres://:s3cret@db.example/x", "postgres://db.example/x"),
        ] {
            let url = ServerUrl::of(whole).expect("an address");
            assert_eq!(url.to_string(), shown);
            assert_eq!(format!("{url:?}"), shown);
        }
        assert_eq!(ServerUrl::of("postgres:x"), None);
        assert_eq!(ServerUrl::of("/srv/postgres://x"), None);
    }
}
