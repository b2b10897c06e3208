//! The backend of an app: types, checks, SQL, rules and routes.

mod store;

use super::{
    backend_field as part, children,
    plan::Plan,
    rules,
    template::{Values, template},
    text::{in_comment, js},
};
use crate::{Field, FieldKind, GenerateError};

pub(super) use store::{CLOCK, sort_options};

/// A file and its text.
pub(super) type File = (String, String);

pub(super) fn files(plan: &Plan<'_>) -> Result<Vec<File>, GenerateError> {
    let mut values = plan.values();
    let choice =
        plan.any(|kind| matches!(kind, FieldKind::Choice { .. } | FieldKind::Priority | FieldKind::Colour));
    values.flag("choice", choice || children::has_ledger(plan));
    values.flag("number", plan.any(FieldKind::is_number) || children::has_ledger(plan));
    types(plan, &mut values)?;
    validate(plan, &mut values);
    store::store(plan, &mut values)?;
    index(plan, &mut values)?;
    let mut files = vec![
        file("backend/index.ts", values.render(template!("backend/index.ts"))?),
        file("backend/http.ts", values.render(template!("backend/http.ts"))?),
        file("backend/check.ts", values.render(template!("backend/check.ts"))?),
        file("backend/where.ts", values.render(template!("backend/where.ts"))?),
        file("backend/types.ts", values.render(template!("backend/types.ts"))?),
        file("backend/validate.ts", values.render(template!("backend/validate.ts"))?),
        file("backend/store.ts", values.render(template!("backend/store.ts"))?),
    ];
    if plan.has_stored_rules() {
        files.push(file("backend/rules.ts", rules::render(plan, &mut values)?));
    }
    if values.is_on("habits") {
        files.push(file("backend/streak.ts", values.render(template!("backend/streak.ts"))?));
    }
    if values.is_on("duration") {
        files.push(file("backend/clock.ts", values.render(template!("backend/clock.ts"))?));
    }
    if values.is_on("closing") {
        files.push(file("backend/settings.ts", values.render(template!("backend/settings.ts"))?));
    }
    if plan.days_after().is_some() || values.is_on("repeat") {
        let weekdays = plan.days_after().is_some_and(|(_, _, _, weekdays)| weekdays);
        values.flag("on_weekdays", weekdays);
        values.text(
            "weekday_doc",
            if weekdays { "; a Saturday or Sunday becomes the Monday after" } else { "" },
        );
        files.push(file("backend/days.ts", values.render(template!("backend/days.ts"))?));
    }
    if let Some(repeat) = plan.spec.features.repeat {
        let date = plan.date_field()?;
        values.text("weeks_max", repeat.weeks_max.to_string());
        values.text("date_field", &date.name);
        let rest = if date.kind == FieldKind::DateTime {
            format!(" + input.{}.slice(10)", date.name)
        } else {
            String::new()
        };
        values.text("date_rest", rest);
        files.push(file("backend/repeat.ts", values.render(template!("backend/repeat.ts"))?));
    }
    if let Some(sync) = &plan.spec.sync {
        let list = |names: &[String]| names.iter().map(|name| js(name)).collect::<Vec<_>>().join(", ");
        values
            .text("title_names", list(&sync.title_properties))
            .text("date_names", list(&sync.date_properties))
            .text("time_names", list(&sync.time_properties))
            .text("done_names", list(&sync.done_properties));
        files.push(file("backend/sync.ts", values.render(template!("backend/sync.ts"))?));
    }
    files.extend(children::backend_files(plan)?);
    Ok(files)
}

fn file(path: &str, text: String) -> File {
    (path.to_owned(), text)
}

fn types(plan: &Plan<'_>, values: &mut Values) -> Result<(), GenerateError> {
    let property = |field: &Field| {
        let unit = field.unit.as_ref().map(|unit| format!(" // {}", in_comment(unit))).unwrap_or_default();
        format!("{}: {};{unit}", field.name, part::typescript(field))
    };
    let input: Vec<String> = plan.spec.entity.fields.iter().map(property).collect();
    values.lines("input_fields", &input);
    let features = &plan.spec.features;
    let mut extra: Vec<String> = Vec::new();
    if features.pin {
        values.text("input_fields", format!("{}\npinned: boolean;", input.join("\n")));
    }
    if features.reference {
        extra.push("/** What the person can refer to. */\nreference: string;".into());
    }
    if features.streak {
        extra.push("/** The ticked days, the latest first. */\ndays: string[];\nstreak: number;".into());
    }
    extra.extend(children::counts(plan).map(|(name, _)| format!("{name}: number;")));
    values.lines("extra_fields", &extra);

    let mut summary = vec!["count: number;".to_owned()];
    if features.done.is_some() {
        summary.push("/** Those that are not done. */\nopen: number;".into());
    }
    summary.extend(features.figures.iter().enumerate().map(|(index, figure)| {
        format!("/** {} */\nfigure_{}: number;", in_comment(&figure.label), index + 1)
    }));
    summary.extend(features.groups.iter().enumerate().map(|(index, group)| {
        format!("/** {} */\ngroups_{}: Group[];", in_comment(&group.label), index + 1)
    }));
    summary.extend(suggested(plan).map(|field| {
        format!("/** Values of {} in use. */\n{}: string[];", in_comment(&field.label), field.name)
    }));
    values.lines("summary_fields", &summary);
    let mut more: Vec<String> = children::types(plan);
    if !features.groups.is_empty() {
        more.push("/** A sum or count for one value. */\nexport interface Group {\n  name: string;\n  figure: number;\n}".into());
    }
    if features.closing.is_some() {
        more.push("/** Until when answers are taken. */\nexport interface Settings {\n  closes_on: string | null;\n  closed: boolean;\n}".into());
    }
    if plan.spec.sync.is_some() {
        more.push(
            "/** Something of another app, as its events told. */\nexport interface Synced {\n  id: string;\n  source: string;\n  \
             kind: string;\n  title: string;\n  date: string | null;\n  time: string | null;\n  done: boolean;\n}"
                .into(),
        );
    }
    values.flag("children", !more.is_empty());
    values.text("child_types", more.join("\n\n"));
    Ok(())
}

