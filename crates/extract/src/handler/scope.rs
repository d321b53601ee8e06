//! What a name stands for while a handler is walked: names around it, of its class, of its file, of others; members of what
//! is known. It records no deed.

use super::program::{Found, Scoping};
use super::term::{ClassId, FuncId, Name, Term};
use super::value::{Env, Given, Val, What};
use super::walk::{MAX_CALLS, Walk};
use mcpdex_model::DeedReach;
use std::rc::Rc;

/// Types that hold data and do nothing.
const VALUES: &str = "Any BigDecimal Boolean Buffer ByteArray CharSequence Date Dict Dictionary Double Float Guid HashMap \
    IDictionary IEnumerable IList Integer Iterable JsonElement JsonNode JsonObject List Literal Long Map \
    Number Object Record Result Sequence Set Short String Tuple Union UUID Value Vec Array Uint8Array";

impl Walk<'_, '_> {
    pub(super) fn name(&mut self, name: &Name, env: &Rc<Env>) -> Val {
        let mut holder = Some(env);
        while let Some(one) = holder {
            if let Some(value) = one.vars.borrow().get(name) {
                return value.clone();
            }
            holder = one.up.as_ref();
        }
        if matches!(&**name, "this" | "self" | "cls" | "Self")
            && let Some(this) = env.this
        {
            return Val::new(What::Instance(this), DeedReach::Fixed);
        }
        // Around a function that was not called from there stand the names of the function it is written in.
        let mut around = env.func.and_then(|id| self.program.func(id)?.parent);
        let own = env.func.filter(|_| env.up.is_none());
        for id in own.into_iter().chain(std::iter::from_fn(|| {
            let id = around?;
            around = self.program.func(id)?.parent;
            Some(id)
        })) {
            if let Some(value) = self.inside(id, name) {
                return value;
            }
        }
        if let (Some(class), Scoping::Everywhere) = (env.this, self.program.scoping) {
            let value = self.of_class(class, name);
            if let Some(value) = value {
                return value;
            }
        }
        match self.program.lookup(env.file, name) {
            Some(found) => self.found(&found),
            None => Val::path(name),
        }
    }

    /// A name that a function binds or takes, where the function itself is not under way.
    pub(super) fn inside(&mut self, id: FuncId, name: &Name) -> Option<Val> {
        let file = self.program.file(id.file)?;
        let nested = file.funcs.iter().position(|func| func.parent == Some(id) && func.name == *name);
        if let Some(at) = nested {
            return Some(Val::new(What::Func(FuncId { file: id.file, at }, None), DeedReach::Fixed));
        }
        let func = self.program.func(id)?;
        let body = self.program.body(id)?;
        let mut bound = Vec::new();
        bindings(&body, name, &mut bound, 0);
        let is_param = func.params.iter().flat_map(|param| &param.names).any(|pattern| pattern.name == *name)
            || func.receiver.as_ref().is_some_and(|(own, _)| own == name);
        if (bound.is_empty() && !is_param) || self.calls >= MAX_CALLS {
            return None;
        }
        self.quiet += 1;
        self.calls += 1;
        let env = Self::env(id.file, Some(id), func.class, None);
        // What the handler itself is given, its caller decides.
        let args: Option<&[Given]> = if self.root == Some(id) { None } else { Some(&[]) };
        self.bind_params(id, &env, args);
        // What stands around a name while it is looked up must not be looked up for it again.
        env.vars.borrow_mut().entry(Rc::clone(name)).or_insert_with(Val::unknown);
        for term in bound {
            self.eval(term, &env);
        }
        self.calls -= 1;
        self.quiet -= 1;
        let vars = env.vars.borrow();
        vars.get(name).cloned()
    }

    pub(super) fn found(&mut self, found: &Found) -> Val {
        let fixed = |what| Val::new(what, DeedReach::Fixed);
        match found {
            Found::Func(id) => fixed(What::Func(*id, None)),
            Found::Class(id) => fixed(What::Class(*id)),
            Found::Module(file) => fixed(What::Module(*file)),
            Found::Path(path) => Val::path(path),
            Found::Global(file, number, part) => self.global((*file, *number, *part)),
        }
    }

    pub(super) fn global(&mut self, key: (usize, usize, usize)) -> Val {
        match self.globals.get(&key) {
            Some(known) => return known.clone().unwrap_or_else(Val::unknown),
            None => self.globals.insert(key, None),
        };
        let Some(global) = self.program.file(key.0).and_then(|file| file.globals.get(key.1)) else {
            return Val::unknown();
        };
        self.quiet += 1;
        let env = Self::env(key.0, None, None, None);
        let mut value = match global.value {
            Some(node) => {
                let term = self.program.lower(key.0, node);
                self.eval(&term, &env)
            }
            None => Val::unknown(),
        };
        if value.is_unknown()
            && let Some(ty) = &global.ty
        {
            value = self.typed(ty, key.0);
        }
        self.bind(&global.names[key.2..=key.2], &value, &env);
        self.quiet -= 1;
        let bound = env.vars.borrow().get(&global.names[key.2].name).cloned().unwrap_or_else(Val::unknown);
        self.globals.insert(key, Some(bound.clone()));
        bound
    }

