//! The page of an app: which parts it has, and what each part shows.

mod list;
mod row;

use super::{
    backend::{File, import, suggested},
    backend_field::never_null,
    children, frontend_field as part,
    plan::Plan,
    template::{Values, template},
    text::{js, jsx_text},
};
use crate::{Field, FieldKind, GenerateError, InitialValue, Language, View};

pub(super) fn files(plan: &Plan<'_>) -> Result<Vec<File>, GenerateError> {
    let mut values = plan.values();
    common(plan, &mut values);
    form(plan, &mut values)?;
    list::toolbar(plan, &mut values)?;
    list::figures(plan, &mut values)?;
    row::values(plan, &mut values)?;
    app(plan, &mut values)?;
    let view = plan.spec.view;
    let app = match view {
        View::List | View::Cards | View::Habits => template!("frontend/App.list.tsx"),
        View::Calendar => template!("frontend/App.calendar.tsx"),
        View::Form => template!("frontend/App.form.tsx"),
    };
    let row = match view {
        View::List | View::Calendar => ("Row", template!("frontend/parts/Row.tsx")),
        View::Cards => ("NoteCard", template!("frontend/parts/NoteCard.tsx")),
        View::Habits => ("HabitRow", template!("frontend/parts/HabitRow.tsx")),
        View::Form => ("Answer", template!("frontend/parts/Answer.tsx")),
    };
    let mut files = vec![
        ("frontend/App.tsx".to_owned(), values.render(app)?),
        part_file("Form.tsx", values.render(template!("frontend/parts/Form.tsx"))?),
        part_file(&format!("{}.tsx", row.0), values.render(row.1)?),
        part_file("fields.tsx", values.render(template!("frontend/parts/fields.tsx"))?),
        part_file("problems.ts", values.render(template!("frontend/parts/problems.ts"))?),
        part_file("ui.tsx", values.render(template!("frontend/parts/ui.tsx"))?),
    ];
    if view != View::Calendar {
        files.push(part_file("Toolbar.tsx", values.render(template!("frontend/parts/Toolbar.tsx"))?));
        if values.is_on("figures") {
            files.push(part_file("Figures.tsx", values.render(template!("frontend/parts/Figures.tsx"))?));
        }
        if values.is_on("csv") {
            files.push(part_file("CsvLink.tsx", values.render(template!("frontend/parts/CsvLink.tsx"))?));
        }
    } else {
        files.push(part_file("Month.tsx", values.render(template!("frontend/parts/Month.tsx"))?));
        if values.is_on("week_view") {
            files.push(part_file("Week.tsx", values.render(template!("frontend/parts/Week.tsx"))?));
        }
    }
    for (flag, name, template) in [
        ("colour", "colours.ts", template!("frontend/parts/colours.ts")),
        ("markdown", "Markdown.tsx", template!("frontend/parts/Markdown.tsx")),
        ("synced_list", "SyncedList.tsx", template!("frontend/parts/SyncedList.tsx")),
        ("closing", "Closing.tsx", template!("frontend/parts/Closing.tsx")),
        ("expected", "Expected.tsx", template!("frontend/parts/Expected.tsx")),
    ] {
        if values.is_on(flag) {
            files.push(part_file(name, values.render(template)?));
        }
    }
    files.extend(children::frontend_files(plan)?);
    files.push(part_file("format.ts", format(&mut values, &files)?));
    Ok(files)
}

/// `format.ts` with what the other files import from it.
fn format(values: &mut Values, files: &[File]) -> Result<String, GenerateError> {
    let imported = |name: &str| {
        files
            .iter()
            .flat_map(|(_, text)| text.lines())
            .any(|line| line.contains("/format.ts\"") && line.contains(name))
    };
    values
        .flag("shows_dates", imported("showDate"))
        .flag("days_late", imported("daysBetween"))
        .flag("shows_money", imported("money"));
    values.render(template!("frontend/parts/format.ts"))
}

fn part_file(name: &str, text: String) -> File {
    (format!("frontend/parts/{name}"), text)
}

