//! Which tools became riskier, and when: both states of a list judged by the rules of today.

use super::database;
use crate::cli::Global;
use crate::site::RaisedRisk;
use crate::store::{Reader, State};
use crate::survey::changes;

/// Changes that are told, and servers that are looked at for them, those that changed last first.
const MOST: usize = 200;

/// Changes between two lists of one target that raised a risk, newest first.
///
/// # Errors
/// The database or the rules cannot be read.
pub(super) fn raised(global: &Global, reader: &Reader) -> anyhow::Result<Vec<RaisedRisk>> {
    let mut bench = None;
    let mut found = Vec::new();
    for server in reader.servers_with_history(MOST)? {
        let bench = match &bench {
            Some(bench) => bench,
            None => bench.insert(database::load_bench(global)?),
        };
        let judged = |state: &State| -> anyhow::Result<Vec<_>> {
            let tools = reader.state_of(&server, state)?;
            let verdicts = bench.judge_tools(&server, &tools);
            Ok(tools.into_iter().zip(verdicts).collect())
        };
        for (before, after, at) in crate::site::successions(&reader.lists_of(&server)?) {
            let (was, is) = (judged(&State::Observation(before))?, judged(&State::Observation(after))?);
            let raising = changes(&server, &was, &is).into_iter().filter(|change| !change.raises.is_empty());
            found.extend(raising.map(|change| RaisedRisk {
                server: change.server,
                tool: change.tool,
                at: at.clone(),
                why: change.raises.join("; "),
            }));
        }
    }
    found.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| (&a.server, &a.tool).cmp(&(&b.server, &b.tool))));
    found.truncate(MOST);
    Ok(found)
}