    /// A thing of the type that is written.
    pub(super) fn typed(&mut self, ty: &str, file: usize) -> Val {
        let mut parts = ty.split('.').filter(|part| !part.is_empty());
        let Some(first) = parts.next() else { return Val::unknown() };
        if ty.rsplit('.').next().is_some_and(|last| VALUES.split(' ').any(|known| known == last)) {
            return Val::unknown();
        }
        let is_type = ty.rsplit('.').next().is_some_and(|last| last.starts_with(char::is_uppercase));
        let mut value = match self.program.lookup(file, first) {
            Some(found) => self.found(&found),
            None if is_type => Val::path(first),
            None => return Val::unknown(),
        };
        for part in parts {
            value = self.member(&value, part);
        }
        match value.what {
            What::Class(id) => Val::new(What::Instance(id), DeedReach::Fixed),
            What::Path(..) => value,
            _ => Val::unknown(),
        }
    }

    pub(super) fn member(&mut self, on: &Val, name: &str) -> Val {
        let part = || Val { what: What::Unknown, from: on.from, lead: on.lead };
        match &on.what {
            What::Path(path, _) if self.is_environment(path) => Val::unknown(),
            What::Path(path, _) => {
                let full = format!("{path}.{name}");
                if self.program.scoping == Scoping::Rust
                    && let Some(found) = self.program.crate_path(&full)
                {
                    return self.found(&found);
                }
                let what = Val::path(&full).what;
                Val { what, from: on.from, lead: on.lead }
            }
            What::Module(file) if self.program.scoping == Scoping::Folders => {
                self.program.lookup(*file, name).map_or_else(part, |found| self.found(&found))
            }
            What::Module(file) => match self.program.look(*file, name, 0) {
                Some(found) => self.found(&found),
                None => match self.program.submodule(*file, name) {
                    Some(below) => Val::new(What::Module(below), DeedReach::Fixed),
                    None => part(),
                },
            },
            What::Class(id) | What::Instance(id) => match self.of_class(*id, name) {
                // What the caller hands over is his in all its fields.
                Some(value) if on.from == DeedReach::Chosen => Val { lead: on.from, ..value.and_from(on) },
                Some(value) => value,
                None => part(),
            },
            What::Map(entries) => {
                let entry = entries.iter().rev().find(|(key, _)| key.as_deref() == Some(name));
                entry.map_or_else(part, |(_, value)| value.clone())
            }
            _ => part(),
        }
    }

    /// A method or a field of a class of the package.
    pub(super) fn of_class(&mut self, class: ClassId, name: &str) -> Option<Val> {
        if let Some((field, file)) = self.program.field(class, name, 0) {
            let (ty, init) = (field.ty.clone(), field.init);
            let typed = ty.map(|ty| self.typed(&ty, file)).filter(|value| !value.is_unknown());
            if typed.is_some() {
                return typed;
            }
            if let Some((node, func)) = init
                && self.calls < MAX_CALLS
            {
                self.quiet += 1;
                self.calls += 1;
                let env = Self::env(file, func, Some(class), None);
                if let Some(func) = func {
                    self.bind_params(func, &env, Some(&[]));
                }
                let term = self.program.lower(file, node);
                let value = self.eval(&term, &env);
                self.calls -= 1;
                self.quiet -= 1;
                return Some(value);
            }
        }
        if let Some(id) = self.program.method(class, name) {
            return Some(Val::new(What::Method(id, class), DeedReach::Fixed));
        }
        self.program.field(class, name, 0).map(|_| Val::unknown())
    }

    pub(super) fn is_environment(&self, path: &str) -> bool {
        self.program.table.syntax.environment.iter().any(|known| known == path)
    }
}

/// The statements of a body that bind `name`.
fn bindings<'a>(term: &'a Term, name: &Name, out: &mut Vec<&'a Term>, depth: u32) {
    if depth > 60 || out.len() > 8 {
        return;
    }
    match term {
        Term::Let(names, _, value) => {
            if names.iter().any(|pattern| pattern.name == *name) {
                out.push(term);
            }
            bindings(value, name, out, depth + 1);
        }
        Term::Seq(parts) | Term::Any(parts) => parts.iter().for_each(|part| bindings(part, name, out, depth + 1)),
        _ => {}
    }
}