fn common(plan: &Plan<'_>, values: &mut Values) {
    let spec = plan.spec;
    let features = &spec.features;
    values.flag("choice", plan.any(|kind| matches!(kind, FieldKind::Choice { .. } | FieldKind::Priority)));
    values.flag("figures", !features.figures.is_empty() || !features.groups.is_empty());
    values.flag("csv", features.csv || spec.view == View::Form);
    values.flag("synced_list", spec.sync.is_some() && spec.view != View::Calendar);
    values.flag("week_view", spec.view == View::Calendar);
    values.flag("undo", plan.children.is_empty() && !features.streak);
    values.flag("confirm_delete", !plan.children.is_empty() || features.streak);
    values.text("add_word", add_word(plan));
    let empty = match spec.language {
        Language::English => format!("No {} yet.", spec.entity.plural_label),
        _ => format!("%[No entries yet:] {}", spec.entity.plural_label),
    };
    values.text("empty_title", empty.replace(['"', '{', '<', '\\'], " "));
    values.text(
        "sync_title",
        spec.sync.as_ref().map_or("", |sync| &sync.title).replace(['"', '{', '<', '>', '}'], " "),
    );
    values.text(
        "sync_event",
        spec.sync.as_ref().map_or_else(String::new, |sync| format!("{}.changed", sync.name)),
    );
    values.text("expected_label", jsx_text(features.expected.as_deref().unwrap_or_default()));
    values.flag("today", features.streak);
    values.text("today_param", if features.streak { ", today: string" } else { "" });
    values.text("today_arg", if features.streak { ", today()" } else { "" });
    values.text(
        "state_import",
        if values.is_on("tags") || (values.is_on("markdown") && values.is_on("long_text")) {
            ", useState"
        } else {
            ""
        },
    );
    values.text("preview_props", "");
}

/// What the button says that opens an empty form.
fn add_word(plan: &Plan<'_>) -> String {
    let label = &plan.spec.entity.label;
    jsx_safe(&match plan.spec.language {
        Language::English => format!("Add {label}"),
        _ => format!("+ {}", crate::words::capitalized(label)),
    })
}

/// A label inside JSX text that also holds fixed words.
fn jsx_safe(text: &str) -> String {
    text.replace(['{', '}', '<', '>', '&', '"', '\\'], " ")
}

fn form(plan: &Plan<'_>, values: &mut Values) -> Result<(), GenerateError> {
    let spec = plan.spec;
    let var = &plan.names.var;
    let calendar_date =
        (spec.view == View::Calendar).then(|| plan.date_field()).transpose()?.map(|field| &field.name);
    let fields: Vec<&Field> = spec.entity.fields.iter().filter(|field| shown_in_form(plan, field)).collect();
    let mut draft: Vec<String> = fields.iter().map(|field| part::draft_type(field)).collect();
    let mut drafted: Vec<String> = fields
        .iter()
        .map(|field| part::draft_value(field, var, calendar_date == Some(&field.name)))
        .collect();
    let suggested: Vec<&Field> = suggested(plan).collect();
    let mut inputs: Vec<String> = fields
        .iter()
        .enumerate()
        .map(|(index, field)| {
            part::input(field, suggested.contains(field), index == 0 && spec.view != View::Form)
        })
        .collect();
    if let Some(repeat) = spec.features.repeat {
        draft.push("repeat_weeks: string;".into());
        drafted.push("repeat_weeks: \"1\",".into());
        let attributes = [
            format!("label=\"%[Repeat weekly, times (at most {})]\"", repeat.weeks_max).replace(
                &format!("%[Repeat weekly, times (at most {})]", repeat.weeks_max),
                &format!("%[Repeat weekly, times] (1–{})", repeat.weeks_max),
            ),
            "{...bind(\"repeat_weeks\")}".to_owned(),
            "numeric".to_owned(),
        ];
        inputs.push(format!("{{!{var} && {}}}", part::element("TextField", &attributes)));
    }
    let mut components: Vec<String> = inputs_components(&fields);
    if spec.features.repeat.is_some() && !components.contains(&"TextField".to_owned()) {
        components.push("TextField".into());
    }
    components.sort();
    let suggest = !suggested.is_empty();
    let today =
        fields.iter().any(|field| field.initial == Some(InitialValue::Today)) || calendar_date.is_some();
    let mut arguments: Vec<&str> = vec![var];
    if suggest {
        arguments.push("summary");
    }
    if calendar_date.is_some() {
        arguments.push("day");
    }
    arguments.extend(["onSaved", "onCancel"]);
    if spec.view != View::Form {
        arguments.push("onDelete");
    }
    values
        .lines("draft_type", &draft)
        .lines("draft_values", &drafted)
        .lines("inputs", &inputs)
        .text("field_imports", components.join(", "))
        .flag("form_format", today)
        .text("form_format_imports", "today")
        .text(
            "form_type_imports",
            if suggest { format!("Summary, {}", plan.names.ty) } else { plan.names.ty.clone() },
        )
        .flag("suggest", suggest)
        .flag("prefill_date", calendar_date.is_some())
        .text("draft_params", if calendar_date.is_some() { ", day?: string" } else { "" })
        .text("draft_args", if calendar_date.is_some() { ", day" } else { "" })
        .text("form_args", arguments.join(", "))
        .text("form_label", js(&spec.entity.label))
        .text("save_word", if spec.view == View::Form { "%[Send]" } else { "%[Save]" })
        .text("suggest_prop", if suggest { " summary={summary.data}" } else { "" })
        .text("suggest_line", if suggest { "summary={summary.data}" } else { "" });
    Ok(())
}

