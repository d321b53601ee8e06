//! Programs that are started and do not outlive us. [`Environment`] finds those of others, which answer questions (npm,
//! pip, git), and runs a [`Call`]: outside of every folder that is looked at ([`LookedAt`]), whatever lies there. Each child
//! leads a process group of its own, which is known until it was ended ([`Group`]).
//!
//! Starts nothing by itself, and nothing that lies in a folder that is looked at.
//!
//! ```
//! use mcpdex_process::{Call, Environment, LookedAt};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! // The folder `checkout` is data: nothing in it is started, and nobody is started in it.
//! let environment = Environment::of_process(LookedAt::with(&["checkout"]));
//! let answer = environment.run(Call::new(&["git"], &["--version"])).await?;
//! println!("{}", String::from_utf8_lossy(&answer));
//! # Ok(())
//! # }
//! ```

mod call;
mod environment;
mod group;
mod looked_at;

pub use call::{Call, Place, ProgramError};
pub use environment::Environment;
pub use group::{
    Group, end_all, end_all_at_once, is_own_running, output, settle, spawn, spawn_at_terminal, spawn_blocking,
    spawn_own,
};
pub use looked_at::LookedAt;
