//! Which server comes next: jobs in, grouped by the host that they will ask, handed out so that no host has more than a
//! few under way and a host with many jobs holds up no other. Starts nothing itself.

use super::work::Ticket;
use mcpdex_model::Listing;
use mcpdex_net::host_key;
use mcpdex_source::recorded::ToolList;
use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use url::Url;

/// Jobs of one host that may be under way: enough to keep its lane busy.
const PER_HOST: usize = 16;

/// A list that a source has recorded.
#[derive(Debug)]
pub(super) enum Recorded {
    List {
        list: ToolList,
        /// What it is known by, where reading it again can be spared.
        digest: Option<String>,
    },
    /// The one that is kept already.
    Unchanged,
}

/// One server whose tools are to be learnt.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) listing: Box<Listing>,
    /// A list that the source has recorded, and its name.
    pub(super) recorded: Option<(String, Recorded)>,
    /// The user asked for this one: it is tried even where it is fresh.
    pub(super) named: bool,
    /// Its source says something else of where it is to be had than before: it is tried even where it is fresh.
    pub(super) changed: bool,
    /// Its addresses are the user's own word and may be anywhere.
    pub(super) trusted: bool,
    /// The address that the user typed, of which the listing holds what may be kept.
    pub(super) address: Option<Url>,
    /// The file on this machine that holds its program, a bundle.
    pub(super) bundle: Option<PathBuf>,
    /// It was taken from a queue that several crawlers share.
    pub(super) ticket: Option<Ticket>,
}

impl Job {
    fn is_laden(&self) -> bool {
        matches!(self.recorded, Some((_, Recorded::List { .. })))
    }

    /// The host that the job asks first.
    pub(super) fn host(&self) -> String {
        let remote = self.listing.remotes.first().and_then(|remote| Url::parse(&remote.url).ok());
        match (&self.recorded, remote, self.listing.packages.first()) {
            (None, Some(url), _) => host_key(&url),
            (None, None, Some(package)) => package.ecosystem.to_string(),
            _ => String::new(),
        }
    }
}

/// The jobs that wait.
#[derive(Debug, Default)]
pub(super) struct Dispatch {
    waiting: BTreeMap<String, VecDeque<Job>>,
    active: BTreeMap<String, usize>,
    /// Hosts that have a job waiting and room for it, first come first served.
    ready: VecDeque<String>,
    count: usize,
    /// Of these, jobs that carry a list.
    laden: usize,
}

impl Dispatch {
    pub(super) fn push(&mut self, job: Job) {
        let host = job.host();
        self.laden += usize::from(job.is_laden());
        let active = self.active.get(&host).copied().unwrap_or(0);
        let queue = self.waiting.entry(host.clone()).or_default();
        queue.push_back(job);
        self.count += 1;
        // The host is on the list once for each of its jobs that may start.
        if active + queue.len() <= PER_HOST {
            self.ready.push_back(host);
        }
    }

    /// The next job and its host.
    pub(super) fn next(&mut self) -> Option<(String, Job)> {
        let host = self.ready.pop_front()?;
        let queue = self.waiting.get_mut(&host)?;
        let job = queue.pop_front()?;
        if queue.is_empty() {
            self.waiting.remove(&host);
        }
        self.count -= 1;
        self.laden -= usize::from(job.is_laden());
        *self.active.entry(host.clone()).or_default() += 1;
        Some((host, job))
    }

    /// A job of the host has ended.
    pub(super) fn done(&mut self, host: &str) {
        let left = match self.active.get_mut(host) {
            Some(active) => {
                *active -= 1;
                *active
            }
            None => return,
        };
        if left == 0 {
            self.active.remove(host);
        }
        // Of the waiting jobs, all but the one that has just got room are either on the list or beyond the bound.
        if self.waiting.get(host).is_some_and(|queue| left + queue.len() >= PER_HOST) {
            self.ready.push_back(host.to_owned());
        }
    }

    /// Forgets what waits; says how much it was.
    pub(super) fn clear(&mut self) -> usize {
        self.waiting.clear();
        self.ready.clear();
        self.laden = 0;
        std::mem::take(&mut self.count)
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// How many of the waiting jobs carry a list, which takes memory.
    pub(super) fn laden(&self) -> usize {
        self.laden
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mcpdex_model::{Ecosystem, Package, Remote, Transport};

    fn job(host: &str) -> Job {
        let mut listing = Listing::of_package(Package::named(Ecosystem::Npm, "kiln", None), "test");
        listing.remotes = vec![Remote { transport: Transport::StreamableHttp, url: format!("https://{host}/mcp") }];
        Job {
            listing: Box::new(listing),
            recorded: None,
            named: false,
            trusted: false,
            changed: false,
            address: None,
            bundle: None,
            ticket: None,
        }
    }

    #[test]
    fn a_host_with_many_jobs_leaves_room_and_gets_to_its_end() {
        let mut dispatch = Dispatch::default();
        for _ in 0..100 {
            dispatch.push(job("gateway.example"));
        }
        dispatch.push(job("other.example"));
        let mut under_way = Vec::new();
        while let Some((host, _)) = dispatch.next() {
            under_way.push(host);
        }
        assert_eq!(under_way.iter().filter(|host| *host == "gateway.example").count(), PER_HOST);
        assert_eq!(under_way.iter().filter(|host| *host == "other.example").count(), 1);
        let mut seen = under_way.len();
        while let Some(host) = under_way.pop() {
            dispatch.done(&host);
            while let Some((host, _)) = dispatch.next() {
                under_way.push(host);
                seen += 1;
            }
            assert!(under_way.len() <= PER_HOST + 1);
        }
        assert_eq!((seen, dispatch.len()), (101, 0));
    }

    #[test]
    fn jobs_that_carry_a_list_are_counted() {
        let mut dispatch = Dispatch::default();
        let list = || Some(("file:x".to_owned(), Recorded::List { list: ToolList::default(), digest: None }));
        dispatch.push(Job { recorded: list(), ..job("kiln.example") });
        dispatch.push(job("kiln.example"));
        dispatch.push(Job { recorded: Some(("file:x".to_owned(), Recorded::Unchanged)), ..job("kiln.example") });
        assert_eq!((dispatch.len(), dispatch.laden()), (3, 1));
        while dispatch.next().is_some() {}
        assert_eq!((dispatch.len(), dispatch.laden()), (0, 0));
        dispatch.push(Job { recorded: list(), ..job("kiln.example") });
        dispatch.clear();
        assert_eq!(dispatch.laden(), 0);
    }
}
