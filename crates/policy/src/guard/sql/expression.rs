//! Expressions: each kind that computes and no other; what is not listed is not proven.

use super::functions;
use super::name::{function_name, object, plain};
use super::unproven::{DEEPEST, Place, Unproven, unknown};
use sqlparser::ast::{
    AccessExpr, Array, BinaryOperator, CaseWhen, CeilFloorKind, DataType, Expr, Function, FunctionArg, FunctionArgExpr,
    FunctionArgumentClause, FunctionArgumentList, FunctionArguments, InTarget, Interval, OrderByExpr, OrderBySort,
    Subscript, TypedString, UnaryOperator, Value, WindowFrame, WindowFrameBound, WindowSpec, WindowType,
};

const UNKNOWN: Unproven = Unproven::NotReading("has an expression that is not known to read");

/// Whether all of some expressions only read.
pub(super) fn all<'a>(list: impl IntoIterator<Item = &'a Expr>, place: Place) -> Result<(), Unproven> {
    list.into_iter().try_for_each(|one| expression(one, place))
}

fn expression(expr: &Expr, place: Place) -> Result<(), Unproven> {
    // Chains of operators are not nested for the parser, and are for us.
    let place = place.deeper(DEEPEST * 4)?;
    match expr {
        Expr::Identifier(name) => plain(name),
        Expr::CompoundIdentifier(names) => {
            names.iter().try_for_each(plain)?;
            // A column of that name counts a sequence up.
            let last = names.last().map(|name| name.value.to_ascii_lowercase());
            if matches!(last.as_deref(), Some("nextval" | "currval")) { Err(UNKNOWN) } else { Ok(()) }
        }
        Expr::CompoundFieldAccess { root, access_chain } => {
            expression(root, place)?;
            access_chain.iter().try_for_each(|step| match step {
                AccessExpr::Dot(Expr::Identifier(name)) => plain(name),
                AccessExpr::Subscript(Subscript::Index { index }) => expression(index, place),
                AccessExpr::Dot(_) | AccessExpr::Subscript(_) => Err(UNKNOWN),
            })
        }
        Expr::IsFalse(one)
        | Expr::IsNotFalse(one)
        | Expr::IsTrue(one)
        | Expr::IsNotTrue(one)
        | Expr::IsNull(one)
        | Expr::IsNotNull(one)
        | Expr::IsUnknown(one)
        | Expr::IsNotUnknown(one)
        | Expr::Nested(one) => expression(one, place),
        Expr::IsDistinctFrom(a, b) | Expr::IsNotDistinctFrom(a, b) => all([a.as_ref(), b.as_ref()], place),
        Expr::In { expr, target, negated: _, global: _ } => {
            expression(expr, place)?;
            match target {
                InTarget::List(list) => all(list, place),
                InTarget::Subquery(query) => place.reads(query),
                InTarget::Unnest(list) => expression(list, place),
                InTarget::Table { .. } => Err(UNKNOWN),
            }
        }
        Expr::Between { expr, negated: _, low, high } => all([expr.as_ref(), low, high], place),
        Expr::BinaryOp { left, op, right } if computes(op) => all([left.as_ref(), right], place),
        Expr::AnyOp { left, compare_op, right, is_some: _ } | Expr::AllOp { left, compare_op, right }
            if computes(compare_op) =>
        {
            all([left.as_ref(), right], place)
        }
        Expr::Like { negated: _, any: _, expr, pattern, escape_char }
        | Expr::ILike { negated: _, any: _, expr, pattern, escape_char }
        | Expr::SimilarTo { negated: _, expr, pattern, escape_char } => {
            all([expr.as_ref(), pattern], place)?;
            all(escape_char.as_deref(), place)
        }
        Expr::RLike { negated: _, expr, pattern, regexp: _ } => all([expr.as_ref(), pattern], place),
        Expr::UnaryOp { op: UnaryOperator::Plus | UnaryOperator::Minus | UnaryOperator::Not, expr } => {
            expression(expr, place)
        }
        Expr::Convert { is_try: _, expr, data_type, charset: None, target_before_value: _, styles } => {
            data_type.iter().try_for_each(is_plain_type)?;
            expression(expr, place)?;
            all(styles, place)
        }
        Expr::Cast { kind: _, expr, data_type, format: None } => {
            is_plain_type(data_type)?;
            expression(expr, place)
        }
        Expr::AtTimeZone { timestamp, time_zone } => all([timestamp.as_ref(), time_zone], place),
        Expr::Extract { field: _, syntax: _, expr } => expression(expr, place),
        Expr::Ceil { expr, field } | Expr::Floor { expr, field } => {
            if let CeilFloorKind::Scale(scale) = field {
                value(&scale.value)?;
            }
            expression(expr, place)
        }
        Expr::Position { expr, r#in } => all([expr.as_ref(), r#in], place),
        Expr::Substring { expr, substring_from, substring_for, special: _, shorthand: _ } => {
            expression(expr, place)?;
            all(substring_from.as_deref(), place)?;
            all(substring_for.as_deref(), place)
        }
        Expr::Trim { trim_where: _, trim_what, expr, trim_characters } => {
            expression(expr, place)?;
            all(trim_what.as_deref(), place)?;
            all(trim_characters.iter().flatten(), place)
        }
        Expr::Collate { expr, collation } => {
            object(collation)?;
            expression(expr, place)
        }
        Expr::Value(one) => value(&one.value),
        Expr::TypedString(TypedString { data_type, value: text, uses_odbc_syntax: false }) => {
            is_plain_type(data_type)?;
            value(&text.value)
        }
        Expr::Prefixed { prefix, value } => {
            plain(prefix)?;
            expression(value, place)
        }
        Expr::Function(called) => function(called, place),
        Expr::Case { case_token: _, end_token: _, operand, conditions, else_result } => {
            all(operand.as_deref(), place)?;
            for CaseWhen { condition, result } in conditions {
                all([condition, result], place)?;
            }
            all(else_result.as_deref(), place)
        }
        Expr::Exists { subquery, negated: _ } | Expr::Subquery(subquery) => place.reads(subquery),
        Expr::Tuple(list) | Expr::Array(Array { elem: list, named: _ }) => all(list, place),
        Expr::GroupingSets(sets) | Expr::Cube(sets) | Expr::Rollup(sets) => all(sets.iter().flatten(), place),
        Expr::Interval(Interval { value, .. }) => expression(value, place),
        _ => Err(UNKNOWN),
    }
}

/// Operators that every database defines itself; those that a user may define are not among them.
fn computes(op: &BinaryOperator) -> bool {
    use BinaryOperator as Op;
    matches!(
        op,
        Op::Plus
            | Op::Minus
            | Op::Multiply
            | Op::Divide
            | Op::Modulo
            | Op::StringConcat
            | Op::Gt
            | Op::Lt
            | Op::GtEq
            | Op::LtEq
            | Op::Spaceship
            | Op::Eq
            | Op::NotEq
            | Op::And
            | Op::Or
            | Op::Xor
            | Op::BitwiseOr
            | Op::BitwiseAnd
            | Op::BitwiseXor
            | Op::DuckIntegerDivide
            | Op::MyIntegerDivide
            | Op::Regexp
            | Op::Glob
            | Op::PGExp
            | Op::PGRegexMatch
            | Op::PGRegexIMatch
            | Op::PGRegexNotMatch
            | Op::PGRegexNotIMatch
            | Op::PGLikeMatch
            | Op::PGILikeMatch
            | Op::PGNotLikeMatch
            | Op::PGNotILikeMatch
            | Op::PGStartsWith
            | Op::Arrow
            | Op::LongArrow
            | Op::Overlaps
    )
}

fn value(value: &Value) -> Result<(), Unproven> {
    match value {
        Value::Number(..)
        | Value::SingleQuotedString(_)
        | Value::DoubleQuotedString(_)
        | Value::NationalStringLiteral(_)
        | Value::HexStringLiteral(_)
        | Value::Boolean(_)
        | Value::Null => Ok(()),
        _ => Err(Unproven::Ambiguous("has a value of a kind")),
    }
}

/// A type of the database's own: what turns a text into a type of a user's is code of that user's.
fn is_plain_type(kind: &DataType) -> Result<(), Unproven> {
    match kind {
        DataType::Custom(name, modifiers) => {
            let known = ["money", "citext", "regclass", "regtype", "inet", "cidr", "number", "string", "year", "xml"];
            let name = function_name(name)?;
            if modifiers.is_empty() && known.contains(&name.as_str()) {
                Ok(())
            } else {
                unknown("has a type of its own")
            }
        }
        DataType::Array(_)
        | DataType::Struct(..)
        | DataType::Tuple(_)
        | DataType::Nested(_)
        | DataType::Map(..)
        | DataType::Union(_)
        | DataType::Table(_)
        | DataType::NamedTable { .. } => unknown("has a type of its own"),
        _ => Ok(()),
    }
}

fn function(called: &Function, place: Place) -> Result<(), Unproven> {
    let Function { name, uses_odbc_syntax, parameters, args, within_group, filter, null_treatment: _, over } = called;
    if *uses_odbc_syntax || *parameters != FunctionArguments::None {
        return Err(UNKNOWN);
    }
    if !functions::computes(&function_name(name)?) {
        return unknown("calls a function that is not known to read");
    }
    match args {
        FunctionArguments::None => {}
        FunctionArguments::Subquery(query) => place.reads(query)?,
        FunctionArguments::List(FunctionArgumentList { duplicate_treatment: _, args, clauses }) => {
            arguments(args, place)?;
            for clause in clauses {
                match clause {
                    FunctionArgumentClause::IgnoreOrRespectNulls(_) => {}
                    FunctionArgumentClause::OrderBy(list) => ordered(list, place)?,
                    FunctionArgumentClause::Limit(limit) => expression(limit, place)?,
                    FunctionArgumentClause::Separator(text) => value(&text.value)?,
                    _ => return Err(UNKNOWN),
                }
            }
        }
    }
    ordered(within_group, place)?;
    all(filter.as_deref(), place)?;
    match over {
        None => Ok(()),
        Some(WindowType::NamedWindow(name)) => plain(name),
        Some(WindowType::WindowSpec(spec)) => window(spec, place),
    }
}

pub(super) fn arguments(list: &[FunctionArg], place: Place) -> Result<(), Unproven> {
    list.iter().try_for_each(|one| match one {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(value)) => expression(value, place),
        FunctionArg::Unnamed(FunctionArgExpr::Wildcard) => Ok(()),
        FunctionArg::Unnamed(FunctionArgExpr::QualifiedWildcard(name)) => object(name),
        _ => Err(UNKNOWN),
    })
}

pub(super) fn window(spec: &WindowSpec, place: Place) -> Result<(), Unproven> {
    let WindowSpec { window_name, partition_by, order_by, window_frame } = spec;
    window_name.iter().try_for_each(plain)?;
    all(partition_by, place)?;
    ordered(order_by, place)?;
    let Some(WindowFrame { units: _, start_bound, end_bound }) = window_frame else { return Ok(()) };
    for bound in std::iter::once(start_bound).chain(end_bound) {
        match bound {
            WindowFrameBound::CurrentRow => {}
            WindowFrameBound::Preceding(rows) | WindowFrameBound::Following(rows) => all(rows.as_deref(), place)?,
        }
    }
    Ok(())
}

pub(super) fn ordered(list: &[OrderByExpr], place: Place) -> Result<(), Unproven> {
    for OrderByExpr { expr, options, with_fill } in list {
        if with_fill.is_some() || matches!(options.sort, Some(OrderBySort::Using(_))) {
            return unknown("has a clause that is not known to read");
        }
        all([expr], place)?;
    }
    Ok(())
}
