//! What the backend refuses beyond single fields: `rules.ts` for what needs the database, and lines in the
//! check for what does not.

use super::{
    backend_field::{column_of, never_null},
    plan::Plan,
    template::{Values, template},
    text::js,
};
use crate::{Field, FieldKind, GenerateError, Rule};

/// `backend/rules.ts`.
pub(super) fn render(plan: &Plan<'_>, values: &mut Values) -> Result<String, GenerateError> {
    let mut blocks = Vec::new();
    for field in plan.spec.entity.fields.iter().filter(|field| field.unique) {
        blocks.push(unique(plan, field));
    }
    for rule in &plan.spec.rules {
        match rule {
            Rule::UniqueTogether { fields, open_only } => blocks.push(together(plan, fields, *open_only)?),
            Rule::AtMost { count, field, open_only } => {
                blocks.push(at_most(plan, *count, field, *open_only)?)
            }
            Rule::NoOverlap { date, start, end, within } => {
                blocks.push(no_overlap(plan, date, start, end, within)?)
            }
            Rule::After { .. } | Rule::RequiredWhen { .. } => {}
        }
    }
    values.text("rules", blocks.join("\n"));
    values.render(template!("backend/rules.ts"))
}

/// A value as it is bound: cents for money.
fn bound(plan: &Plan<'_>, field: &Field) -> String {
    let source = format!("{}.{}", plan.names.var, field.name);
    match field.kind {
        FieldKind::Money => format!("Math.round(({source} ?? 0) * 100)"),
        FieldKind::YesNo => format!("Number({source})"),
        _ => source,
    }
}

/// Whether the field holds something worth comparing.
fn filled(plan: &Plan<'_>, field: &Field) -> Option<String> {
    let source = format!("{}.{}", plan.names.var, field.name);
    if field.required || matches!(field.kind, FieldKind::YesNo) {
        None
    } else if never_null(field) {
        Some(format!("{source} !== \"\""))
    } else {
        Some(format!("{source} !== null"))
    }
}

/// Restricts a search to rows that count: not in the bin, and when asked not done.
fn alive(plan: &Plan<'_>, open_only: bool) -> Result<String, GenerateError> {
    let mut sql = String::new();
    if plan.spec.features.bin_days.is_some() {
        sql.push_str(" AND deleted_at IS NULL");
    }
    if let (true, Some(done)) = (open_only, &plan.spec.features.done) {
        sql.push_str(&format!(" AND {} = 0", column_of(plan.field(&done.field)?)));
    }
    Ok(sql)
}

/// A rule about what is open does not concern what is being closed.
fn open_guard(plan: &Plan<'_>, open_only: bool) -> Option<String> {
    let done = plan.spec.features.done.as_ref().filter(|_| open_only)?;
    Some(format!("!{}.{}", plan.names.var, done.field))
}

fn unique(plan: &Plan<'_>, field: &Field) -> String {
    let (table, name, label) = (&plan.names.table, &field.name, js(&field.label));
    let column = column_of(field);
    let extra = alive(plan, false).unwrap_or_default();
    let value = bound(plan, field);
    let find = format!(
        "await db\n  .prepare(\"SELECT 1 FROM {table} WHERE {column} = ? AND id <> ?{extra}\")\n  .bind({value}, id)\n  .first();"
    );
    let source = format!("{}.{name}", plan.names.var);
    let text = format!(
        "const same_{name} = {find}\nif (same_{name}) throw wrong(\"{name}\", {label}, `%[There is already one with] ${{{source}}}.`);"
    );
    in_guard(filled(plan, field).into_iter().collect(), &text)
}

fn in_guard(conditions: Vec<String>, text: &str) -> String {
    if conditions.is_empty() {
        return text.to_owned();
    }
    let body: Vec<String> = text.lines().map(|line| format!("  {line}")).collect();
    format!("if ({}) {{\n{}\n}}", conditions.join(" && "), body.join("\n"))
}