/// Fields whose values in use are offered again.
pub(super) fn suggested<'a>(plan: &Plan<'a>) -> impl Iterator<Item = &'a Field> + use<'a> {
    let spec = plan.spec;
    spec.entity.fields.iter().filter(move |field| match field.kind {
        FieldKind::Category | FieldKind::Tags => true,
        FieldKind::Text => spec.features.filters.contains(&field.name),
        _ => false,
    })
}

fn validate(plan: &Plan<'_>, values: &mut Values) {
    let fields = &plan.spec.entity.fields;
    let mut imports: Vec<String> = children::input_types(plan);
    imports.push(format!("{}Input", plan.names.ty));
    values.text("type_imports", imports.join(", "));
    let label = |field: &Field| format!("{}: {},", field.name, js(&field.label));
    let mut seen: Vec<&str> = Vec::new();
    let mut labels = Vec::new();
    for field in plan.all_fields() {
        if !seen.contains(&field.name.as_str()) {
            seen.push(&field.name);
            labels.push(label(field));
        }
    }
    values.lines("labels", &labels);
    let mut constants: Vec<String> = fields.iter().filter_map(|field| part::constant(field, "")).collect();
    constants.extend(children::constants(plan));
    let block = if constants.is_empty() { String::new() } else { format!("\n{}", constants.join("\n")) };
    values.text("constants", block);
    let mut checks: Vec<String> = fields.iter().map(|field| part::check(field, "")).collect();
    if plan.spec.features.pin {
        checks.push("pinned: check.yesNo(\"pinned\"),".into());
        values.flag("yes_no", true);
    }
    values.lines("checks", &checks);
    values.lines("cross_checks", &rules::cross_checks(plan));
    values.lines("late_values", &rules::late_values(plan));
    let mut more = children::checks(plan);
    if plan.spec.features.streak {
        more.push(
            "/** A day as 2026-12-31. */\nexport function checkDay(day: string): string {\n  \
             const check = new Check({ day }, { day: \"%[Day]\" });\n  const checked = check.date(\"day\", { required: true });\n  \
             check.finish();\n  return checked;\n}"
                .into(),
        );
        values.flag("date", true);
    }
    let days = plan.days_after().is_some();
    values.text("extra_imports", if days { "import { daysAfter } from \"./days.ts\";" } else { "" });
    values.text(
        "child_checks",
        if more.is_empty() { String::new() } else { format!("\n{}", more.join("\n\n")) },
    );
}

fn index(plan: &Plan<'_>, values: &mut Values) -> Result<(), GenerateError> {
    let names = &plan.names;
    let features = &plan.spec.features;
    let mut imports: Vec<String> = Vec::new();
    for (child, names) in &plan.children {
        imports.push(children::import(child, names));
    }
    if features.repeat.is_some() {
        imports.push("import { createRepeated } from \"./repeat.ts\";".into());
    }
    if features.closing.is_some() {
        imports
            .push("import { readSettings, refuseWhenClosed, writeSettings } from \"./settings.ts\";".into());
    }
    let mut store: Vec<String> = Vec::new();
    if features.repeat.is_none() {
        store.push(format!("create{}", names.ty));
    }
    store.extend([format!("delete{}", names.ty), format!("find{}", names.ty), format!("list{}", names.tys)]);
    if features.bin_days.is_some() {
        store.push(format!("restore{}", names.ty));
    }
    if features.streak {
        store.push("setTick".into());
    }
    store.extend(["summarize".to_owned(), format!("update{}", names.ty)]);
    imports.push(import(&store, "./store.ts"));
    if plan.spec.sync.is_some() {
        imports.push("import { listSynced, receive } from \"./sync.ts\";".into());
    }
    let mut checks = children::check_names(plan);
    checks.push(format!("check{}", names.ty));
    if features.streak {
        checks.push("checkDay".into());
    }
    imports.push(import(&checks, "./validate.ts"));
    values.lines("imports", &imports);
    values.text("key_binding", if features.streak || !plan.children.is_empty() { ", key" } else { "" });
    values.lines("child_routes", &children::routes(plan));
    let mut more = children::route_functions(plan);
    if features.closing.is_some() {
        more.push(SETTINGS_ROUTE.to_owned());
    }
    if let Some(sync) = &plan.spec.sync {
        values.text("sync_name", &sync.name);
    }
    values.text("more", if more.is_empty() { String::new() } else { format!("\n{}", more.join("\n\n")) });
    Ok(())
}

/// The route of the closing day.
const SETTINGS_ROUTE: &str = "async function settings(request: Request, env: Env): Promise<Response> {
  if (request.method === \"GET\") return Response.json(await readSettings(env.DB));
  if (request.method !== \"PUT\") throw notAllowed();
  return Response.json(await writeSettings(env.DB, await readObject(request)));
}";

/// An import on one line when it is short, else one name a line.
pub(super) fn import(names: &[String], from: &str) -> String {
    let line = format!("import {{ {} }} from \"{from}\";", names.join(", "));
    if line.len() <= 110 {
        line
    } else {
        format!("import {{\n  {},\n}} from \"{from}\";", names.join(",\n  "))
    }
}
