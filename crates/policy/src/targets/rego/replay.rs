//! Rego modules, decided by a Rego engine.

use crate::decision::{PolicyEffect, Window};
use crate::format::{PolicyFile, TargetOptions, main};
use crate::replay::evaluator::{Call, Evaluator};
use regorus::{Engine, Value};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Reads the document as the target does.
pub(in crate::targets) fn read(files: &[PolicyFile], _options: &TargetOptions) -> Result<Box<dyn Evaluator>, String> {
    Ok(Box::new(Rego::read(main(files))?))
}

/// A module that is asked for `decision` and `visible`. An engine that fails has not answered: the first failure is kept,
/// and no call is held to be decided.
struct Rego {
    engine: RefCell<Engine>,
    fault: RefCell<Option<String>>,
}

const WINDOWS: [Window; 3] = [Window::Minute, Window::Hour, Window::Day];

/// Both answers at once, so that the module is gone through once a call; one that is not defined is an empty list.
const BOTH: &str = r#"package mcpdex.asked

import rego.v1

answer := {
    "decision": [word | word := data.mcp.authz.decision],
    "visible": [word | word := data.mcp.authz.visible],
}
"#;

/// What the module says of one call.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Answer {
    allows: bool,
    asks: bool,
    shows: bool,
}

const NOTHING: Answer = Answer { allows: false, asks: false, shows: false };

impl Rego {
    fn read(text: &str) -> Result<Rego, String> {
        let mut engine = Engine::new();
        engine.add_policy("mcp.rego".to_owned(), text.to_owned()).map_err(|e| e.to_string())?;
        engine.add_policy("asked.rego".to_owned(), BOTH.to_owned()).map_err(|e| e.to_string())?;
        Ok(Rego { engine: RefCell::new(engine), fault: RefCell::default() })
    }

    /// The answers to a call, with so many calls counted in each window.
    fn eval(&self, call: &Call<'_>, calls: &[(Window, u64)]) -> Answer {
        let word = |text: &str| Value::from(text);
        let counted = calls.iter().map(|(window, count)| (word(window.as_str()), Value::from(*count))).collect();
        let mut input = BTreeMap::from([
            (word("server"), word(call.alias)),
            (word("tool"), word(call.tool)),
            (word("calls"), Value::from(BTreeMap::<Value, Value>::clone(&counted))),
        ]);
        let arguments = serde_json::Value::Object(call.arguments.clone());
        input.insert(word("arguments"), Value::from(arguments));
        let mut engine = self.engine.borrow_mut();
        engine.set_input(Value::from(input));
        let answer = match engine.eval_rule("data.mcpdex.asked.answer".to_owned()) {
            Ok(answer) => answer,
            Err(error) => {
                self.fault.borrow_mut().get_or_insert_with(|| error.to_string());
                return NOTHING;
            }
        };
        let decides = |one: &str| answer["decision"] == Value::from(vec![word(one)]);
        Answer {
            allows: decides("allow"),
            asks: decides("ask"),
            shows: answer["visible"] == Value::from(vec![Value::from(true)]),
        }
    }

    fn allows(&self, call: &Call<'_>, window: Window, count: u64) -> bool {
        self.eval(call, &[(window, count)]).allows
    }

    /// The limit of a tool that is allowed only while calls are counted: the first count that is refused. What was meant
    /// is tried first: whether it lets through one call less and refuses that many.
    fn limit(&self, call: &Call<'_>) -> Option<PolicyEffect> {
        if let Some(PolicyEffect::Limit { max, window }) = call.near
            && max > 0
            && self.allows(call, window, u64::from(max) - 1)
            && !self.allows(call, window, u64::from(max))
        {
            return Some(PolicyEffect::Limit { max, window });
        }
        // One question tells of all windows that there is no limit.
        if !self.eval(call, &WINDOWS.map(|window| (window, 0))).allows {
            return None;
        }
        let window = WINDOWS.into_iter().find(|window| self.allows(call, *window, 0))?;
        let (mut allowed, mut refused) = (0_u64, 1_u64);
        while self.allows(call, window, refused) {
            allowed = refused;
            refused = refused.checked_mul(2)?;
        }
        while refused - allowed > 1 {
            let middle = allowed + (refused - allowed) / 2;
            if self.allows(call, window, middle) { allowed = middle } else { refused = middle }
        }
        Some(PolicyEffect::Limit { max: u32::try_from(refused).ok()?, window })
    }
}

impl Evaluator for Rego {
    fn answer(&self, call: &Call<'_>) -> PolicyEffect {
        match self.eval(call, &[]) {
            Answer { allows: true, .. } => PolicyEffect::Allow,
            Answer { asks: true, .. } => PolicyEffect::Ask,
            Answer { shows, .. } => match self.limit(call) {
                Some(limit) => limit,
                None if shows => PolicyEffect::Deny,
                None => PolicyEffect::Hide,
            },
        }
    }

    fn fault(&self) -> Option<String> {
        self.fault.borrow().clone()
    }
}