fn together(plan: &Plan<'_>, names: &[String], open_only: bool) -> Result<String, GenerateError> {
    let fields: Vec<&Field> = names.iter().map(|name| plan.field(name)).collect::<Result<_, _>>()?;
    let Some(first) = fields.first() else { return Ok(String::new()) };
    let same: Vec<String> = fields
        .iter()
        .map(|field| {
            format!("{} = ?{}", column_of(field), if field.kind.is_text() { " COLLATE NOCASE" } else { "" })
        })
        .collect();
    let values: Vec<String> = fields.iter().map(|field| bound(plan, field)).collect();
    let labels: Vec<&str> = fields.iter().map(|field| field.label.as_str()).collect();
    let variable = format!("taken_{}", names.join("_"));
    let text = format!(
        "const {variable} = await db\n  .prepare(\"SELECT 1 FROM {} WHERE {} AND id <> ?{}\")\n  .bind({}, id)\n  .first();\n\
         if ({variable}) throw wrong(\"{}\", {}, \"%[{}]\");",
        plan.names.table,
        same.join(" AND "),
        alive(plan, open_only)?,
        values.join(", "),
        first.name,
        js(&labels.join(" + ")),
        if open_only { "This is still out." } else { "This is taken already." },
    );
    let mut conditions: Vec<String> = open_guard(plan, open_only).into_iter().collect();
    conditions.extend(fields.iter().filter_map(|field| filled(plan, field)));
    Ok(in_guard(conditions, &text))
}

fn at_most(plan: &Plan<'_>, count: u32, name: &str, open_only: bool) -> Result<String, GenerateError> {
    let field = plan.field(name)?;
    let text = format!(
        "const with_{name} = await db\n  .prepare(\"SELECT COUNT(*) AS count FROM {} WHERE {} = ?{} AND id <> ?{}\")\n  \
         .bind({}, id)\n  .first<{{ count: number }}>();\n\
         if ((with_{name}?.count ?? 0) >= {count}) throw wrong(\"{name}\", {}, \"%[The most is] {count}.\");",
        plan.names.table,
        column_of(field),
        if field.kind.is_text() { " COLLATE NOCASE" } else { "" },
        alive(plan, open_only)?,
        bound(plan, field),
        js(&field.label),
    );
    let mut conditions: Vec<String> = open_guard(plan, open_only).into_iter().collect();
    conditions.extend(filled(plan, field));
    Ok(in_guard(conditions, &text))
}

fn no_overlap(
    plan: &Plan<'_>,
    date: &str,
    start: &str,
    end: &str,
    within: &[String],
) -> Result<String, GenerateError> {
    let (date, start, end) = (plan.field(date)?, plan.field(start)?, plan.field(end)?);
    let within: Vec<&Field> = within.iter().map(|name| plan.field(name)).collect::<Result<_, _>>()?;
    let mut same = format!("{} = ?", column_of(date));
    for field in &within {
        same.push_str(&format!(" AND {} = ?", column_of(field)));
    }
    let mut values = vec![bound(plan, date)];
    values.extend(within.iter().map(|field| bound(plan, field)));
    values.extend([bound(plan, end), bound(plan, start)]);
    Ok(format!(
        "// Back to back is fine: one may end when the next begins.\n\
         const overlap = await db\n  .prepare(\"SELECT {start} AS start, {end} AS end FROM {table} WHERE {same} AND {start} < ? AND {end} > ? AND id <> ?{alive}\")\n  \
         .bind({values}, id)\n  .first<{{ start: string; end: string }}>();\n\
         if (overlap) throw wrong(\"{name}\", {label}, `%[This overlaps with] ${{overlap.start}}–${{overlap.end}}.`);",
        table = plan.names.table,
        start = column_of(start),
        end = column_of(end),
        alive = alive(plan, false)?,
        values = values.join(", "),
        name = start.name,
        label = js(&start.label),
    ))
}