/// What is ticked in the list is not asked for in the form as well.
fn shown_in_form(plan: &Plan<'_>, field: &Field) -> bool {
    plan.spec.features.done.as_ref().is_none_or(|done| done.field != field.name)
        || plan.spec.view == View::Calendar
}

pub(super) fn inputs_components(fields: &[&Field]) -> Vec<String> {
    let mut components: Vec<String> = Vec::new();
    for field in fields {
        let component = part::component(field).to_owned();
        if !components.contains(&component) {
            components.push(component);
        }
    }
    components.sort();
    components
}

fn app(plan: &Plan<'_>, values: &mut Values) -> Result<(), GenerateError> {
    let spec = plan.spec;
    let var = &plan.names.var;
    values.text("width", if spec.view == View::Cards { "5xl" } else { "3xl" });
    values.text("count_text", count_text(plan));
    let settings = if spec.features.closing.is_some() { "Settings, " } else { "" };
    values.text("app_types", format!("{settings}Summary, {}", plan.names.ty));
    values.text("synced_type_import", if spec.sync.is_some() { ", Synced" } else { "" });
    values.text("form_tab", super::phrase("Form")).text("answers_tab", answers_tab(plan));
    let uses: Vec<String> = plan
        .children
        .iter()
        .map(|(_, names)| format!("<{} parent={{{var}.id}} onChange={{refresh}} />", names.tys))
        .collect();
    values.lines("children_use", &uses);
    values.text("row_use", row::usage(plan));
    values.lines("part_imports", &part_imports(plan, values));
    if spec.view == View::Calendar {
        calendar(plan, values)?;
    }
    Ok(())
}

fn answers_tab(plan: &Plan<'_>) -> String {
    let label = crate::words::capitalized(&plan.spec.entity.plural_label);
    jsx_safe(&label)
}

/// "3 todos, 2 open", as an expression.
fn count_text(plan: &Plan<'_>) -> String {
    let entity = &plan.spec.entity;
    let (one, many) = (js(&entity.label), js(&entity.plural_label));
    let label = if one == many {
        format!("${{{many}}}")
    } else {
        format!("${{summary.data.count === 1 ? {one} : {many}}}")
    };
    let open = match &plan.spec.features.done {
        Some(done) => {
            format!(", ${{summary.data.open}} {}", super::text::in_backticks(&done.open_label.to_lowercase()))
        }
        None => String::new(),
    };
    format!("`${{summary.data.count}} {label}{open}`")
}

