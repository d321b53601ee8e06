//! What goes wrong with a store, in words that hold no credential.

/// Why something was not read from a store or written to it.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    #[error("`{address}` is no place to keep anything: {why}")]
    Address { address: String, why: String },
    #[error("cannot reach {shown}: {why}")]
    Setup { shown: String, why: String },
    #[error("cannot {doing} {name} in {shown}")]
    Io { doing: &'static str, name: String, shown: String, source: std::io::Error },
    /// What the store or the way to it said, without anything secret.
    #[error("cannot {doing} {name} in {shown}: {said}")]
    Store { doing: &'static str, name: String, shown: String, said: String },
    #[error("{name} in {shown} has more than {most} bytes")]
    TooLarge { name: String, shown: String, most: u64 },
    #[error("another mcpdex publishes into {shown}")]
    Busy { shown: String },
    #[error(
        "{name} in {shown} was replaced by someone else meanwhile; what they wrote was left as it is, and nothing of it is lost"
    )]
    Changed { name: String, shown: String },
    #[error("{name} in {shown} was refused: its bytes have not the digest that it is named by")]
    OtherContent { name: String, shown: String },
    #[error("stopped before it was done")]
    Stopped,
}
