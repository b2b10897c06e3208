//! How one of the main entity looks in a list.

use crate::{
    ChildKind, Condition, Field, FieldKind, GenerateError, Operand, View,
    compose::{
        backend_field::never_null,
        children::count_name,
        frontend_field as part,
        plan::Plan,
        template::Values,
        text::{jsx_attribute, jsx_text, number},
    },
    words::capitalized,
};

/// The text that names one, as an expression; never empty.
pub(super) fn title(plan: &Plan<'_>, var: &str) -> String {
    let Some(field) = plan.spec.entity.title_field() else { return "\"–\"".into() };
    let shown = match field.kind {
        FieldKind::YesNo => format!("String({var}.{})", field.name),
        FieldKind::Date | FieldKind::DateTime | FieldKind::Money if !never_null(field) => {
            format!("{var}.{name} === null ? \"–\" : {}", part::shown(field, var), name = field.name)
        }
        FieldKind::Tags => format!("{var}.{}.join(\", \")", field.name),
        FieldKind::Number | FieldKind::Integer => format!("String({var}.{} ?? \"–\")", field.name),
        _ => part::shown(field, var),
    };
    if super::may_be_empty(field) && (field.kind.is_text() || shown.ends_with(&field.name)) {
        format!("({shown} || \"–\")")
    } else {
        shown
    }
}

fn raw_title(plan: &Plan<'_>, var: &str) -> String {
    match plan.spec.entity.title_field() {
        Some(field) if field.kind.is_text() => format!("{var}.{}", field.name),
        _ => title(plan, var),
    }
}

pub(super) fn values(plan: &Plan<'_>, values: &mut Values) -> Result<(), GenerateError> {
    let spec = plan.spec;
    let var = &plan.names.var;
    let title_field = spec.entity.title_field();
    let done = spec.features.done.as_ref().map(|done| &done.field);
    let fields: Vec<&Field> = spec
        .entity
        .fields
        .iter()
        .filter(|field| Some(*field) != title_field && Some(&field.name) != done)
        .collect();
    let mut facts: Vec<String> = Vec::new();
    let mut lets: Vec<String> = Vec::new();
    highlights(plan, &mut facts, &mut lets);
    facts.extend(fields.iter().filter_map(|field| part::fact(field, var)));
    child_facts(plan, &mut facts);
    if fields.iter().any(|field| field.kind == FieldKind::Priority) {
        lets.push(PRIORITIES.into());
    }
    let body: Vec<String> = fields
        .iter()
        .filter(|field| field.kind == FieldKind::LongText)
        .map(|field| text(plan, field, var))
        .collect();
    let markdown_outside = spec.features.markdown && spec.view == View::Cards;
    values.lines("row_text", if markdown_outside { &[] } else { &body[..] });
    values.flag("row_markdown", body.iter().any(|line| line.contains("<Markdown")));
    values.lines("row_body", if markdown_outside { &body[..] } else { &[] });
    values.lines("row_facts", &facts).lines("row_lets", &lets);

    let shown: Vec<&Field> = match title_field {
        Some(title) if !matches!(title.kind, FieldKind::Text) => {
            fields.iter().copied().chain([title]).collect()
        }
        _ => fields.clone(),
    };
    let mut formats = part::formats(&shown);
    if facts.iter().any(|fact| fact.contains("money(")) && !formats.contains(&"money") {
        formats.insert(0, "money");
    }
    if facts.iter().any(|fact| fact.contains("daysBetween(")) {
        formats.insert(0, "daysBetween");
    }
    if lets.iter().any(|line| line.contains("today()")) && spec.view != View::Habits {
        formats.push("today");
    }
    let all = facts.join("");
    let ui: Vec<&str> =
        ["Badge", "Fact"].into_iter().filter(|name| all.contains(&format!("<{name}"))).collect();
    values.flag("row_format", !formats.is_empty()).text("row_format_imports", formats.join(", "));
    values.flag("row_ui", !ui.is_empty()).text("row_ui_imports", ui.join(", "));
    let mut answer_ui = ui.clone();
    answer_ui.insert(usize::from(ui.first() == Some(&"Badge")), "Button");
    values.text("answer_ui_imports", answer_ui.join(", "));
    values.text("row_title", title(plan, var)).text("row_title_raw", raw_title(plan, var));
    let long = title_field.is_some_and(|field| field.kind == FieldKind::LongText);
    values.text("title_look", if long { "whitespace-pre-wrap" } else { "pr-6 font-semibold" });
    let mut arguments = String::new();
    if done.is_some() {
        arguments.push_str(", onToggle");
    }
    if spec.features.pin {
        arguments.push_str(", onPin");
    }
    values.text("row_args", arguments);
    values.text("row_class", row_class(plan));
    let colour = spec.entity.fields.iter().find(|field| field.kind == FieldKind::Colour);
    values.text("colour_field", colour.map_or("", |field| &field.name));
    values.text("colour_first", crate::compose::COLOURS.first());
    Ok(())
}

const PRIORITIES: &str = "const PRIORITIES = {\n  low: { label: \"%[Low]\", tone: \"plain\" },\n  \
    medium: { label: \"%[Medium]\", tone: \"warm\" },\n  high: { label: \"%[High]\", tone: \"bad\" },\n} as const;";

fn row_class(plan: &Plan<'_>) -> String {
    let base = "flex items-start gap-3 px-4 py-3 hover:bg-stone-50 dark:hover:bg-stone-800/50";
    if plan.spec.features.highlights.is_empty() {
        format!("className=\"{base}\"")
    } else {
        format!("className={{`{base} ${{standsOut ? \"bg-red-50 dark:bg-red-950/40\" : \"\"}}`}}")
    }
}

