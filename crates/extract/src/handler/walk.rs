//! Walks what a handler does: terms in, values out, and on the way each call that reaches something. Every branch is
//! walked; functions of the package are followed a few levels; nothing is run.

use super::deed::Reached;
use super::program::Program;
use super::term::{ClassId, FuncId, Name, Part, Pattern, Term};
use super::value::{Env, Given, Val, What, either, joined, merged, signature};
use mcpdex_model::{Deed, DeedReach};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// Functions inside of functions.
pub(super) const MAX_CALLS: u32 = 10;
/// Terms of one tool.
const MAX_STEPS: u32 = 60_000;

pub(super) struct Walk<'p, 't> {
    pub program: &'p Program<'t>,
    pub deeds: Vec<Deed>,
    /// Above zero while values are looked up that the handler does not make itself.
    pub quiet: u32,
    /// Whether something was too far to follow.
    pub is_cut: bool,
    steps: u32,
    pub(super) calls: u32,
    pub(super) depth: u32,
    /// The function that the caller of the tool starts.
    pub(super) root: Option<FuncId>,
    known: HashMap<(FuncId, Option<ClassId>, String), Val>,
    pub(super) globals: HashMap<(usize, usize, usize), Option<Val>>,
    pub(super) returns: Vec<Vec<Val>>,
}

impl<'p, 't> Walk<'p, 't> {
    pub(super) fn new(program: &'p Program<'t>) -> Self {
        Walk {
            program,
            deeds: Vec::new(),
            quiet: 0,
            is_cut: false,
            steps: 0,
            calls: 0,
            depth: 0,
            root: None,
            known: HashMap::new(),
            globals: HashMap::new(),
            returns: Vec::new(),
        }
    }

    pub(super) fn env(file: usize, func: Option<FuncId>, this: Option<ClassId>, up: Option<Rc<Env>>) -> Rc<Env> {
        Rc::new(Env { vars: RefCell::new(HashMap::new()), func, this, file, up })
    }

    /// Walks a function with these arguments.
    pub(super) fn call_func(&mut self, id: FuncId, up: Option<Rc<Env>>, this: Option<ClassId>, args: &[Given]) -> Val {
        let all = args.iter().fold(Val::unknown(), |all, (_, arg)| all.and_from(arg));
        let Some(func) = self.program.func(id) else { return Val::new(What::Unknown, all.from) };
        let key = (id, this, signature(args));
        if let Some(known) = self.known.get(&key).filter(|_| up.is_none()) {
            return known.clone();
        }
        if self.calls >= MAX_CALLS {
            self.is_cut = true;
            return Val::new(What::Unknown, all.from);
        }
        self.known.insert(key.clone(), Val::new(What::Unknown, all.from));
        let this = this.or(func.class).or_else(|| up.as_ref().and_then(|up| up.this));
        let env = Self::env(id.file, Some(id), this, up);
        self.bind_params(id, &env, Some(args));
        let Some(body) = self.program.body(id) else { return Val::new(What::Unknown, all.from) };
        self.calls += 1;
        self.returns.push(Vec::new());
        let last = self.eval(&body, &env);
        let returned = self.returns.pop().unwrap_or_default();
        self.calls -= 1;
        let mut value = returned.into_iter().fold(None, |best: Option<Val>, next| Some(either(best, next)));
        if value.is_none() {
            value = Some(last);
        }
        let mut value = value.unwrap_or_else(Val::unknown);
        if value.is_unknown()
            && let Some(ty) = &func.result
        {
            value.what = self.typed(ty, id.file).what;
        }
        self.known.insert(key, value.clone());
        value
    }

    /// Gives the parameters of a function their values: those of `args`, or whatever the caller of a tool may say.
    pub(super) fn bind_params(&mut self, id: FuncId, env: &Rc<Env>, args: Option<&[Given]>) {
        let Some(func) = self.program.func(id) else { return };
        if let Some((name, ty)) = &func.receiver {
            let this = self.typed(ty, id.file);
            env.vars.borrow_mut().insert(Rc::clone(name), this);
        }
        let mut at = 0;
        for param in &func.params {
            let own = param.names.first().filter(|name| matches!(&*name.name, "self" | "cls" | "this"));
            if let (Some(own), Some(this)) = (own, env.this) {
                env.vars.borrow_mut().insert(Rc::clone(&own.name), Val::new(What::Instance(this), DeedReach::Fixed));
                continue;
            }
            let named = |name: &Pattern| {
                args?.iter().find(|(given, _)| given.as_ref() == Some(&name.name)).map(|(_, value)| value.clone())
            };
            let positional = args.map(|args| args.iter().filter(|(name, _)| name.is_none()).nth(at));
            let given = param.names.first().and_then(named).or_else(|| positional.flatten().map(|(_, v)| v.clone()));
            at += 1;
            let mut value = match (given, args.is_some()) {
                (Some(value), _) => value,
                (None, true) => Val::unknown(),
                (None, false) => Val::chosen(),
            };
            if value.is_unknown()
                && let Some(ty) = &param.ty
            {
                value.what = self.typed(ty, id.file).what;
            }
            self.bind(&param.names, &value, env);
        }
    }

