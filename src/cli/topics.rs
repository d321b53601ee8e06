//! What `mcpdex help topics` tells beside the commands: subjects that several commands share.

/// A subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Topic {
    pub name: &'static str,
    /// What it is about, in a clause.
    pub about: &'static str,
    /// Paragraphs, a line each, without a line break at the end.
    pub text: &'static str,
}

/// Every subject.
pub const TOPICS: [Topic; 6] = [
    Topic {
        name: "policy",
        about: "how a verdict becomes a decision and a decision a document",
        text: "A profile decides for each tool by its class, traits, risk and confidence: allow, count (10/minute), ask, refuse or hide. \
               Three are built in (strict, balanced, permissive); a TOML file may add rules before those of one of them.

Where a call's arguments decide (SQL, operations, paths, addresses, switches), a guard admits some calls and the rest ask.

A target is an enforcement point. What it cannot express becomes stricter, which is told as a loss; every document is read \
               back and asked about calls before it is written. What is critical and cannot be brought back is hidden, what no rule \
               recognises asks, and nothing that was not judged is allowed.

  mcpdex policy TOOL                                  the document for one tool
  mcpdex policy --clients .mcp.json --target all --out DIR
  mcpdex policy --clients .mcp.json --budget          how often it asks, and what would save most
  mcpdex policy --drift mcpdex.lock                   what changes when servers do

More: docs/policy-targets.md, docs/policy-in-use.md",
    },
    Topic {
        name: "gates",
        about: "exit codes that stop a pipeline",
        text: "scan --fail-on SEVERITY ends with 3 when a finding of this severity or a graver one counts; --fail-on-unread with 4 when \
               something was not read, or only in part. A gate that had nothing to look at ends with 4.

A finding does not count when it was there before (--baseline REPORT, --diff BASE) or when somebody accepted it: a suppression \
               names kind, server or tool, a reason and the day on which it ends.

--diff BASE holds a change against a commit of the repository. Rules, overrides and suppressions are those of the commit; that \
               the change alters them is a finding itself.

check holds servers against the lockfile that pin wrote (3 on drift), diff --fail-on-raise two states of the database, crawl \
               --fail-on-unread what was listed against what was read.

  mcpdex scan . --config mcpdex.toml --diff origin/main --fail-on high --fail-on-unread --format sarif

More: docs/findings.md, docs/configuration.md, examples/ci",
    },
    Topic {
        name: "sources",
        about: "where servers are listed, and how their tools are learnt",
        text: "A source of crawl is a registry (registry:URL), a package (npm:NAME, pypi:NAME, crate:NAME), an image (oci:IMAGE), the address of a server, a file \
               or folder (manifests, recorded tool lists, client configurations), clients (this machine's configurations), \
               a directory (directory:NAME, directory:URL), well-known:HOST (what a host says of its servers), list:URL (a page that lists servers) or sample (bundled, without network). Without one: the official registry.

Tools are learnt, best first: live (the server answered), card (a registry or server card stores them), declared (its manifest), \
               static (read from its source, nothing is run), defined (a definition stands there, its registration was not reached). \
               --live asks endpoints, --static reads packages, --run starts packages in a sandbox, --listed does none of it.

What could not be read is a row with an outcome, never a clean server: mcpdex list --unread.

Packages come from where npm and pip are configured to take them; nothing that a scanned folder holds changes that.",
    },
    Topic {
        name: "settings",
        about: "mcpdex.toml: rules, overrides, suppressions, profile, sources, targets, thresholds",
        text: "The user's own file lies in the platform's folder for configuration; --config FILE adds others, --no-config leaves the \
               user's own out. A file in the current or the scanned folder is never read by itself, only told.

Every command judges by the same rules and overrides; the digest of both stands on every output.

  mcpdex config show                                  what is in force, and who says so

More: docs/configuration.md",
    },
    Topic {
        name: "formats",
        about: "output for programs, documents and pipelines",
        text: "Every command that lists takes --format table, json, jsonl, csv or markdown; --json is short for json. Data go to stdout, words \
               about it to stderr; --quiet leaves only errors. scan also writes sarif, github, gitlab and junit, export parquet.

JSON has a published schema (data/schema, named by its member `schema`). CSV begins no cell as a formula, Markdown holds no \
               markup of servers, and nothing that a terminal obeys reaches one.

Text fills the terminal and is in one piece in a pipe; COLUMNS decides where it is set. Colour: --color, NO_COLOR, \
               CLICOLOR_FORCE. Long text goes through a pager at a terminal: MCPDEX_PAGER or PAGER, empty for none, or --no-pager.",
    },
    Topic {
        name: "grades",
        about: "one letter for each server, to sort by",
        text: "A  no tool above low, and the list is whole
B  no tool above medium, or none above low and the list is known to be incomplete
C  no tool above high
D  critical tools, at most a quarter of all
E  more than a quarter of the tools are critical
U  not graded: no list of its tools was ever learnt

  mcpdex list --sort grade

More: docs/grades.md",
    },
];
