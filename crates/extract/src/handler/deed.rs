//! What a call into a library comes to: which kind of deed, who decides what it reaches, and what tells it. A call and
//! its arguments in, a [`Deed`] out.

use super::table::Act;
use super::term::{At, Call};
use super::value::{Given, HOLE, Val, What, flat};
use super::walk::Walk;
use mcpdex_model::{Deed, DeedKind, DeedReach, ToolSite};

/// The most deeds that are kept of one tool.
const MAX_DEEDS: usize = 40;

/// A deed without its place.
#[derive(Debug)]
pub(super) struct Reached {
    pub kind: DeedKind,
    pub reach: DeedReach,
    pub detail: Option<String>,
}

impl Reached {
    pub(super) fn variable(key: &Val) -> Reached {
        Reached { kind: DeedKind::Environment, reach: key.from.max(DeedReach::Fixed), detail: None }
    }

    pub(super) fn environment() -> Reached {
        Reached { kind: DeedKind::Environment, reach: DeedReach::Fixed, detail: Some("all of it".to_owned()) }
    }
}

const VERBS: [&str; 7] = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];

impl Walk<'_, '_> {
    /// Keeps a deed, once for each place.
    pub(super) fn record(&mut self, at: &At, reached: &Reached) {
        if self.quiet > 0 {
            return;
        }
        let site = ToolSite { file: self.program.forest.path(at.file).to_owned(), line: at.line };
        let depth = self.calls;
        if let Some(known) = self.deeds.iter_mut().find(|deed| deed.kind == reached.kind && deed.site == site) {
            known.reach = known.reach.max(reached.reach);
            known.depth = known.depth.min(depth);
        } else if self.deeds.len() < MAX_DEEDS {
            let (call, detail) = (at.text.to_string(), reached.detail.clone());
            self.deeds.push(Deed { kind: reached.kind, reach: reached.reach, depth, call, detail, site });
        } else {
            self.is_cut = true;
        }
    }

    /// Judges a call of which the table says what it does.
    pub(super) fn judge(&mut self, call: &Call, act: Act, path: &str, receiver: &Val, args: &[Given]) {
        for reached in self.reached(act, path, receiver, args) {
            self.record(&call.at, &reached);
        }
    }

    pub(super) fn reached(&self, act: Act, path: &str, receiver: &Val, args: &[Given]) -> Vec<Reached> {
        let of = |kind, reach| vec![Reached { kind, reach, detail: None }];
        match act {
            Act::Folder => {
                let reach = self.target(path, receiver, args);
                of(DeedKind::Write, if reach == DeedReach::Fixed { DeedReach::Scratch } else { reach })
            }
            Act::Delete | Act::Write => {
                let kind = if act == Act::Delete { DeedKind::Delete } else { DeedKind::Write };
                of(kind, self.target(path, receiver, args))
            }
            Act::Variable => {
                vec![Reached::variable(&args.first().map_or_else(Val::unknown, |(_, key)| key.clone()))]
            }
            Act::Environment => vec![Reached::environment()],
            Act::Code => {
                let from = args.iter().map(|(_, text)| text.from).fold(DeedReach::Fixed, DeedReach::max);
                of(DeedKind::Execute, chosen(from))
            }
            Act::Run | Act::Shell => self.command(act, args),
            Act::Connect => of(DeedKind::Network, self.sent(args)),
            Act::Http => self.request(path, args),
        }
    }

    /// Who decides what is deleted or written.
    fn target(&self, path: &str, receiver: &Val, args: &[Given]) -> DeedReach {
        // What is copied comes first, where to second.
        let last = path.rsplit('.').next().unwrap_or(path).to_ascii_lowercase();
        let args = if (last.starts_with("copy") || last == "cp") && args.len() > 1 { &args[1..] } else { args };
        let all = flat(args);
        let texts = || all.iter().filter_map(|(_, arg)| arg.as_text());
        let first = args.iter().map(|(_, arg)| arg.from).next().unwrap_or(receiver.from);
        let is_scratch = receiver.from == DeedReach::Scratch || first == DeedReach::Scratch;
        // What the caller names counts only from there on.
        let own_place = |text: &str| {
            let text = text.split(HOLE).next().unwrap_or(text).to_ascii_lowercase();
            self.program.shared.scratch_places.iter().any(|place| text.contains(&**place))
        };
        if is_scratch || texts().next().is_some_and(own_place) {
            return DeedReach::Scratch;
        }
        let from = args.iter().map(|(_, arg)| arg.from).fold(receiver.from, DeedReach::max);
        from.clamp(DeedReach::Fixed, DeedReach::Chosen)
    }