    pub(super) fn bind(&mut self, names: &[Pattern], value: &Val, env: &Rc<Env>) {
        for pattern in names {
            let value = match &pattern.part {
                Part::Whole => value.clone(),
                Part::Member(name) => self.member(value, name),
                Part::Item => match &value.what {
                    What::List(items) if !items.is_empty() => items[0].clone(),
                    _ => Val { what: What::Unknown, from: value.from, lead: value.lead },
                },
            };
            let mut holder = Rc::clone(env);
            while !holder.vars.borrow().contains_key(&pattern.name) {
                match &holder.up {
                    Some(up) => holder = Rc::clone(up),
                    None => {
                        holder = Rc::clone(env);
                        break;
                    }
                }
            }
            let mut vars = holder.vars.borrow_mut();
            let next = match vars.get(&pattern.name) {
                Some(known) if !known.is_unknown() && value.is_unknown() => known.clone().and_from(&value),
                _ => value,
            };
            vars.insert(Rc::clone(&pattern.name), next);
        }
    }

    pub(super) fn eval(&mut self, term: &Term, env: &Rc<Env>) -> Val {
        self.steps += 1;
        if self.steps > MAX_STEPS || self.depth > 400 {
            self.is_cut = true;
            return Val::unknown();
        }
        self.depth += 1;
        let value = self.eval_here(term, env);
        self.depth -= 1;
        value
    }

    fn eval_here(&mut self, term: &Term, env: &Rc<Env>) -> Val {
        match term {
            Term::Text(text) | Term::Word(text) => Val::text(Rc::clone(text)),
            Term::Join(parts) => {
                let parts: Vec<Val> = parts.iter().map(|part| self.eval(part, env)).collect();
                joined(&parts, "")
            }
            Term::Name(name) => self.name(name, env),
            Term::Member(on, name, at) => {
                let on = self.eval(on, env);
                if on.as_path().is_some_and(|path| self.is_environment(path)) {
                    self.record(at, &Reached::variable(&Val::unknown()));
                    return Val::unknown();
                }
                self.member(&on, name)
            }
            Term::Index(on, key, at) => {
                let (on, key) = (self.eval(on, env), self.eval(key, env));
                if on.as_path().is_some_and(|path| self.is_environment(path)) {
                    self.record(at, &Reached::variable(&key));
                    return Val::unknown();
                }
                match key.as_text() {
                    Some(name) if matches!(on.what, What::Map(_) | What::Path(..) | What::Module(_)) => {
                        let name = name.to_owned();
                        self.member(&on, &name)
                    }
                    _ => match &on.what {
                        What::List(items) if !items.is_empty() => items[0].clone(),
                        _ => Val::new(What::Unknown, on.from).and_from(&key),
                    },
                }
            }
            Term::Call(call) => self.call(call, env),
            Term::Func(id) => Val::new(What::Func(*id, Some(Rc::clone(env))), DeedReach::Fixed),
            Term::List(items) => {
                let items: Vec<Val> = items.iter().map(|item| self.eval(item, env)).collect();
                let from = items.iter().fold(DeedReach::Fixed, |from, item| merged(from, item.from));
                let lead = items.first().map_or(DeedReach::Fixed, |item| item.lead);
                Val { what: What::List(Rc::new(items)), from, lead }
            }
            Term::Map(entries) => {
                let entries: Vec<Given> =
                    entries.iter().map(|(name, value)| (name.clone(), self.eval(value, env))).collect();
                let is_whole = |value: &Val| value.as_path().is_some_and(|path| self.is_environment(path));
                let from = match entries.iter().any(|(_, value)| is_whole(value)) {
                    true => DeedReach::Secret,
                    false => entries.iter().fold(DeedReach::Fixed, |from, (_, value)| merged(from, value.from)),
                };
                Val::new(What::Map(Rc::new(entries)), from)
            }
            Term::Let(names, ty, value) => {
                let mut value = self.eval(value, env);
                if value.is_unknown()
                    && let Some(ty) = ty
                {
                    value.what = self.typed(ty, env.file).what;
                }
                self.bind(names, &value, env);
                value
            }
            Term::Assign(target, value) => {
                let value = self.eval(value, env);
                if let Term::Member(on, field, _) = &**target
                    && let Term::Name(name) = &**on
                {
                    self.add_to(name, (Some(Rc::clone(field)), value.clone()), env);
                } else {
                    self.eval(target, env);
                }
                value
            }
            Term::Return(value) => {
                let value = self.eval(value, env);
                if let Some(returns) = self.returns.last_mut() {
                    returns.push(value.clone());
                }
                value
            }
            Term::Any(parts) => {
                let mut best = None;
                for part in parts {
                    let next = self.eval(part, env);
                    best = Some(either(best, next));
                }
                best.unwrap_or_else(Val::unknown)
            }
            Term::Seq(parts) => {
                let mut last = Val::unknown();
                for part in parts {
                    last = self.eval(part, env);
                }
                last
            }
        }
    }

    /// Adds an argument to the thing of a library that a name stands for.
    pub(super) fn add_to(&mut self, name: &Name, given: Given, env: &Rc<Env>) {
        let mut holder = Some(Rc::clone(env));
        while let Some(one) = holder {
            if let Some(value) = one.vars.borrow_mut().get_mut(name) {
                if let What::Path(_, all) = &mut value.what {
                    let mut more = all.to_vec();
                    value.from = merged(value.from, given.1.from);
                    more.push(given);
                    *all = Rc::new(more);
                }
                return;
            }
            holder = one.up.clone();
        }
    }
}
