//! What a term may stand for, as far as it tells what a call reaches: a place in a library, something of the package, a
//! text with holes; and where it comes from.

use super::term::{ClassId, FuncId, Name};
use mcpdex_model::DeedReach;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// Bytes of one text that is put together.
const MAX_TEXT: usize = 4_000;

/// What stands in a text for what is not known.
pub(super) const HOLE: char = '\u{0}';

/// The names of a function while it is walked.
pub(super) struct Env {
    pub vars: RefCell<HashMap<Name, Val>>,
    pub func: Option<FuncId>,
    pub this: Option<ClassId>,
    pub file: usize,
    /// The names around it.
    pub up: Option<Rc<Env>>,
}

#[derive(Clone)]
pub(super) enum What {
    Unknown,
    /// Text; what is not known of it is a [`HOLE`].
    Text(Name),
    /// Something of a library: a module, a function, a thing made by one, with all that it was given so far.
    Path(Name, Rc<Vec<Given>>),
    Func(FuncId, Option<Rc<Env>>),
    /// A method with the class of the thing that it is called on.
    Method(FuncId, ClassId),
    Class(ClassId),
    Instance(ClassId),
    /// A file as a module.
    Module(usize),
    List(Rc<Vec<Val>>),
    Map(Rc<Vec<Given>>),
}

/// One argument, or one entry of a map.
pub(super) type Given = (Option<Name>, Val);

#[derive(Clone)]
pub(super) struct Val {
    pub what: What,
    /// Where it comes from, the gravest of its parts; what the program made for a while stays that.
    pub from: DeedReach,
    /// Where its first part comes from: of an address that is the host, of a command the program.
    pub lead: DeedReach,
}

impl Val {
    pub(super) fn new(what: What, from: DeedReach) -> Val {
        Val { what, from, lead: from }
    }

    pub(super) fn unknown() -> Val {
        Val::new(What::Unknown, DeedReach::Fixed)
    }

    pub(super) fn chosen() -> Val {
        Val::new(What::Unknown, DeedReach::Chosen)
    }

    pub(super) fn text(text: Name) -> Val {
        Val::new(What::Text(text), DeedReach::Fixed)
    }

    pub(super) fn path(path: &str) -> Val {
        Val::new(What::Path(Rc::from(path), Rc::new(Vec::new())), DeedReach::Fixed)
    }

    pub(super) fn is_unknown(&self) -> bool {
        matches!(self.what, What::Unknown)
    }

    /// The path of something of a library.
    pub(super) fn as_path(&self) -> Option<&str> {
        match &self.what {
            What::Path(path, _) => Some(path),
            _ => None,
        }
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        match &self.what {
            What::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The same thing, coming from where `other` comes from, too.
    pub(super) fn and_from(mut self, other: &Val) -> Val {
        self.from = merged(self.from, other.from);
        self
    }
}

/// Where something comes from that is made of two: what lies in a place of the program's own for a while stays there.
pub(super) fn merged(one: DeedReach, other: DeedReach) -> DeedReach {
    match (one, other) {
        (DeedReach::Secret, _) | (_, DeedReach::Secret) => DeedReach::Secret,
        (DeedReach::Scratch, _) => DeedReach::Scratch,
        (DeedReach::Fixed, DeedReach::Scratch) => DeedReach::Fixed,
        (one, other) => one.max(other),
    }
}

/// Everything inside of some arguments, lists and maps taken apart, a few levels deep.
pub(super) fn flat(args: &[Given]) -> Vec<Given> {
    let mut out = Vec::new();
    flatten(args, 0, &mut out);
    out
}

fn flatten(args: &[Given], depth: u32, out: &mut Vec<Given>) {
    for (name, val) in args {
        if out.len() > 200 {
            return;
        }
        match &val.what {
            What::List(items) if depth < 4 => {
                let items: Vec<Given> = items.iter().map(|item| (name.clone(), item.clone())).collect();
                flatten(&items, depth + 1, out);
            }
            What::Map(entries) if depth < 4 => flatten(entries, depth + 1, out),
            What::Path(_, given) if depth < 4 && !given.is_empty() => {
                out.push((name.clone(), val.clone()));
                flatten(given, depth + 1, out);
            }
            _ => out.push((name.clone(), val.clone())),
        }
    }
}

/// Of two values that a name may have the one of which more is known, from wherever either comes.
pub(super) fn either(one: Option<Val>, other: Val) -> Val {
    match one {
        None => other,
        Some(one) if one.is_unknown() => other.and_from(&one),
        Some(one) => one.and_from(&other),
    }
}

/// Text, or a path of the package's own kind, put together of its parts.
pub(super) fn joined(parts: &[Val], between: &str) -> Val {
    let from = parts
        .iter()
        .fold(None, |from: Option<DeedReach>, part| Some(from.map_or(part.from, |from| merged(from, part.from))));
    let from = from.unwrap_or(DeedReach::Fixed);
    let lead = parts.first().map_or(DeedReach::Fixed, |part| part.lead);
    if let Some(Val { what: What::Path(path, given), .. }) = parts.first() {
        let mut all = given.to_vec();
        all.extend(parts.iter().skip(1).map(|part| (None, part.clone())));
        return Val { what: What::Path(Rc::clone(path), Rc::new(all)), from, lead };
    }
    let mut text = String::new();
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            text.push_str(between);
        }
        match part.as_text() {
            Some(known) if text.len() + known.len() < MAX_TEXT => text.push_str(known),
            _ => text.push(HOLE),
        }
    }
    Val { what: What::Text(Rc::from(text)), from, lead }
}

/// What tells two calls of a function apart: where the arguments come from, and what is known of them.
pub(super) fn signature(args: &[Given]) -> String {
    let mut out = String::new();
    for (name, value) in args.iter().take(12) {
        out.push_str(name.as_deref().unwrap_or_default());
        out.push(value.from.as_str().chars().next().unwrap_or(' '));
        match &value.what {
            What::Text(text) => out.extend(text.chars().take(60)),
            What::Path(path, _) => out.push_str(path),
            What::Instance(id) | What::Class(id) => out.push_str(&format!("{}:{}", id.file, id.at)),
            What::Func(id, _) | What::Method(id, _) => out.push_str(&format!("f{}:{}", id.file, id.at)),
            _ => {}
        }
        out.push('|');
    }
    out
}
