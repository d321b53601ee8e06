//! The CEL engine as agentgateway and Envoy AI Gateway use it. An expression that fails does not match, as there.

use cel::{Context, Program};
use serde_json::{Value, json};

pub(crate) fn program(text: &str) -> Result<Program, String> {
    Program::compile(text).map_err(|e| format!("{e:?}").chars().take(300).collect())
}

pub(crate) fn is_true(program: &Program, name: &str, value: &Value) -> bool {
    let mut context = Context::default();
    context.add_variable(name, value.clone()).is_ok() && matches!(program.execute(&context), Ok(cel::Value::Bool(true)))
}

/// JSON numbers reach the expressions as floating-point numbers.
pub(crate) fn floating(value: &Value) -> Value {
    match value {
        Value::Number(n) => json!(n.as_f64()),
        Value::Array(list) => list.iter().map(floating).collect(),
        Value::Object(map) => map.iter().map(|(k, v)| (k.clone(), floating(v))).collect(),
        other => other.clone(),
    }
}