    /// Whether what is sent may be a secret, and whether the caller decides where it goes.
    fn sent(&self, args: &[Given]) -> DeedReach {
        let all = flat(args);
        let is_whole = |arg: &Val| arg.as_path().is_some_and(|path| self.is_environment(path));
        if all.iter().any(|(_, arg)| arg.from == DeedReach::Secret || is_whole(arg)) {
            return DeedReach::Secret;
        }
        let has_base = all
            .iter()
            .any(|(name, _)| name.as_deref().is_some_and(|name| name.to_ascii_lowercase().starts_with("base")));
        let is_method = |arg: &Val| {
            arg.as_text().is_some_and(|text| VERBS.contains(&text))
                || arg.as_path().is_some_and(|path| verb_of(path).is_some())
        };
        let is_address =
            |given: &&Given| !is_method(&given.1) && !matches!(given.1.as_path(), Some("context.Background()"));
        let address = all.iter().find(is_address).map(|(_, arg)| arg);
        let is_chosen = address.is_some_and(|arg| {
            let starts = arg.as_text().is_none_or(|text| text.starts_with(HOLE));
            starts && arg.lead == DeedReach::Chosen && is_value(arg)
        });
        if is_chosen && !has_base { DeedReach::Chosen } else { DeedReach::Fixed }
    }

    /// A request: to connect, and what its method does besides.
    fn request(&self, path: &str, args: &[Given]) -> Vec<Reached> {
        let reach = self.sent(args);
        let method = verb_of(path).or_else(|| {
            flat(args).into_iter().find_map(|(name, arg)| {
                let named = name.is_none_or(|name| matches!(&*name, "method" | "Method" | "type"));
                let text = arg.as_text().map(str::to_ascii_uppercase);
                let text = text.filter(|text| named && VERBS.contains(&text.as_str()));
                text.or_else(|| verb_of(arg.as_path()?))
            })
        });
        let detail = method.clone();
        let mut all = vec![Reached { kind: DeedKind::Network, reach, detail: detail.clone() }];
        let kind = match method.as_deref() {
            Some("DELETE") => Some(DeedKind::Delete),
            Some("PUT" | "PATCH") => Some(DeedKind::Write),
            _ => None,
        };
        all.extend(kind.map(|kind| Reached { kind, reach: self.target("", &Val::unknown(), args), detail }));
        all
    }

    /// A program that is started: which, by whose choice, and what it is told to do.
    fn command(&self, act: Act, args: &[Given]) -> Vec<Reached> {
        let shared = self.program.shared;
        let all = flat(args);
        let is_shell_option = |name: &Option<super::term::Name>, arg: &Val| {
            name.as_deref() == Some("shell") && arg.as_text().is_some_and(|text| !text.eq_ignore_ascii_case("false"))
        };
        let mut shell = act == Act::Shell || all.iter().any(|(name, arg)| is_shell_option(name, arg));
        let told: Vec<&Given> = all
            .iter()
            .filter(|(name, arg)| {
                let named = name.as_deref().map(str::to_ascii_lowercase);
                let counts = named.is_none_or(|name| {
                    matches!(&*name, "args" | "arguments" | "filename" | "command" | "cmd" | "argumentlist")
                });
                counts && is_value(arg)
            })
            .collect();
        let mut words: Vec<String> = Vec::new();
        for (_, arg) in &told {
            match arg.as_text() {
                Some(text) => words.extend(text.split_whitespace().map(str::to_owned)),
                None => words.push(HOLE.to_string()),
            }
        }
        let program = words.first().map(|word| word.rsplit(['/', '\\']).next().unwrap_or(word).to_owned());
        let program = program.unwrap_or_default();
        if shared.shells.contains(&program) && words.iter().any(|word| shared.shell_options.contains(word)) {
            shell = true;
        }
        let by_caller = told.first().is_some_and(|(_, arg)| {
            let starts = arg.as_text().is_none_or(|text| text.starts_with(HOLE));
            starts && matches!(arg.lead, DeedReach::Chosen | DeedReach::Secret)
        });
        let any = told.iter().any(|(_, arg)| arg.from >= DeedReach::Chosen);
        let reach = if by_caller || (shell && any) { DeedReach::Chosen } else { DeedReach::Fixed };
        let shown = program.replace(HOLE, "…");
        let detail = (!shown.is_empty() && shown != "…").then_some(shown);
        let mut out = vec![Reached { kind: DeedKind::Execute, reach, detail }];
        let skip = usize::from(shared.shells.contains(&program)) * 2;
        let inner = words.get(skip).map(|word| word.rsplit(['/', '\\']).next().unwrap_or(word));
        for (kind, programs) in &shared.programs {
            if inner.is_some_and(|inner| programs.iter().any(|known| known == inner))
                && let Ok(kind) = kind.parse::<DeedKind>()
            {
                let reach = if any { DeedReach::Chosen } else { DeedReach::Fixed };
                out.push(Reached { kind, reach, detail: inner.map(str::to_owned) });
            }
        }
        for (kind, commands) in &shared.commands {
            let said = |command: &&String| {
                let mut parts = command.split(' ');
                let (program, word) = (parts.next(), parts.next());
                inner == program && word.is_some_and(|word| words.iter().skip(skip + 1).take(4).any(|own| own == word))
            };
            if let Some(command) = commands.iter().find(said)
                && let Ok(kind) = kind.parse::<DeedKind>()
            {
                let reach = if any { DeedReach::Chosen } else { DeedReach::Fixed };
                out.push(Reached { kind, reach, detail: Some(command.clone()) });
            }
        }
        out
    }

