//! Lists that belong to one of the main entity: their types, checks, SQL, routes, and the part of the page.

use super::{
    backend::File,
    backend_field::{self as part, column_of},
    frontend_field as page,
    names::Names,
    plan::Plan,
    template::{Values, template},
    text::{in_comment, js},
};
use crate::{Child, ChildKind, Field, FieldKind, GenerateError, Product, words::capitalized};

pub(super) fn has_ledger(plan: &Plan<'_>) -> bool {
    plan.children.iter().any(|(child, _)| matches!(child.kind, ChildKind::Ledger { .. }))
}

/// Figures about children that each of the main entity has: name and SQL.
pub(super) fn counts<'a>(plan: &'a Plan<'_>) -> impl Iterator<Item = (String, String)> + use<'a> {
    plan.children.iter().flat_map(|(child, names)| {
        let count =
            format!("(SELECT COUNT(*) FROM {} WHERE parent_id = {}.id)", names.table, plan.names.table);
        let mut all = vec![(count_name(child), count)];
        if child.total.is_some() {
            all.push(("subtotal".into(), total_expression(child, names, &plan.names, false)));
            if child.total.as_ref().is_some_and(|total| total.percent.is_some()) {
                all.push(("total".into(), total_expression(child, names, &plan.names, true)));
            }
        }
        all
    })
}

pub(super) fn count_name(child: &Child) -> String {
    format!("{}_count", child.entity.name)
}

/// The sum over a child list in cents, with the percentage or without. Cents are rounded for each line, and
/// the percentage for each rate.
pub(super) fn total_expression(child: &Child, names: &Names, parent: &Names, with_percent: bool) -> String {
    let Some(Product { factor, by, percent }) = &child.total else { return "0".into() };
    let column = |name: &str| child.entity.field(name).map_or_else(|| name.to_owned(), column_of);
    let line = format!("ROUND({} * {})", column(factor), column(by));
    let from = format!("FROM {} WHERE parent_id = {}.id", names.table, parent.table);
    match percent.as_ref().filter(|_| with_percent) {
        None => format!("(SELECT COALESCE(SUM({line}), 0) {from})"),
        Some(percent) => {
            let percent = column(percent);
            format!(
                "(SELECT COALESCE(SUM(rate_total), 0) FROM (SELECT SUM({line}) + ROUND(SUM({line}) * CAST({percent} AS REAL) / 100) \
                 AS rate_total {from} GROUP BY {percent}))"
            )
        }
    }
}

/// What a person fills in: for a ledger the way and the amount come first.
fn input_properties(child: &Child) -> Vec<String> {
    let mut lines = Vec::new();
    if matches!(child.kind, ChildKind::Ledger { .. }) {
        lines.push("direction: \"in\" | \"out\";".into());
        lines.push("amount: number;".into());
    }
    lines.extend(
        child.entity.fields.iter().map(|field| format!("{}: {};", field.name, part::typescript(field))),
    );
    lines
}

pub(super) fn types(plan: &Plan<'_>) -> Vec<String> {
    plan.children
        .iter()
        .map(|(child, names)| {
            let ty = &names.ty;
            let label = in_comment(&child.entity.label);
            format!(
                "/** What a person can fill in for {}. */\nexport interface {ty}Input {{\n  {}\n}}\n\n\
                 /** One of the {} of {}. */\nexport interface {ty} extends {ty}Input {{\n  id: string;\n  created_at: string;\n}}",
                super::text::with_article(&label),
                input_properties(child).join("\n  "),
                in_comment(&child.entity.plural_label),
                super::text::with_article(&in_comment(&plan.spec.entity.label)),
            )
        })
        .collect()
}

pub(super) fn input_types(plan: &Plan<'_>) -> Vec<String> {
    plan.children.iter().map(|(_, names)| format!("{}Input", names.ty)).collect()
}

pub(super) fn constants(plan: &Plan<'_>) -> Vec<String> {
    plan.children
        .iter()
        .flat_map(|(child, _)| {
            child.entity.fields.iter().filter_map(|field| part::constant(field, &prefix(child)))
        })
        .collect()
}

/// Keeps the constants of a child apart from those of the main entity.
fn prefix(child: &Child) -> String {
    format!("{}_", child.entity.name)
}

pub(super) fn check_names(plan: &Plan<'_>) -> Vec<String> {
    plan.children.iter().map(|(_, names)| format!("check{}", names.ty)).collect()
}