/// Lines of the check that compare fields of one thing.
pub(super) fn cross_checks(plan: &Plan<'_>) -> Vec<String> {
    let var = &plan.names.var;
    let mut lines = Vec::new();
    for rule in &plan.spec.rules {
        match rule {
            Rule::After { first, second, or_equal } => {
                let (Ok(earlier), Ok(later)) = (plan.field(first), plan.field(second)) else { continue };
                let mut conditions: Vec<String> = [earlier, later]
                    .iter()
                    .filter(|field| !never_null(field))
                    .map(|field| format!("{var}.{} !== null", field.name))
                    .collect();
                conditions
                    .push(format!("{var}.{second} {} {var}.{first}", if *or_equal { "<" } else { "<=" }));
                let label = super::text::in_backticks(&earlier.label);
                lines.push(format!("if ({}) {{", conditions.join(" && ")));
                lines.push(format!("  check.wrong(\"{second}\", `%[This must come after] {label}.`);"));
                lines.push("}".into());
            }
            Rule::RequiredWhen { field, when } => {
                let Ok(target) = plan.field(field) else { continue };
                let empty = if never_null(target) { "\"\"" } else { "null" };
                lines.push(format!("if ({var}.{when} && {var}.{field} === {empty}) check.wrong(\"{field}\", \"%[Please fill this in.]\");"));
            }
            _ => {}
        }
    }
    lines
}

/// Values that follow from others once the check has passed.
pub(super) fn late_values(plan: &Plan<'_>) -> Vec<String> {
    let Some((field, from, days, _)) = plan.days_after() else { return Vec::new() };
    let var = &plan.names.var;
    let value = format!("{var}.{} ??= daysAfter({var}.{from}, {days});", field.name);
    let from_is_filled = plan.field(from).is_ok_and(never_null);
    vec![if from_is_filled { value } else { format!("if ({var}.{from} !== null) {value}") }]
}

/// Unique indexes: the database has the last word when two requests come at once.
pub(super) fn indexes(plan: &Plan<'_>) -> Result<Vec<String>, GenerateError> {
    let table = &plan.names.table;
    let mut sql = Vec::new();
    for field in plan.spec.entity.fields.iter().filter(|field| field.unique) {
        let column = column_of(field);
        let mut conditions: Vec<String> = Vec::new();
        if field.kind.is_text() {
            conditions.push(format!("{column} <> ''"));
        }
        if plan.spec.features.bin_days.is_some() {
            conditions.push("deleted_at IS NULL".into());
        }
        let only = if conditions.is_empty() {
            String::new()
        } else {
            format!(" WHERE {}", conditions.join(" AND "))
        };
        sql.push(format!("CREATE UNIQUE INDEX {table}_{column} ON {table} ({column}){only};"));
    }
    for rule in &plan.spec.rules {
        let Rule::UniqueTogether { fields, open_only } = rule else { continue };
        let fields: Vec<&Field> = fields.iter().map(|name| plan.field(name)).collect::<Result<_, _>>()?;
        let columns: Vec<String> = fields
            .iter()
            .map(|field| {
                format!("{}{}", column_of(field), if field.kind.is_text() { " COLLATE NOCASE" } else { "" })
            })
            .collect();
        let mut conditions: Vec<String> = fields
            .iter()
            .filter(|field| field.kind.is_text() && !field.required)
            .map(|field| format!("{} <> ''", column_of(field)))
            .collect();
        let alive = alive(plan, *open_only)?;
        conditions.extend(alive.strip_prefix(" AND ").map(str::to_owned));
        let only = if conditions.is_empty() {
            String::new()
        } else {
            format!(" WHERE {}", conditions.join(" AND "))
        };
        let name: Vec<String> = fields.iter().map(|field| field.name.clone()).collect();
        sql.push(format!(
            "CREATE UNIQUE INDEX {table}_{}_together ON {table} ({}){only};",
            name.join("_"),
            columns.join(", ")
        ));
    }
    Ok(sql)
}
