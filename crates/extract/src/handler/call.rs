//! Calls on the way of a walk: into the package, where they are followed, and into libraries, where they are judged.

use super::deed::{Reached, verb_of};
use super::program::Scoping;
use super::table::{Act, holds};
use super::term::{At, Call, ClassId, FuncId, Term};
use super::value::{Env, Given, Val, What, joined, merged};
use super::walk::Walk;
use mcpdex_model::DeedReach;
use std::rc::Rc;

/// Methods of lists, texts and maps: a package's only method of such a name is not meant.
const COMMON: &str = "add all any append apply catch clear close copy delete entries extend filter find finally flush get \
    has includes indexOf insert items join keys len length map open pop push put read remove set slice \
    sort split then update values";

impl Walk<'_, '_> {
    pub(super) fn call(&mut self, call: &Call, env: &Rc<Env>) -> Val {
        if let Term::Member(on, name, _) = &call.callee {
            let receiver = self.eval(on, env);
            let value = self.method_call(call, &receiver, name, env);
            // What is set up by calls one after the other keeps what it was given.
            if let (Term::Name(bound), What::Path(path, _)) = (&**on, &receiver.what)
                && holds(&self.program.table.syntax.builders, path)
                && let What::Path(_, given) = &value.what
                && let Some(last) = given.last()
            {
                self.add_to(bound, last.clone(), env);
            }
            return value;
        }
        let callee = self.eval(&call.callee, env);
        let args = self.args(call, env);
        self.apply(call, &callee, args)
    }

    fn args(&mut self, call: &Call, env: &Rc<Env>) -> Vec<Given> {
        call.args.iter().map(|(name, term)| (name.clone(), self.eval(term, env))).collect()
    }

    fn apply(&mut self, call: &Call, callee: &Val, args: Vec<Given>) -> Val {
        match &callee.what {
            What::Func(id, up) => self.call_func(*id, up.clone(), None, &args),
            What::Method(id, class) => self.call_func(*id, None, Some(*class), &args),
            What::Class(id) | What::Instance(id) => self.construct(*id, &args),
            What::Path(path, given) => {
                let (path, given) = (Rc::clone(path), Rc::clone(given));
                // What was made of a text is called: the making was told.
                let is_made = !given.is_empty() && self.program.table.act(&path) == Some(Act::Code);
                let path = if is_made { format!("{path}()") } else { path.to_string() };
                self.foreign(call, &path, &given, callee, args)
            }
            _ => {
                self.run_callbacks(call, &args);
                result(callee, &args)
            }
        }
    }

    fn construct(&mut self, class: ClassId, args: &[Given]) -> Val {
        for name in ["__init__", "constructor", "__post_init__"] {
            if let Some(id) = self.program.method(class, name) {
                self.call_func(id, None, Some(class), args);
            }
        }
        let own = self.program.class(class).map(|class| Rc::clone(&class.name));
        if let Some(id) = own.and_then(|name| self.program.method(class, &name)) {
            self.call_func(id, None, Some(class), args);
        }
        let from = args.iter().fold(DeedReach::Fixed, |from, (_, arg)| merged(from, arg.from));
        Val::new(What::Instance(class), from)
    }

    fn method_call(&mut self, call: &Call, receiver: &Val, name: &str, env: &Rc<Env>) -> Val {
        match &receiver.what {
            What::Instance(class) | What::Class(class) => {
                // `Type::new()`, `super().run()` and the like are methods as well.
                if let Some(id) = self.program.method(*class, name) {
                    let args = self.args(call, env);
                    return self.call_func(id, None, Some(*class), &args);
                }
                let value = self.of_class(*class, name);
                let args = self.args(call, env);
                match value {
                    Some(value) => self.apply(call, &value, args),
                    // Something that it has from a library.
                    None => self.unknown_method(call, receiver, name, args, env.file),
                }
            }
            What::Path(path, given) => {
                let full = format!("{path}.{name}");
                let (path, given) = (Rc::clone(path), Rc::clone(given));
                let args = self.args(call, env);
                if self.is_environment(&path) {
                    return self.environment_method(call, name, &args);
                }
                let syntax = &self.program.table.syntax;
                let is_through = syntax.through.iter().any(|known| known == name) && !holds(&syntax.joins, &full);
                if is_through && self.program.table.act(&full).is_none() {
                    self.run_callbacks_with(call, &args, receiver);
                    return receiver.clone();
                }
                if self.program.scoping == Scoping::Rust
                    && let Some(found) = self.program.crate_path(&full)
                {
                    let callee = self.found(&found);
                    return self.apply(call, &callee, args);
                }
                self.foreign(call, &full, &given, receiver, args)
            }
            What::Module(_) | What::Map(_) => {
                let callee = self.member(receiver, name);
                let args = self.args(call, env);
                match callee.is_unknown() {
                    true => self.unknown_method(call, receiver, name, args, env.file),
                    false => self.apply(call, &callee, args),
                }
            }
            What::Unknown | What::Text(_) | What::List(_) | What::Func(..) | What::Method(..) => {
                let args = self.args(call, env);
                self.unknown_method(call, receiver, name, args, env.file)
            }
        }
    }

