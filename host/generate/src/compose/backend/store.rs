//! `store.ts`: rows, conditions, orders, sums.

use super::suggested;
use crate::{
    Condition, FieldKind, GenerateError, Operand, SortKey, View,
    compose::{
        backend_field::{self as part, column_of},
        children,
        plan::Plan,
        template::Values,
        text::{js, number},
    },
};

pub(super) fn store(plan: &Plan<'_>, values: &mut Values) -> Result<(), GenerateError> {
    let spec = plan.spec;
    let features = &spec.features;
    let mut row: Vec<String> = spec.entity.fields.iter().map(part::row_property).collect();
    let mut from: Vec<String> = spec.entity.fields.iter().map(part::from_row).collect();
    let mut to: Vec<String> =
        spec.entity.fields.iter().map(|field| part::to_row(field, &plan.names.var)).collect();
    if features.pin {
        row.push("pinned: number;".into());
        from.push("pinned: row.pinned === 1,".into());
        to.push(format!("pinned: Number({}.pinned),", plan.names.var));
    }
    if features.reference {
        from.push("reference: row.id.slice(0, 8).toUpperCase(),".into());
    }
    if features.streak {
        from.push("days: [],\nstreak: 0,".into());
    }
    for (name, _) in children::counts(plan) {
        row.push(format!("{name}: number;"));
        let money = name == "total" || name == "subtotal";
        from.push(format!("{name}: row.{name}{},", if money { " / 100" } else { "" }));
    }
    values.lines("row_fields", &row).lines("from_row", &from).lines("to_row", &to);
    let counts: Vec<String> =
        children::counts(plan).map(|(name, sql)| format!(", {sql} AS {name}")).collect();
    values.text("select", format!("*{}", counts.concat()));
    values.text("child_deletes", child_deletes(plan));

    let (first, words) = order_first(plan)?;
    values.text("order_first", first).text("order_first_words", words);
    let sorts: Vec<String> =
        sort_options(plan)?.iter().map(|sort| format!("{}: {},", sort.key, js(&sort.sql))).collect();
    values.lines("sorts", &sorts).text("sort_default", "default");
    let conditions = conditions(plan)?;
    values.text("query_name", if conditions.is_empty() && !values.is_on("bin") { "_query" } else { "query" });
    values.lines("conditions", &conditions);
    let mut types = vec!["Summary".to_owned(), plan.names.ty.clone(), format!("{}Input", plan.names.ty)];
    if !features.groups.is_empty() {
        types.push("Group".into());
    }
    types.sort();
    values.text("store_types", types.join(", "));
    values.text("not_deleted", if features.bin_days.is_some() { " AND deleted_at IS NULL" } else { "" });
    values.text(
        "where_not_deleted",
        if features.bin_days.is_some() { " WHERE deleted_at IS NULL" } else { "" },
    );
    values.text("problem_import", if values.is_on("guard") { ", Problem" } else { "" });
    values.text("rules_import", "");
    let clock = spec.entity.fields.iter().any(|field| field.kind == FieldKind::Duration);
    values.text("clock_import", if clock { CLOCK } else { "" });
    summary(plan, values)
}

/// The import of what turns durations into seconds and back.
pub(in crate::compose) const CLOCK: &str = "import { clock, seconds } from \"./clock.ts\";";

fn child_deletes(plan: &Plan<'_>) -> String {
    let mut deletes: Vec<String> = plan
        .children
        .iter()
        .map(|(_, names)| {
            format!("db.prepare(\"DELETE FROM {} WHERE parent_id = ?\").bind(id),", names.table)
        })
        .collect();
    if plan.spec.features.streak {
        deletes.push(format!("db.prepare(\"DELETE FROM ticks WHERE {}_id = ?\").bind(id),", plan.names.var));
    }
    deletes.join("\n")
}

/// What comes first in every order, as SQL and in words.
fn order_first(plan: &Plan<'_>) -> Result<(String, String), GenerateError> {
    let features = &plan.spec.features;
    let mut sql = Vec::new();
    let mut words = Vec::new();
    if let Some(done) = &features.done {
        sql.push(format!("{}, ", column_of(plan.field(&done.field)?)));
        words.push("what is open");
    }
    if features.pin {
        sql.push("pinned DESC, ".into());
        words.push("what is pinned");
    }
    for highlight in features.highlights.iter().filter(|highlight| highlight.first) {
        sql.push(format!("CASE WHEN {} THEN 0 ELSE 1 END, ", condition(plan, &highlight.condition)?));
        words.push("what stands out");
    }
    let words = if words.is_empty() { "none".to_owned() } else { format!("first {}", words.join(", then ")) };
    Ok((sql.concat(), words))
}