pub(super) fn checks(plan: &Plan<'_>) -> Vec<String> {
    plan.children
        .iter()
        .map(|(child, names)| {
            let mut lines: Vec<String> = Vec::new();
            if matches!(child.kind, ChildKind::Ledger { .. }) {
                lines.push("direction: check.choice(\"direction\", [\"in\", \"out\"], { required: true }),".into());
                lines.push("amount: check.number(\"amount\", { required: true, whole: true, least: 1 }),".into());
            }
            lines.extend(child.entity.fields.iter().map(|field| part::check(field, &prefix(child))));
            let (ty, var) = (&names.ty, &names.var);
            format!(
                "export function check{ty}(input: Record<string, unknown>): {ty}Input {{\n  const check = new Check(input, LABELS);\n  \
                 const {var}: {ty}Input = {{\n    {}\n  }};\n  check.finish();\n  return {var};\n}}",
                lines.join("\n    ")
            )
        })
        .collect()
}

pub(super) fn import(child: &Child, names: &Names) -> String {
    let mut all = vec![format!("add{}", names.ty), format!("list{}", names.tys)];
    if !matches!(child.kind, ChildKind::Ledger { .. }) {
        all.push(format!("remove{}", names.ty));
    }
    super::backend::import(&all, &format!("./{}.ts", names.path))
}

pub(super) fn routes(plan: &Plan<'_>) -> Vec<String> {
    plan.children
        .iter()
        .map(|(_, names)| {
            format!("if (sub === \"{}\") return {}Route(request, env, id, key);", names.path, names.vars)
        })
        .collect()
}

pub(super) fn route_functions(plan: &Plan<'_>) -> Vec<String> {
    let (parent, event) = (&plan.names, &plan.spec.entity.name);
    plan.children
        .iter()
        .map(|(child, names)| {
            let (ty, tys, var, vars) = (&names.ty, &names.tys, &names.var, &names.vars);
            let find = format!("find{}(env.DB, parentId)", parent.ty);
            let publish = format!("await env.BUS.publish(\"{event}.updated\", await {find});");
            let remove = if matches!(child.kind, ChildKind::Ledger { .. }) {
                "throw notAllowed();".to_owned()
            } else {
                format!(
                    "if (request.method !== \"DELETE\") throw notAllowed();\n  await remove{ty}(env.DB, parentId, id);\n  {publish}\n  \
                     return new Response(null, {{ status: 204 }});"
                )
            };
            format!(
                "async function {vars}Route(request: Request, env: Env, parentId: string, id?: string): Promise<Response> {{\n  \
                 await {find};\n  if (id === undefined) {{\n    \
                 if (request.method === \"GET\") return Response.json(await list{tys}(env.DB, parentId));\n    \
                 if (request.method !== \"POST\") throw notAllowed();\n    \
                 const {var} = await add{ty}(env.DB, parentId, check{ty}(await readObject(request)));\n    {publish}\n    \
                 return Response.json({var}, {{ status: 201 }});\n  }}\n  {remove}\n}}"
            )
        })
        .collect()
}

/// `CREATE TABLE` of each child.
pub(super) fn tables(plan: &Plan<'_>) -> Vec<String> {
    plan.children
        .iter()
        .map(|(child, names)| {
            let mut columns = vec![
                "id TEXT PRIMARY KEY".to_owned(),
                format!("parent_id TEXT NOT NULL REFERENCES {} (id) ON DELETE CASCADE", plan.names.table),
            ];
            if matches!(child.kind, ChildKind::Ledger { .. }) {
                columns.push("direction TEXT NOT NULL CHECK (direction IN ('in', 'out'))".into());
                columns.push("amount INTEGER NOT NULL CHECK (amount > 0)".into());
            }
            columns.extend(child.entity.fields.iter().map(part::column_definition));
            columns.push("created_at TEXT NOT NULL".into());
            format!(
                "CREATE TABLE {table} (\n  {columns}\n);\nCREATE INDEX {table}_parent ON {table} (parent_id);",
                table = names.table,
                columns = columns.join(",\n  ")
            )
        })
        .collect()
}

/// The date that orders a child list, if it has one.
fn date_of(child: &Child) -> Option<&Field> {
    child.entity.fields.iter().find(|field| matches!(field.kind, FieldKind::Date | FieldKind::DateTime))
}

