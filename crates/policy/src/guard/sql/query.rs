//! Queries: what may stand around the expressions of a SELECT. Every field of the two great structures is named, so that
//! what a later parser learns to read does not pass unseen.

use super::expression::{self, all, ordered};
use super::functions;
use super::name::{function_name, object, plain};
use super::unproven::{DEEPEST, Place, Unproven, unknown};
use sqlparser::ast::{
    Cte, Distinct, Fetch, GroupByExpr, GroupByWithModifier, Join, JoinConstraint, JoinOperator, LimitClause,
    NamedWindowExpr, ObjectName, ObjectNamePart, Offset, OrderBy, OrderByKind, Query, Select, SelectItem,
    SelectItemQualifiedWildcardKind, SetExpr, TableAlias, TableFactor, TableFunctionArgs, TableWithJoins, Top,
    TopQuantity, WildcardAdditionalOptions, With,
};

/// Whether a query only reads.
pub(super) fn reads(query: &Query, place: Place) -> Result<(), Unproven> {
    let place = place.deeper(DEEPEST)?;
    let Query { with, body, order_by, limit_clause, fetch, locks, for_clause, settings, format_clause, pipe_operators } =
        query;
    if !locks.is_empty() {
        return unknown("locks what it reads");
    }
    if for_clause.is_some() || settings.is_some() || format_clause.is_some() || !pipe_operators.is_empty() {
        return unknown("has a clause that is not known to read");
    }
    if let Some(With { with_token: _, recursive: _, cte_tables }) = with {
        for Cte { alias: named, query, from, materialized: _, closing_paren_token: _ } in cte_tables {
            if from.is_some() {
                return unknown("has a clause that is not known to read");
            }
            alias(Some(named))?;
            reads(query, place)?;
        }
    }
    body_reads(body, place)?;
    if let Some(OrderBy { kind, interpolate }) = order_by {
        if interpolate.is_some() {
            return unknown("has a clause that is not known to read");
        }
        match kind {
            OrderByKind::All(_) => {}
            OrderByKind::Expressions(list) => ordered(list, place)?,
        }
    }
    match limit_clause {
        None => {}
        Some(LimitClause::LimitOffset { limit, offset, limit_by }) => {
            all(limit, place)?;
            all(offset.as_ref().map(|Offset { value, rows: _ }| value), place)?;
            all(limit_by, place)?;
        }
        Some(LimitClause::OffsetCommaLimit { offset, limit }) => all([offset, limit], place)?,
    }
    if let Some(Fetch { with_ties: _, percent: _, quantity }) = fetch {
        all(quantity, place)?;
    }
    Ok(())
}

fn body_reads(body: &SetExpr, place: Place) -> Result<(), Unproven> {
    let place = place.deeper(DEEPEST)?;
    match body {
        SetExpr::Select(select) => select_reads(select, place),
        SetExpr::Query(query) => reads(query, place),
        SetExpr::SetOperation { left, op: _, set_quantifier: _, right } => {
            body_reads(left, place)?;
            body_reads(right, place)
        }
        SetExpr::Values(values) => values.rows.iter().try_for_each(|row| all(&row.content, place)),
        SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => unknown("changes rows"),
        SetExpr::Table(_) => unknown("has a clause that is not known to read"),
    }
}

fn select_reads(select: &Select, place: Place) -> Result<(), Unproven> {
    let Select {
        select_token: _,
        optimizer_hints,
        distinct,
        select_modifiers,
        top,
        top_before_distinct: _,
        projection,
        exclude,
        into,
        from,
        lateral_views,
        prewhere,
        selection,
        connect_by,
        group_by,
        cluster_by,
        distribute_by,
        sort_by,
        having,
        named_window,
        qualify,
        window_before_qualify: _,
        value_table_mode,
        flavor: _,
    } = select;
    if into.is_some() {
        return unknown("writes what it reads somewhere");
    }
    if !optimizer_hints.is_empty()
        || select_modifiers.is_some()
        || exclude.is_some()
        || !lateral_views.is_empty()
        || !connect_by.is_empty()
        || value_table_mode.is_some()
    {
        return unknown("has a clause that is not known to read");
    }
    if let Some(Distinct::On(list)) = distinct {
        all(list, place)?;
    }
    if let Some(Top { with_ties: _, percent: _, quantity: Some(TopQuantity::Expr(quantity)) }) = top {
        all([quantity], place)?;
    }
    projection.iter().try_for_each(|item| item_reads(item, place))?;
    from.iter().try_for_each(|table| tables_read(table, place))?;
    match group_by {
        GroupByExpr::All(modifiers) => modifiers_read(modifiers)?,
        GroupByExpr::Expressions(list, modifiers) => {
            all(list, place)?;
            modifiers_read(modifiers)?;
        }
    }
    for list in [prewhere, selection, having, qualify] {
        all(list, place)?;
    }
    all(cluster_by, place)?;
    all(distribute_by, place)?;
    ordered(sort_by, place)?;
    for window in named_window {
        plain(&window.0)?;
        match &window.1 {
            NamedWindowExpr::NamedWindow(name) => plain(name)?,
            NamedWindowExpr::WindowSpec(spec) => expression::window(spec, place)?,
        }
    }
    Ok(())
}

fn modifiers_read(modifiers: &[GroupByWithModifier]) -> Result<(), Unproven> {
    let known = |modifier: &GroupByWithModifier| !matches!(modifier, GroupByWithModifier::GroupingSets(_));
    if modifiers.iter().all(known) { Ok(()) } else { unknown("has a clause that is not known to read") }
}