fn condition(plan: &Plan<'_>, condition: &Condition) -> Result<String, GenerateError> {
    let operand = |operand: &Operand, money: bool| match operand {
        Operand::Field(name) => plan.field(name).map(column_of),
        Operand::Value(value) => Ok(number(if money { value * 100.0 } else { *value })),
    };
    Ok(match condition {
        Condition::Overdue { field } => {
            let field = column_of(plan.field(field)?);
            match &plan.spec.features.done {
                Some(done) => {
                    format!("{} = 0 AND {field} < date('now')", column_of(plan.field(&done.field)?))
                }
                None => format!("{field} < date('now')"),
            }
        }
        Condition::AtMost { field, than } => {
            let field = plan.field(field)?;
            format!("{} <= {}", column_of(field), operand(than, field.kind == FieldKind::Money)?)
        }
        Condition::MoreThan { field, than } => {
            let field = plan.field(field)?;
            format!("{} > {}", column_of(field), operand(than, field.kind == FieldKind::Money)?)
        }
    })
}

/// A way to sort: a key for programs, a label for people.
pub(in crate::compose) struct SortOption {
    pub(in crate::compose) key: String,
    pub(in crate::compose) label: String,
    pub(in crate::compose) sql: String,
}

pub(in crate::compose) fn sort_options(plan: &Plan<'_>) -> Result<Vec<SortOption>, GenerateError> {
    let spec = plan.spec;
    let newest = [SortKey { field: "created_at".into(), descending: true }];
    let default = if spec.features.sort.is_empty() { &newest[..] } else { &spec.features.sort[..] };
    let sql: Vec<String> = default.iter().map(|key| sort_sql(plan, key)).collect::<Result<_, _>>()?;
    let mut options =
        vec![SortOption { key: "default".into(), label: sort_label(plan, &default[0]), sql: sql.join(", ") }];
    if default[0].field != "created_at" {
        options.push(SortOption {
            key: "newest".into(),
            label: "%[Newest]".into(),
            sql: "created_at DESC".into(),
        });
    }
    for field in &spec.entity.fields {
        let sortable = match field.kind {
            FieldKind::Date | FieldKind::DateTime | FieldKind::Priority | FieldKind::Duration => true,
            FieldKind::Text | FieldKind::Category => {
                spec.entity.title_field() == Some(field) || field.kind == FieldKind::Category
            }
            ref kind => kind.is_number(),
        };
        if sortable && field.name != default[0].field && options.len() < 7 {
            let key = SortKey { field: field.name.clone(), descending: field.kind.is_number() };
            options.push(SortOption {
                key: field.name.clone(),
                label: field.label.clone(),
                sql: sort_sql(plan, &key)?,
            });
        }
    }
    Ok(options)
}

fn sort_label(plan: &Plan<'_>, key: &SortKey) -> String {
    match key.field.as_str() {
        "created_at" if key.descending => "%[Newest]".into(),
        "created_at" => "%[Oldest]".into(),
        "updated_at" => "%[Last edited]".into(),
        name => plan.spec.entity.field(name).map_or_else(|| name.to_owned(), |field| field.label.clone()),
    }
}

fn sort_sql(plan: &Plan<'_>, key: &SortKey) -> Result<String, GenerateError> {
    let direction = if key.descending { " DESC" } else { "" };
    if matches!(key.field.as_str(), "created_at" | "updated_at") {
        return Ok(format!("{}{direction}", key.field));
    }
    let field = plan.field(&key.field)?;
    let column = column_of(field);
    Ok(match field.kind {
        FieldKind::Priority => {
            format!(
                "CASE {column} WHEN 'high' THEN 0 WHEN 'medium' THEN 1 WHEN 'low' THEN 2 ELSE 3 END{direction}"
            )
        }
        ref kind if kind.is_text() => format!("{column} COLLATE NOCASE{direction}"),
        _ if part::never_null(field) => format!("{column}{direction}"),
        _ => format!("{column} IS NULL, {column}{direction}"),
    })
}