fn text(plan: &Plan<'_>, field: &Field, var: &str) -> String {
    let source = format!("{var}.{}", field.name);
    match plan.spec.view {
        View::Cards if plan.spec.features.markdown => {
            format!(
                "<div className=\"mt-2 max-h-72 overflow-hidden\">\n  <Markdown text={{{source}}} />\n</div>"
            )
        }
        View::Cards => format!(
            "<span className=\"mt-1 line-clamp-[12] block text-sm break-words whitespace-pre-wrap empty:hidden\">{{{source}}}</span>"
        ),
        View::Form => format!(
            "<span className=\"mt-0.5 block text-sm break-words whitespace-pre-wrap empty:hidden\">{{{source}}}</span>"
        ),
        _ => format!(
            "<span className=\"mt-0.5 line-clamp-2 block text-sm break-words text-stone-500 empty:hidden dark:text-stone-400\">{{{source}}}</span>"
        ),
    }
}

fn highlights(plan: &Plan<'_>, facts: &mut Vec<String>, lets: &mut Vec<String>) {
    let var = &plan.names.var;
    let mut names = Vec::new();
    for (index, highlight) in plan.spec.features.highlights.iter().enumerate() {
        let name = format!("mark{}", index + 1);
        let label = jsx_text(&highlight.label);
        let (condition, badge) = match &highlight.condition {
            Condition::Overdue { field } => {
                let open = plan
                    .spec
                    .features
                    .done
                    .as_ref()
                    .map_or(String::new(), |done| format!("!{var}.{} && ", done.field));
                let date = format!("{var}.{field}");
                (
                    format!("{open}{date} !== null && {date}.slice(0, 10) < today()"),
                    format!("{label} ({{daysBetween({date} ?? \"\", today())}} %[days late])"),
                )
            }
            Condition::AtMost { field, than } => (compared(plan, field, "<=", than), label),
            Condition::MoreThan { field, than } => (compared(plan, field, ">", than), label),
        };
        lets.push(format!("const {name} = {condition};"));
        facts.push(format!("{{{name} && <Badge tone=\"bad\">{badge}</Badge>}}"));
        names.push(name);
    }
    let row_has_class = matches!(plan.spec.view, View::List | View::Calendar);
    if !names.is_empty() && row_has_class {
        lets.push(format!("const standsOut = {};", names.join(" || ")));
    }
}

/// A comparison of numbers, of which those that may be missing are looked at first.
fn compared(plan: &Plan<'_>, field: &str, sign: &str, than: &Operand) -> String {
    let var = &plan.names.var;
    let mut conditions: Vec<String> = Vec::new();
    let mut side = |name: &str| {
        if plan.spec.entity.field(name).is_some_and(|field| !never_null(field)) {
            conditions.push(format!("{var}.{name} !== null"));
        }
        format!("{var}.{name}")
    };
    let left = side(field);
    let right = match than {
        Operand::Field(name) => side(name),
        Operand::Value(value) => number(*value),
    };
    conditions.push(format!("{left} {sign} {right}"));
    conditions.join(" && ")
}

fn child_facts(plan: &Plan<'_>, facts: &mut Vec<String>) {
    let var = &plan.names.var;
    for (child, _) in &plan.children {
        let count = format!("{var}.{}", count_name(child));
        match &child.kind {
            ChildKind::Places { capacity } => facts.push(format!(
                "<Badge tone={{{count} >= ({var}.{capacity} ?? 0) ? \"plain\" : \"good\"}}>\n  {{{count}}} %[of] {{{var}.{capacity}}}\n</Badge>"
            )),
            ChildKind::Plain if child.total.is_none() => {
                let label = jsx_attribute(&capitalized(&child.entity.plural_label));
                facts.push(format!("{{{count} > 0 && <Fact label={label}>{{{count}}}</Fact>}}"));
            }
            _ => {}
        }
        if let Some(total) = &child.total {
            let name = if total.percent.is_some() { "total" } else { "subtotal" };
            facts.push(format!("<Fact label=\"%[Total]\">{{money({var}.{name})}}</Fact>"));
        }
    }
}

/// The row in the list of the app.
pub(super) fn usage(plan: &Plan<'_>) -> String {
    let (var, path) = (&plan.names.var, &plan.names.path);
    let features = &plan.spec.features;
    let mut attributes = vec![format!("{var}={{{var}}}"), format!("onOpen={{() => setOpen({var}.id)}}")];
    let patch = |change: &str| format!("attempt(() => api.patch(`/{path}/${{{var}.id}}`, {{ {change} }}))");
    if let Some(done) = features.done.as_ref().filter(|_| plan.spec.view != View::Habits) {
        let change = if done.field == "done" { "done".to_owned() } else { format!("{}: done", done.field) };
        attributes.push(format!("onToggle={{(done) => {}}}", patch(&change)));
    }
    if features.pin {
        attributes.push(format!("onPin={{(pinned) => {}}}", patch("pinned")));
    }
    if features.streak {
        attributes.push(format!(
            "onTick={{(day, ticked) =>\n    attempt(() => {{\n      const path = `/{path}/${{{var}.id}}/ticks/${{day}}`;\n      \
             return ticked ? api.put(path, {{}}) : api.delete(path);\n    }})\n  }}"
        ));
    }
    part::element("Row", &attributes)
}