pub(super) fn values(plan: &Plan<'_>, child: &Child, names: &Names) -> Result<Values, GenerateError> {
    let mut values = plan.values();
    values
        .text("Child", &names.ty)
        .text("Children", &names.tys)
        .text("child_variable", &names.var)
        .text("child_plural", &names.vars)
        .text("child_table", &names.table)
        .text("child_path", &names.path)
        .text("child_plural_label", in_comment(&child.entity.plural_label))
        .text("child_heading", js(&capitalized(&child.entity.plural_label)))
        .text("child_add", js(&format!("+ {}", capitalized(&child.entity.label))))
        .text("remove_label", format!("`%[Delete]: ${{{}}}`", js(&child.entity.label)));
    let ledger = matches!(child.kind, ChildKind::Ledger { .. });
    values
        .flag("ledger", ledger)
        .flag("capacity", matches!(child.kind, ChildKind::Places { .. }))
        .flag("plain", matches!(child.kind, ChildKind::Plain))
        .flag("removable", !ledger);
    Ok(values)
}

pub(super) fn backend_files(plan: &Plan<'_>) -> Result<Vec<File>, GenerateError> {
    plan.children
        .iter()
        .map(|(child, names)| {
            let mut values = values(plan, child, names)?;
            let fields = &child.entity.fields;
            let mut row: Vec<String> = fields.iter().map(part::row_property).collect();
            let mut from: Vec<String> = fields.iter().map(part::from_row).collect();
            let mut columns: Vec<String> = vec!["id".into(), "parent_id".into()];
            let mut bound: Vec<String> = vec!["id".into(), "parent".into()];
            if let ChildKind::Ledger { quantity } = &child.kind {
                row.extend(["direction: \"in\" | \"out\";".to_owned(), "amount: number;".to_owned()]);
                from.extend(["direction: row.direction,".to_owned(), "amount: row.amount,".to_owned()]);
                columns.extend(["direction".to_owned(), "amount".to_owned()]);
                bound.extend(["input.direction".to_owned(), "input.amount".to_owned()]);
                let field = plan.field(quantity)?;
                values.text("quantity", column_of(field)).text("quantity_label", in_comment(&field.label));
            }
            if let ChildKind::Places { capacity } = &child.kind {
                values.text("capacity_sql", column_of(plan.field(capacity)?));
            }
            for field in fields {
                columns.push(column_of(field));
                let line = part::to_row(field, "input");
                bound.push(
                    line.split_once(": ").map_or("null", |(_, value)| value.trim_end_matches(',')).to_owned(),
                );
            }
            columns.push("created_at".into());
            bound.push("created_at".into());
            values.lines("row_fields", &row).lines("from_row", &from);
            values
                .text("insert_columns", columns.join(", "))
                .text("insert_places", vec!["?"; columns.len()].join(", "))
                .text("insert_values", bound.join(", "));
            let (order, words) = match date_of(child) {
                Some(date) => (format!("{}, rowid", column_of(date)), "in the order of their dates"),
                None if matches!(child.kind, ChildKind::Ledger { .. }) => {
                    ("rowid DESC".to_owned(), "newest first")
                }
                None => ("rowid".to_owned(), "oldest first"),
            };
            values.text("order", order).text("order_words", words);
            let ledger = matches!(child.kind, ChildKind::Ledger { .. });
            let places = matches!(child.kind, ChildKind::Places { .. });
            values.text("problem_import", if ledger || places { ", Problem" } else { "" });
            let clock = fields.iter().any(|field| field.kind == FieldKind::Duration);
            values.text("clock_import", if clock { super::backend::CLOCK } else { "" });
            Ok((format!("backend/{}.ts", names.path), values.render(template!("backend/child.ts"))?))
        })
        .collect()
}

pub(super) fn frontend_files(plan: &Plan<'_>) -> Result<Vec<File>, GenerateError> {
    let mut files: Vec<File> = plan
        .children
        .iter()
        .map(|(child, names)| {
            let text = frontend_values(plan, child, names)?.render(template!("frontend/parts/Child.tsx"))?;
            Ok((format!("frontend/parts/{}.tsx", names.tys), text))
        })
        .collect::<Result<_, GenerateError>>()?;
    if plan.spec.children.iter().any(|child| child.total.is_some()) {
        let text = plan.values().render(template!("frontend/parts/Totals.tsx"))?;
        files.push(("frontend/parts/Totals.tsx".into(), text));
    }
    Ok(files)
}