fn conditions(plan: &Plan<'_>) -> Result<Vec<String>, GenerateError> {
    let features = &plan.spec.features;
    let mut lines = Vec::new();
    if !features.search.is_empty() {
        let columns: Result<Vec<String>, _> =
            features.search.iter().map(|name| plan.field(name).map(|field| js(&column_of(field)))).collect();
        lines.push(format!("where.search(query.get(\"search\"), [{}]);", columns?.join(", ")));
    }
    let done = features.done.iter().map(|done| &done.field).filter(|done| !features.filters.contains(done));
    for name in features.filters.iter().chain(done) {
        let field = plan.field(name)?;
        let column = column_of(field);
        if field.kind == FieldKind::Tags {
            lines.push(format!("where.holds(\"{column}\", query.get(\"{name}\"));"));
        } else {
            lines.push(format!("where.equals(\"{column}\", query.get(\"{name}\"));"));
        }
    }
    if let Some(month) = &features.month {
        let column = column_of(plan.field(month)?);
        lines.push("const month = query.get(\"month\");".into());
        lines.push(format!("if (month) where.add(\"substr({column}, 1, 7) = ?\", month);"));
    }
    if plan.spec.view == View::Calendar {
        let column = column_of(plan.date_field()?);
        lines.push("const from = query.get(\"from\");".into());
        lines.push(format!("if (from) where.add(\"substr({column}, 1, 10) >= ?\", from);"));
        lines.push("const to = query.get(\"to\");".into());
        lines.push(format!("if (to) where.add(\"substr({column}, 1, 10) <= ?\", to);"));
    }
    Ok(lines)
}

fn summary(plan: &Plan<'_>, values: &mut Values) -> Result<(), GenerateError> {
    let features = &plan.spec.features;
    let mut figures = vec!["COUNT(*) AS count".to_owned()];
    let mut summary = vec!["count: figures?.count ?? 0,".to_owned()];
    let mut groups: Vec<String> = Vec::new();
    let done = features.done.as_ref().map(|done| plan.field(&done.field)).transpose()?.map(column_of);
    if let Some(done) = &done {
        figures.push(format!("SUM({done} = 0) AS open"));
        summary.push("open: figures?.open ?? 0,".into());
    }
    for (index, figure) in features.figures.iter().enumerate() {
        let name = format!("figure_{}", index + 1);
        let (sql, money) = figure_sql(plan, &figure.field, figure.times.as_deref())?;
        let sql = match (&done, figure.open_only) {
            (Some(done), true) => format!("CASE WHEN {done} = 0 THEN {sql} END"),
            _ => sql,
        };
        figures.push(format!("SUM({sql}) AS {name}"));
        summary.push(format!(
            "{name}: {},",
            if money { format!("(figures?.{name} ?? 0) / 100") } else { format!("figures?.{name} ?? 0") }
        ));
    }
    for (index, group) in features.groups.iter().enumerate() {
        let name = format!("groups_{}", index + 1);
        let column = column_of(plan.field(&group.by)?);
        let (sql, money) = match &group.sum {
            Some(sum) => figure_sql(plan, sum, None).map(|(sql, money)| (format!("SUM({sql})"), money))?,
            None => (format!("COUNT({column})"), false),
        };
        let sql = if money { format!("{sql} / 100.0") } else { sql };
        groups.push(format!("const {name} = await groupsOf(db, \"{column}\", \"{sql}\", where);"));
        summary.push(format!("{name},"));
    }
    let mut lists = false;
    for field in suggested(plan) {
        if field.kind == FieldKind::Tags {
            summary.push(format!("{}: await tagsInUse(db, \"{}\"),", field.name, column_of(field)));
        } else {
            lists = true;
            summary.push(format!("{}: await valuesOf(db, \"{}\"),", field.name, column_of(field)));
        }
    }
    values.text("figures", figures.join(", ")).lines("groups", &groups).lines("summary", &summary);
    values.flag("group_by", !groups.is_empty()).flag("values", lists);
    Ok(())
}

/// What is summed, and whether it is in cents.
fn figure_sql(plan: &Plan<'_>, field: &str, times: Option<&str>) -> Result<(String, bool), GenerateError> {
    let is_money =
        |name: &str| plan.spec.entity.field(name).is_none_or(|field| field.kind == FieldKind::Money);
    let sql = plan.expression(field)?;
    Ok(match times {
        Some(times) => (format!("{sql} * {}", plan.expression(times)?), is_money(field) || is_money(times)),
        None => (sql, is_money(field)),
    })
}
