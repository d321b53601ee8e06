//! What runs when a class is first used or an object is made, without being called by a name: blocks of a class, and the
//! constructors of those above it.

use super::ast::{Body, Class, Func};
use super::machine::Machine;
use super::source::Site;
use super::value::{Closure, Value};
use std::rc::Rc;

/// Classes above a class that are made with its objects.
const MAX_PARENTS: u32 = 12;
/// The name of a block that runs when an object is made, before its constructor.
pub(crate) const BLOCK: &str = "<block>";
/// The name of a block that runs when a class is first used.
pub(crate) const STATIC_BLOCK: &str = "<static>";

impl<'t> Func<'t> {
    /// A block of a class that has no name.
    pub(crate) fn block(name: &str, body: Option<Body<'t>>, site: Site) -> Rc<Self> {
        Rc::new(Func {
            name: Rc::from(name),
            params: Vec::new(),
            body,
            result: None,
            receiver: None,
            marks: Vec::new(),
            doc: None,
            is_static: name == STATIC_BLOCK,
            site,
        })
    }
}

impl<'t> Machine<'t> {
    /// Runs the blocks of a class that belong to it and not to its objects, when it is first used.
    pub(crate) fn initialise(&mut self, class: &Rc<Class<'t>>) {
        if self.trail.initialised.insert(Rc::as_ptr(class)) {
            self.run_blocks(class, None, STATIC_BLOCK);
        }
    }

    /// Runs the blocks of a class that have this name, in order.
    pub(super) fn run_blocks(&mut self, class: &Rc<Class<'t>>, this: Option<&Value<'t>>, name: &str) {
        for func in class.methods.iter().filter(|func| &*func.name == name) {
            let (func, file) = (Rc::clone(func), func.site.file);
            let closure = Closure { func, env: None, this: this.cloned(), class: Some(Rc::clone(class)), file };
            self.invoke(&Rc::new(closure), Vec::new());
        }
    }

    /// Runs what makes the part of an object that the classes above its own declare, where nothing is handed to it: their
    /// blocks, and their constructors without parameters where the class has one of its own.
    pub(super) fn run_parents(&mut self, class: &Rc<Class<'t>>, value: &Value<'t>, depth: u32) {
        let is_init = |func: &&Rc<Func<'t>>| &*func.name == "<init>";
        let has_own = class.methods.iter().any(|func| is_init(&func));
        for parent in class.supers.iter().filter(|parent| parent.inline.is_none()) {
            let Some(parent) = self.program.class(class.site.file, &parent.name).filter(|_| depth < MAX_PARENTS) else {
                continue;
            };
            self.initialise(&parent);
            self.run_parents(&parent, value, depth + 1);
            self.run_blocks(&parent, Some(value), BLOCK);
            let plain = parent.methods.iter().filter(is_init).find(|func| func.params.is_empty());
            if let Some(func) = plain.filter(|_| has_own) {
                let (func, file) = (Rc::clone(func), func.site.file);
                let closure = Closure { func, env: None, this: Some(value.clone()), class: Some(parent.clone()), file };
                self.invoke(&Rc::new(closure), Vec::new());
            }
        }
    }
}
