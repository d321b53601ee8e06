//! The arguments of `mcpdex server`.

// Arguments of `mcpdex server`.
#[derive(Debug, clap::Args)]
pub struct ServerArgs {
    /// The server's name, a package of it (npm:NAME, pypi:NAME or the name alone), or its address.
    pub name: String,
    /// Say why each listing is of this server, and what has something in common with it and is another.
    #[arg(long)]
    pub why: bool,
    #[command(flatten)]
    pub format: super::FormatArgs,
}