    pub(super) fn is_statement(&self, name: &str, args: &[Given]) -> bool {
        self.program.shared.statement_methods.iter().any(|known| known == name)
            && flat(args).iter().any(|(_, arg)| arg.as_text().is_some_and(|text| self.statement_kind(text).is_some()))
    }

    /// What a statement of a query language does, and the words that say so.
    fn statement_kind(&self, text: &str) -> Option<(DeedKind, String)> {
        let words: Vec<String> = text.split_whitespace().take(6).map(str::to_ascii_uppercase).collect();
        let upper = words.join(" ");
        let begins = |start: &str| {
            upper.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', ';', '(']))
        };
        self.program.shared.statements.iter().find_map(|(kind, starts)| {
            let start = starts.iter().find(|start| begins(start))?;
            // What is set up where it is missing changes nothing that was there.
            if upper.contains(" IF NOT EXISTS") {
                return None;
            }
            Some((kind.parse().ok()?, start.clone()))
        })
    }

    pub(super) fn statement(&mut self, call: &Call, args: &[Given]) {
        let all = flat(args);
        let reach = args.iter().map(|(_, arg)| arg.from).fold(DeedReach::Fixed, DeedReach::max);
        let found = all.iter().find_map(|(_, arg)| self.statement_kind(arg.as_text()?));
        if let Some((kind, words)) = found {
            let reach = reach.clamp(DeedReach::Fixed, DeedReach::Chosen);
            self.record(&call.at, &Reached { kind, reach, detail: Some(words) });
        }
    }

    /// What the name of a client library's method says by itself: `deleteMember`.
    pub(super) fn plain(&self, path: &str) -> Option<Act> {
        let root = path.split('.').next()?;
        let known = self.program.table.syntax.plain.iter().any(|plain| plain == root);
        let last = path.rsplit('.').next()?;
        let is_compound = ["delete", "Delete"].iter().any(|verb| {
            last.strip_prefix(verb).is_some_and(|rest| rest.starts_with(|c: char| c == '_' || c.is_uppercase()))
        });
        let is_bare = matches!(last, "delete" | "destroy" | "del" | "Delete");
        (path.contains('.') && (is_compound || known && is_bare)).then_some(Act::Delete)
    }

    pub(super) fn has_word(&self, args: &[Given], words: &[String]) -> bool {
        flat(args).iter().any(|(_, arg)| {
            let own = arg.as_text().or_else(|| arg.as_path().map(|path| path.rsplit('.').next().unwrap_or(path)));
            own.is_some_and(|own| words.iter().any(|word| word == own))
        })
    }

    pub(super) fn is_secret_file(&self, args: &[Given]) -> bool {
        flat(args)
            .iter()
            .filter_map(|(_, arg)| arg.as_text())
            .any(|text| self.program.shared.secret_files.iter().any(|part| text.contains(&**part)))
    }
}

/// Whether a value may be text: what a library's call gave counts, a thing of a library does not.
fn is_value(value: &Val) -> bool {
    match &value.what {
        What::Unknown | What::Text(_) => true,
        What::Path(path, _) => path.contains("()"),
        _ => false,
    }
}

fn chosen(from: DeedReach) -> DeedReach {
    from.clamp(DeedReach::Fixed, DeedReach::Chosen)
}

/// The method of HTTP that a path ends with: `axios.delete`, `http.MethodDelete`, `Method.DELETE`, `DeleteAsync`.
pub(super) fn verb_of(path: &str) -> Option<String> {
    let last = path.rsplit('.').next()?.trim_end_matches("()");
    let last = last.strip_prefix("Method").unwrap_or(last);
    let last = ["AsJsonAsync", "FromJsonAsync", "StringAsync", "ByteArrayAsync", "StreamAsync", "Async"]
        .iter()
        .find_map(|end| last.strip_suffix(end))
        .unwrap_or(last);
    let upper = last.to_ascii_uppercase();
    VERBS.contains(&upper.as_str()).then_some(upper)
}

#[cfg(test)]
mod tests {
    use super::verb_of;

    #[test]
    fn the_method_of_a_request_is_told_by_the_last_name() {
        for (path, verb) in [
            ("axios.delete", Some("DELETE")),
            ("net/http.MethodDelete", Some("DELETE")),
            ("HttpClient.DeleteAsync", Some("DELETE")),
            ("HttpClient.PutAsJsonAsync", Some("PUT")),
            ("reqwest.Method.DELETE", Some("DELETE")),
            ("client.deleted", None),
        ] {
            assert_eq!(verb_of(path).as_deref(), verb, "{path}");
        }
    }
}
