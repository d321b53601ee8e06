//! The Cedar engine as ToolHive and AgentCore use it. An error while deciding refuses, as it does there.

use crate::decision::PolicyEffect;
use cedar_policy::{
    Authorizer, Decision, Entities, EntityId, EntityTypeName, EntityUid, PolicySet, Request, RestrictedExpression,
};
use serde_json::Value;
use std::str::FromStr;

pub(crate) fn uid(kind: &str, id: &str) -> Option<EntityUid> {
    let kind = EntityTypeName::from_str(kind).ok()?;
    Some(EntityUid::from_type_name_and_id(kind, EntityId::new(id)))
}

pub(crate) fn decided(policies: &PolicySet, entities: &Entities, request: &Request) -> PolicyEffect {
    let response = Authorizer::new().is_authorized(request, policies, entities);
    let clean = response.diagnostics().errors().next().is_none();
    if clean && response.decision() == Decision::Allow { PolicyEffect::Allow } else { PolicyEffect::Hide }
}

/// A plain JSON value as Cedar sees it; `None` for what is no plain value.
pub(crate) fn plain(value: &Value, decimal: bool) -> Option<RestrictedExpression> {
    Some(match value {
        Value::String(text) => RestrictedExpression::new_string(text.clone()),
        Value::Bool(truth) => RestrictedExpression::new_bool(*truth),
        Value::Number(n) if decimal => RestrictedExpression::new_decimal(format!("{:.4}", n.as_f64()?)),
        Value::Number(n) => RestrictedExpression::new_long(n.as_i64()?),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_are_decimals_where_they_are_asked_for_and_whole_ones_elsewhere() {
        let told = |value: Value, decimal| plain(&value, decimal).map(|expression| format!("{expression:?}"));
        let of = |expression: RestrictedExpression| Some(format!("{expression:?}"));
        assert_eq!(told(json!(3), false), of(RestrictedExpression::new_long(3)));
        assert_eq!(told(json!(3), true), of(RestrictedExpression::new_decimal("3.0000")));
        assert_ne!(told(json!(3), true), told(json!(3), false));
        assert_eq!(told(json!(3.5), false), None);
        assert_eq!(told(json!([3]), true), None);
    }
}
