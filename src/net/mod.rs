//! The one HTTP client: in goes a URL and how far it is trusted, out come bytes under limits or a failure with its
//! outcome. Never connects to an address that untrusted data named unless that address is public.
