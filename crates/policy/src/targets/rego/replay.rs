//! Rego modules, decided by a Rego engine.

use crate::decision::{PolicyEffect, Window};
use crate::format::{PolicyFile, TargetOptions, main};
use crate::replay::evaluator::{Call, Evaluator};
use regorus::{Engine, Value};
use serde_json::{Map, json};
use std::cell::RefCell;

/// Reads the document as the target does.
pub(in crate::targets) fn read(files: &[PolicyFile], _options: &TargetOptions) -> Result<Box<dyn Evaluator>, String> {
    Ok(Box::new(Rego::read(main(files))?))
}

/// A module that is asked for `decision` and `visible`.
struct Rego(RefCell<Engine>);

const WINDOWS: [Window; 3] = [Window::Minute, Window::Hour, Window::Day];

impl Rego {
    fn read(text: &str) -> Result<Rego, String> {
        let mut engine = Engine::new();
        engine.add_policy("mcp.rego".to_owned(), text.to_owned()).map_err(|e| e.to_string())?;
        Ok(Rego(RefCell::new(engine)))
    }

    /// The word that the rule gives, with so many calls counted in each window; `None` where it gives none.
    fn eval(&self, rule: &str, call: &Call<'_>, calls: &[(Window, u64)]) -> Option<Value> {
        let calls: Map<String, _> = calls.iter().map(|(w, n)| (w.as_str().to_owned(), json!(n))).collect();
        let input =
            json!({ "server": call.alias, "tool": call.tool, "arguments": call.arguments, "calls": calls }).to_string();
        let mut engine = self.0.borrow_mut();
        engine.set_input_json(&input).ok()?;
        engine.eval_rule(format!("data.mcp.authz.{rule}")).ok()
    }

    fn decides(&self, word: &str, call: &Call<'_>, calls: &[(Window, u64)]) -> bool {
        self.eval("decision", call, calls) == Some(Value::from(word))
    }

    /// The limit of a tool that is allowed only while calls are counted: the first count that is refused.
    fn limit(&self, call: &Call<'_>) -> Option<PolicyEffect> {
        let window = WINDOWS.into_iter().find(|window| self.decides("allow", call, &[(*window, 0)]))?;
        let (mut allowed, mut refused) = (0_u64, 1_u64);
        while self.decides("allow", call, &[(window, refused)]) {
            allowed = refused;
            refused = refused.checked_mul(2)?;
        }
        while refused - allowed > 1 {
            let middle = allowed + (refused - allowed) / 2;
            if self.decides("allow", call, &[(window, middle)]) { allowed = middle } else { refused = middle }
        }
        Some(PolicyEffect::Limit { max: u32::try_from(refused).ok()?, window })
    }
}

impl Evaluator for Rego {
    fn answer(&self, call: &Call<'_>) -> PolicyEffect {
        if self.decides("allow", call, &[]) {
            return PolicyEffect::Allow;
        }
        if self.decides("ask", call, &[]) {
            return PolicyEffect::Ask;
        }
        if let Some(limit) = self.limit(call) {
            return limit;
        }
        if self.eval("visible", call, &[]) == Some(Value::from(true)) { PolicyEffect::Deny } else { PolicyEffect::Hide }
    }
}