fn frontend_values(plan: &Plan<'_>, child: &Child, names: &Names) -> Result<Values, GenerateError> {
    let mut values = values(plan, child, names)?;
    let fields: Vec<&Field> = child.entity.fields.iter().collect();
    let ledger = matches!(child.kind, ChildKind::Ledger { .. });
    let mut draft: Vec<String> = fields.iter().map(|field| page::draft_type(field)).collect();
    let mut empty: Vec<String> =
        fields.iter().map(|field| format!("{}: {}", field.name, page::draft_empty(field))).collect();
    let mut inputs: Vec<String> = fields.iter().map(|field| page::input(field, false, false)).collect();
    let mut components = super::frontend::inputs_components(&fields);
    if ledger {
        draft.insert(0, "amount: string;".into());
        empty.insert(0, "amount: \"\"".into());
        inputs.insert(0, "<TextField label=\"%[Amount]\" {...bind(\"amount\")} numeric required />".into());
        if !components.contains(&"TextField".to_owned()) {
            components.push("TextField".into());
        }
    }
    let mut facts: Vec<String> = Vec::new();
    let var = &names.var;
    if ledger {
        facts.push(format!(
            "<span className=\"w-12 font-semibold tabular-nums\">\n  {{{var}.direction === \"in\" ? \"+\" : \"−\"}}\n  {{{var}.amount}}\n</span>"
        ));
    }
    let title = child.entity.title_field();
    for field in &fields {
        if Some(*field) == title && field.kind.is_text() {
            facts
                .push(format!("<span className=\"font-medium break-words\">{{{var}.{}}}</span>", field.name));
        } else if field.kind == FieldKind::LongText {
            facts.push(format!("<span className=\"basis-full break-words whitespace-pre-wrap empty:hidden\">{{{var}.{}}}</span>", field.name));
        } else {
            facts.extend(page::fact(field, var));
        }
    }
    if ledger {
        facts.push(format!("<span className=\"ml-auto text-xs text-stone-500 tabular-nums\">{{showDate({var}.created_at)}}</span>"));
    }
    let all = facts.join("");
    let mut formats = page::formats(&fields);
    if ledger && !formats.contains(&"showDate") {
        formats.push("showDate");
    }
    if empty.iter().any(|line| line.ends_with("today()")) {
        formats.push("today");
    }
    let mut ui: Vec<&str> = Vec::new();
    if all.contains("<Badge") {
        ui.push("Badge");
    }
    ui.push("Button");
    if all.contains("<Fact") {
        ui.push("Fact");
    }
    values
        .lines("draft_type", &draft)
        .text("draft_empty", empty.join(", "))
        .lines("inputs", &inputs)
        .text("field_imports", components.join(", "))
        .lines("child_facts", &facts)
        .flag("child_format", !formats.is_empty())
        .text("child_format_imports", formats.join(", "))
        .text("child_ui_imports", ui.join(", "))
        .text(
            "totals_import",
            if child.total.is_some() { "import { Totals } from \"./Totals.tsx\";" } else { "" },
        )
        .text("child_totals", totals(child, names));
    if fields.iter().any(|field| field.kind == FieldKind::Priority) {
        return Err(super::plan::wrong("a list inside an entry has no priority".into()));
    }
    Ok(values)
}

fn totals(child: &Child, names: &Names) -> String {
    let Some(Product { factor, by, percent }) = &child.total else { return String::new() };
    let var = &names.var;
    let value = |name: &str| {
        let null = child.entity.field(name).is_none_or(|field| !part::never_null(field));
        if null { format!("({var}.{name} ?? 0)") } else { format!("{var}.{name}") }
    };
    let rate = match percent {
        Some(percent) => format!("Number.parseFloat(String({var}.{percent} ?? 0))"),
        None => "0".to_owned(),
    };
    let label =
        percent.as_ref().and_then(|name| child.entity.field(name)).map_or("", |field| field.label.as_str());
    format!(
        "<Totals\n  label={}\n  lines={{{}.map(({var}) => ({{ net: {} * {}, percent: {rate} }}))}}\n/>",
        super::text::jsx_attribute(label),
        names.vars,
        value(factor),
        value(by),
    )
}