    /// `environ.get("X")` reads one variable, `environ.items()` all.
    fn environment_method(&mut self, call: &Call, name: &str, args: &[Given]) -> Val {
        let is_one = matches!(name, "get" | "pop" | "setdefault" | "__getitem__" | "has" | "hasOwnProperty");
        let key = args.first().map_or_else(Val::unknown, |(_, key)| key.clone());
        if is_one {
            self.record(&call.at, &Reached::variable(&key));
            return Val::unknown();
        }
        self.record(&call.at, &Reached::environment());
        Val::new(What::Unknown, DeedReach::Secret)
    }

    /// A method of something of which nothing is known but what it is called.
    fn unknown_method(&mut self, call: &Call, receiver: &Val, name: &str, args: Vec<Given>, file: usize) -> Val {
        let all: Vec<Given> = std::iter::once((None, receiver.clone())).chain(args.iter().cloned()).collect();
        if let Some(act) = self.program.table.method(name) {
            self.judge(call, act, name, receiver, &args);
        } else if self.is_statement(name, &args) {
            self.statement(call, &args);
        } else if !COMMON.split(' ').any(|known| known == name)
            && matches!(receiver.what, What::Unknown)
            && let Some(id) = self.program.only_method(file, name)
        {
            return self.call_func(id, None, None, &args);
        }
        if name == "push" || name == "append" || name == "add" {
            return result(receiver, &all);
        }
        self.run_callbacks_with(call, &args, &Val { what: What::Unknown, from: receiver.from, lead: receiver.lead });
        result(receiver, &args)
    }

    /// A call into a library.
    pub(super) fn foreign(
        &mut self,
        call: &Call,
        path: &str,
        given: &[Given],
        receiver: &Val,
        args: Vec<Given>,
    ) -> Val {
        let table = self.program.table;
        let syntax = &table.syntax;
        if holds(&syntax.wraps, path) {
            let first = args.iter().find(|(_, arg)| !arg.is_unknown()).or(args.first());
            return first.map_or_else(Val::unknown, |(_, arg)| arg.clone());
        }
        // `getattr(os, "system")`: a member under a name that stands there as text.
        if let ("getattr" | "Reflect.get", [(_, on), (_, name), ..]) = (path, args.as_slice())
            && let Some(name) = name.as_text()
        {
            return self.member(on, name);
        }
        if holds(&syntax.joins, path) {
            let parts: Vec<Val> = args.iter().map(|(_, arg)| arg.clone()).collect();
            return joined(&parts, "/");
        }
        if holds(&syntax.cleans, path) {
            return Val::unknown();
        }
        if holds(&syntax.scratch, path) {
            return Val { what: Val::path(path).what, from: DeedReach::Scratch, lead: DeedReach::Scratch };
        }
        let all: Vec<Given> = given.iter().cloned().chain(args.iter().cloned()).collect();
        let name = path.rsplit('.').next().unwrap_or(path);
        let mut act = table.act(path);
        if act == Some(Act::Environment) && syntax.variable.iter().any(|known| known == path) && !args.is_empty() {
            act = Some(Act::Variable);
        }
        let is_rooted = path.contains('.') && !receiver.is_unknown();
        if let Some(words) = syntax.write_when.get(path) {
            if self.has_word(&all, words) {
                self.judge(call, Act::Write, path, receiver, &all);
            }
        } else if let Some(act) = act {
            self.judge(call, act, path, receiver, &all);
        } else if self.is_statement(name, &all) {
            self.statement(call, &all);
        } else if let Some(act) = table.method(name).filter(|_| is_rooted) {
            self.judge(call, act, name, receiver, &all);
        } else if let Some(act) = self.plain(path) {
            self.judge(call, act, path, receiver, &all);
        }
        let leaves_environment =
            args.iter().any(|(_, arg)| arg.as_path().is_some_and(|path| self.is_environment(path)));
        let starts = matches!(act, Some(Act::Run | Act::Shell));
        if leaves_environment && !starts {
            self.record(&call.at, &Reached::environment());
        }
        self.run_callbacks(call, &args);
        let mut value = self.given_by(call, path, given, receiver, &args);
        if matches!(act, Some(Act::Http | Act::Connect | Act::Run | Act::Shell)) {
            value.from = DeedReach::Fixed;
        } else if leaves_environment
            || act == Some(Act::Environment)
            || holds(&syntax.reads, path) && self.is_secret_file(&all)
        {
            value.from = DeedReach::Secret;
        }
        value
    }