fn item_reads(item: &SelectItem, place: Place) -> Result<(), Unproven> {
    match item {
        SelectItem::UnnamedExpr(value) => all([value], place),
        SelectItem::ExprWithAlias { expr, alias } => {
            plain(alias)?;
            all([expr], place)
        }
        SelectItem::ExprWithAliases { .. } => unknown("has a clause that is not known to read"),
        SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), options) => {
            object(name)?;
            wildcard(options)
        }
        SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::Expr(_), _) => {
            unknown("has a clause that is not known to read")
        }
        SelectItem::Wildcard(options) => wildcard(options),
    }
}

/// `*` alone: what may follow it in some databases holds expressions.
fn wildcard(options: &WildcardAdditionalOptions) -> Result<(), Unproven> {
    let WildcardAdditionalOptions {
        wildcard_token: _,
        opt_ilike,
        opt_exclude,
        opt_except,
        opt_replace,
        opt_rename,
        opt_alias,
    } = options;
    let alone = opt_ilike.is_none() && opt_replace.is_none() && opt_rename.is_none() && opt_alias.is_none();
    if alone && opt_exclude.is_none() && opt_except.is_none() {
        return Ok(());
    }
    unknown("has a clause that is not known to read")
}

fn tables_read(tables: &TableWithJoins, place: Place) -> Result<(), Unproven> {
    table_reads(&tables.relation, place)?;
    tables.joins.iter().try_for_each(|join| join_reads(join, place))
}

fn join_reads(join: &Join, place: Place) -> Result<(), Unproven> {
    let Join { relation, global: _, join_operator } = join;
    table_reads(relation, place)?;
    let constraint = match join_operator {
        JoinOperator::Join(c)
        | JoinOperator::Inner(c)
        | JoinOperator::Left(c)
        | JoinOperator::LeftOuter(c)
        | JoinOperator::Right(c)
        | JoinOperator::RightOuter(c)
        | JoinOperator::FullOuter(c)
        | JoinOperator::CrossJoin(c)
        | JoinOperator::Semi(c)
        | JoinOperator::LeftSemi(c)
        | JoinOperator::RightSemi(c)
        | JoinOperator::Anti(c)
        | JoinOperator::LeftAnti(c)
        | JoinOperator::RightAnti(c)
        | JoinOperator::StraightJoin(c) => c,
        JoinOperator::CrossApply | JoinOperator::OuterApply => return Ok(()),
        JoinOperator::AsOf { match_condition, constraint } => {
            all([match_condition], place)?;
            constraint
        }
        JoinOperator::ArrayJoin | JoinOperator::LeftArrayJoin | JoinOperator::InnerArrayJoin => {
            return unknown("has a clause that is not known to read");
        }
    };
    match constraint {
        JoinConstraint::On(condition) => all([condition], place),
        JoinConstraint::Using(columns) => columns.iter().try_for_each(object),
        JoinConstraint::UsingAlias(..) => unknown("has a clause that is not known to read"),
        JoinConstraint::Natural | JoinConstraint::None => Ok(()),
    }
}

fn table_reads(table: &TableFactor, place: Place) -> Result<(), Unproven> {
    let place = place.deeper(DEEPEST)?;
    match table {
        TableFactor::Table {
            name,
            alias: named,
            args,
            with_hints,
            version,
            with_ordinality: _,
            partitions,
            json_path,
            sample,
            index_directives,
            inheritance: _,
        } => {
            let hinted = !with_hints.is_empty() || !index_directives.is_empty() || !partitions.is_empty();
            if hinted || version.is_some() || json_path.is_some() || sample.is_some() {
                return unknown("has a hint on a table, and some of them lock");
            }
            alias(named.as_ref())?;
            match args {
                None => table_name(name),
                Some(TableFunctionArgs { args, settings }) => {
                    if settings.is_some() || !functions::is_reading_table(&function_name(name)?) {
                        return unknown("has a function for a table that is not known to read");
                    }
                    expression::arguments(args, place)
                }
            }
        }
        TableFactor::Derived { lateral: _, subquery, alias: named, sample } => {
            if sample.is_some() {
                return unknown("has a clause that is not known to read");
            }
            alias(named.as_ref())?;
            reads(subquery, place)
        }
        TableFactor::NestedJoin { table_with_joins, alias: named } => {
            alias(named.as_ref())?;
            tables_read(table_with_joins, place)
        }
        TableFactor::UNNEST { alias: named, array_exprs, with_offset: _, with_offset_alias, with_ordinality: _ } => {
            alias(named.as_ref())?;
            with_offset_alias.iter().try_for_each(plain)?;
            all(array_exprs, place)
        }
        _ => unknown("reads from something that is not known to be a table"),
    }
}

/// A table by a plain name. A name that could be a file, an address or another machine is none.
fn table_name(name: &ObjectName) -> Result<(), Unproven> {
    object(name)?;
    if name.0.len() > 3 {
        return unknown("reads from another machine");
    }
    for part in &name.0 {
        let ObjectNamePart::Identifier(part) = part else { return unknown("has a name that is not plain") };
        if part.quote_style.is_some() && part.value.contains(['.', '/', ':', '*', '?', '~']) {
            return unknown("reads from a file or an address");
        }
    }
    Ok(())
}

fn alias(named: Option<&TableAlias>) -> Result<(), Unproven> {
    let Some(TableAlias { explicit: _, name, columns, at }) = named else { return Ok(()) };
    if at.is_some() {
        return unknown("has a clause that is not known to read");
    }
    plain(name)?;
    columns.iter().try_for_each(|column| plain(&column.name))
}