fn calendar(plan: &Plan<'_>, values: &mut Values) -> Result<(), GenerateError> {
    let spec = plan.spec;
    let var = &plan.names.var;
    let date = plan.date_field()?;
    let is_moment = date.kind == FieldKind::DateTime;
    let time = spec.entity.fields.iter().find(|field| field.kind == FieldKind::Time);
    let entry_time = match (is_moment, time) {
        (true, _) => format!("{var}.{}.slice(11, 16)", date.name),
        (false, Some(time)) => format!("{var}.{}", time.name),
        (false, None) => "null".to_owned(),
    };
    let done = spec.features.done.as_ref().map_or("false".to_owned(), |done| format!("{var}.{}", done.field));
    let resource = spec.features.filters.iter().find_map(|name| {
        spec.entity.field(name).filter(|field| matches!(field.kind, FieldKind::Choice { .. }))
    });
    values
        .text("date_field", &date.name)
        .text("date_slice", if is_moment { ".slice(0, 10)" } else { "" })
        .text("entry_time", entry_time)
        .text("entry_title", row::title(plan, var))
        .text("entry_done", done)
        .text("previous_label", "%[Earlier]")
        .text("next_label", "%[Later]")
        .text("first_view", if spec.features.week { "week" } else { "month" })
        .flag("resource", resource.is_some());
    if let Some(field) = resource
        && let FieldKind::Choice { options } = &field.kind
    {
        let options: Vec<String> = options.iter().map(|option| js(option)).collect();
        values
            .text("resource", &field.name)
            .text("Resource", crate::words::capitalized(&field.name))
            .text("resource_label", js(&field.label))
            .text("resource_options", options.join(", "));
    }
    Ok(())
}

fn part_imports(plan: &Plan<'_>, values: &Values) -> Vec<String> {
    let spec = plan.spec;
    let (calendar, form) = (spec.view == View::Calendar, spec.view == View::Form);
    let mut lines: Vec<(String, &str)> = Vec::new();
    let mut add = |names: &[&str], from: &'static str| {
        lines.push((import(&names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>(), from), from))
    };
    if form {
        add(&["Answer"], "./parts/Answer.tsx");
    }
    if values.is_on("closing") {
        add(&["Closing"], "./parts/Closing.tsx");
    }
    if !calendar && values.is_on("csv") {
        add(&["CsvLink"], "./parts/CsvLink.tsx");
    }
    if values.is_on("expected") {
        add(&["Expected"], "./parts/Expected.tsx");
    }
    if !calendar && values.is_on("figures") {
        add(&["Figures"], "./parts/Figures.tsx");
    }
    add(&["Form"], "./parts/Form.tsx");
    if calendar || spec.features.streak {
        add(&["today"], "./parts/format.ts");
    }
    if form && values.is_on("closing") {
        add(&["showDate"], "./parts/format.ts");
    }
    match spec.view {
        View::List => add(&["Row"], "./parts/Row.tsx"),
        View::Cards => add(&["Row"], "./parts/NoteCard.tsx"),
        View::Habits => add(&["Row"], "./parts/HabitRow.tsx"),
        View::Calendar => {
            add(&["Month", "daysOfGrid", "longDay", "monthAway"], "./parts/Month.tsx");
            add(&["Row"], "./parts/Row.tsx");
            add(&["Week", "dayAway", "weekOf"], "./parts/Week.tsx");
        }
        View::Form => {}
    }
    add(&["messageOf"], "./parts/problems.ts");
    if values.is_on("synced_list") {
        add(&["SyncedList"], "./parts/SyncedList.tsx");
    }
    if !calendar {
        add(&["Toolbar", "asParameters", "everything"], "./parts/Toolbar.tsx");
    }
    let mut ui = vec!["Button", "Card", "Empty", "Notice"];
    if calendar && spec.sync.is_some() {
        ui.insert(0, "Badge");
    }
    add(&ui, "./parts/ui.tsx");
    let mut lines: Vec<String> = lines.into_iter().map(|(line, _)| line).collect();
    for (_, names) in &plan.children {
        lines.push(format!("import {{ {} }} from \"./parts/{}.tsx\";", names.tys, names.tys));
    }
    lines.sort_by_key(|line| line.rsplit("./parts/").next().unwrap_or_default().to_lowercase());
    if calendar {
        lines.push("import type { Entry } from \"./parts/Month.tsx\";".into());
    }
    lines.push("import type { NoticeText } from \"./parts/ui.tsx\";".into());
    if !calendar && spec.sync.is_some() {
        lines.insert(0, "import type { Synced } from \"../backend/types.ts\";".into());
    }
    lines
}

/// Whether a text field may be empty.
fn may_be_empty(field: &Field) -> bool {
    !(field.required || (never_null(field) && !field.kind.is_text()))
}