    /// What a call of a library gives.
    fn given_by(&mut self, call: &Call, path: &str, given: &[Given], receiver: &Val, args: &[Given]) -> Val {
        let called = path;
        let syntax = &self.program.table.syntax;
        let base = result(receiver, args);
        let owner = path.rsplit_once('.').map_or("", |(owner, _)| owner);
        let (path, more) = if let Some(gives) = syntax.gives.get(path) {
            (gives.clone(), true)
        } else if holds(&syntax.builders, owner) {
            (owner.to_owned(), true)
        } else if call.is_new || self.program.makes(path) {
            (path.to_owned(), true)
        } else {
            (format!("{path}()"), false)
        };
        let mut all: Vec<Given> = given.to_vec();
        if more || given.is_empty() {
            all.extend(args.iter().cloned());
        }
        // `client.delete(url)` and `.DELETE()` make a request that is sent later.
        if let Some(verb) = verb_of(called).filter(|_| more) {
            all.push((Some(Rc::from("method")), Val::text(Rc::from(verb))));
        }
        if path == "()" || path.len() > 200 {
            return Val { what: What::Unknown, ..base };
        }
        Val { what: What::Path(Rc::from(path), Rc::new(all)), ..base }
    }

    /// Functions that are handed over are taken to be called, a library's own with the other arguments.
    fn run_callbacks(&mut self, call: &Call, args: &[Given]) {
        self.run_callbacks_with(call, args, &Val::unknown());
    }

    fn run_callbacks_with(&mut self, call: &Call, args: &[Given], item: &Val) {
        for (at, (_, arg)) in args.iter().enumerate() {
            let rest = || -> Vec<Given> {
                let mut rest: Vec<Given> = args[at + 1..].to_vec();
                if rest.is_empty() {
                    rest.push((None, item.clone()));
                }
                rest
            };
            match &arg.what {
                What::Func(id, up) => drop(self.call_func(*id, up.clone(), None, &rest())),
                What::Method(id, class) => drop(self.call_func(*id, None, Some(*class), &rest())),
                What::Path(path, _) if at + 1 < args.len() || args.len() == 1 => {
                    let Some(act) = self.program.table.act(path) else { continue };
                    if matches!(act, Act::Environment | Act::Variable) {
                        continue;
                    }
                    // Only what is a function, and not what a call of it gave.
                    let is_function = path.rsplit('.').next().is_some_and(|last| last.starts_with(char::is_lowercase));
                    if is_function && !path.ends_with(')') {
                        let (path, rest) = (Rc::clone(path), rest());
                        let named = At { text: Rc::clone(&path), ..call.at.clone() };
                        for reached in self.reached(act, &path, &Val::unknown(), &rest) {
                            self.record(&named, &reached);
                        }
                    }
                }
                What::Map(entries) => {
                    let inner: Vec<Given> =
                        entries.iter().filter(|(_, v)| matches!(v.what, What::Func(..))).cloned().collect();
                    for (_, value) in inner {
                        if let What::Func(id, up) = &value.what {
                            self.call_func(*id, up.clone(), None, &[(None, item.clone())]);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Walks a handler as a caller of the tool would start it.
    pub(super) fn handle(&mut self, id: FuncId) -> Val {
        let Some(func) = self.program.func(id) else { return Val::unknown() };
        let env = Self::env(id.file, Some(id), func.class, None);
        self.root = Some(id);
        self.bind_params(id, &env, None);
        let Some(body) = self.program.body(id) else { return Val::unknown() };
        self.returns.push(Vec::new());
        let last = self.eval(&body, &env);
        let returned = self.returns.pop().unwrap_or_default();
        returned.into_iter().fold(last, |all, one| all.and_from(&one))
    }

    /// Walks one branch of a function that serves several tools.
    pub(super) fn handle_branch(&mut self, file: usize, around: Option<FuncId>, term: &Term) -> Val {
        let class = around.and_then(|id| self.program.func(id)?.class);
        self.root = around;
        let env = Self::env(file, around, class, None);
        if let Some(id) = around {
            self.bind_params(id, &env, None);
        }
        self.returns.push(Vec::new());
        let last = self.eval(term, &env);
        let returned = self.returns.pop().unwrap_or_default();
        returned.into_iter().fold(last, |all, one| all.and_from(&one))
    }
}

/// Something of which nothing is known but where it comes from.
fn result(receiver: &Val, args: &[Given]) -> Val {
    let from = args.iter().fold(receiver.from, |from, (_, arg)| merged(from, arg.from));
    let lead = match receiver.what {
        What::Path(..) => args.first().map_or(receiver.lead, |(_, arg)| arg.lead.max(receiver.lead)),
        _ => receiver.lead,
    };
    Val { what: What::Unknown, from, lead }
}
