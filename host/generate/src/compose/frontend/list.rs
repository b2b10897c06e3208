//! What is above a list: search, filters, sort, sums, download.

use crate::{
    Field, FieldKind, GenerateError,
    compose::{
        backend::sort_options,
        plan::Plan,
        template::Values,
        text::{js, jsx_attribute},
    },
};

pub(super) fn toolbar(plan: &Plan<'_>, values: &mut Values) -> Result<(), GenerateError> {
    let features = &plan.spec.features;
    let search = !features.search.is_empty();
    let mut keys: Vec<String> = Vec::new();
    if search {
        keys.push("search".into());
    }
    let done = features.done.as_ref();
    keys.extend(done.map(|_| "done".to_owned()));
    let mut filters = Vec::new();
    let mut uses_summary = false;
    for name in &features.filters {
        let field = plan.field(name)?;
        if done.is_some_and(|done| done.field == *name) {
            continue;
        }
        keys.push(name.clone());
        uses_summary |= matches!(field.kind, FieldKind::Category | FieldKind::Tags | FieldKind::Text);
        filters.push(filter(field));
    }
    if let Some(done) = done {
        // The filter of the ticked field has the field's own name on the wire.
        let name = &done.field;
        if let Some(key) = keys.iter_mut().find(|key| *key == "done") {
            key.clone_from(name);
        }
        values.text("done_field", name);
        values.text("done_label", plan.field(name)?.label.replace(['"', '`', '$', '{', '<'], " "));
        values.text("open_word", done.open_label.replace(['"', '`', '$', '{', '<'], " "));
    } else {
        values.text("done_field", "").text("done_label", "").text("open_word", "");
    }
    if let Some(month) = &features.month {
        keys.push("month".into());
        plan.field(month)?;
        filters.push(
            "<MonthPicker label=\"%[Month]\" value={query.month} onChange={set(\"month\")} />".to_owned(),
        );
    }
    if features.bin_days.is_some() {
        keys.push("bin".into());
    }
    keys.push("sort".into());
    let types: Vec<String> = keys.iter().map(|key| format!("{key}: string;")).collect();
    let empty: Vec<String> = keys.iter().map(|key| format!("{key}: \"\"")).collect();
    values.lines("query_type", &types).text("query_empty", empty.join(", "));
    values.text("summary_arg", if uses_summary { "summary, " } else { "" });
    values
        .flag("search", search)
        .flag("chips", done.is_some())
        .flag("month_filter", features.month.is_some());
    values.text("search_placeholder", search_placeholder(plan)?);
    values.lines("filters", &filters);
    let sorts: Vec<String> = sort_options(plan)?
        .iter()
        .map(|sort| {
            format!("[{}, {}],", js(if sort.key == "default" { "" } else { &sort.key }), js(&sort.label))
        })
        .collect();
    values.lines("sorts", &sorts);
    Ok(())
}

fn search_placeholder(plan: &Plan<'_>) -> Result<String, GenerateError> {
    let features = &plan.spec.features;
    let labels: Result<Vec<&str>, GenerateError> = features
        .search
        .iter()
        .take(3)
        .map(|name| plan.field(name).map(|field| field.label.as_str()))
        .collect();
    let labels = labels?.join(", ").replace(['"', '{', '<', '\\'], " ");
    Ok(format!("%[Search]: {labels}"))
}

fn filter(field: &Field) -> String {
    let name = &field.name;
    let all = format!("[\"\", {}]", js(&format!("{}: %[all]", field.label)));
    let options = match &field.kind {
        FieldKind::Category | FieldKind::Tags | FieldKind::Text => {
            format!("{all}, ...(summary?.{name} ?? []).map((one) => [one, one] as const)")
        }
        FieldKind::Choice { options } => {
            let pairs: Vec<String> = options
                .iter()
                .map(|option| format!("[{}, {}]", js(option), js(&crate::words::capitalized(option))))
                .collect();
            format!("{all}, {}", pairs.join(", "))
        }
        FieldKind::Priority => {
            format!("{all}, [\"high\", \"%[High]\"], [\"medium\", \"%[Medium]\"], [\"low\", \"%[Low]\"]")
        }
        _ => format!("{all}, [\"1\", \"%[Yes]\"], [\"0\", \"%[No]\"]"),
    };
    format!(
        "<Select\n  label={}\n  value={{query.{name}}}\n  onChange={{set(\"{name}\")}}\n  options={{[{options}]}}\n/>",
        jsx_attribute(&field.label)
    )
}

pub(super) fn figures(plan: &Plan<'_>, values: &mut Values) -> Result<(), GenerateError> {
    let features = &plan.spec.features;
    let is_money =
        |name: &str| plan.spec.entity.field(name).is_none_or(|field| field.kind == FieldKind::Money);
    let mut lines = Vec::new();
    let mut money = false;
    for (index, figure) in features.figures.iter().enumerate() {
        let in_money = is_money(&figure.field) || figure.times.as_deref().is_some_and(is_money);
        money |= in_money;
        let source = format!("summary.figure_{}", index + 1);
        let shown = if in_money { format!("money({source})") } else { format!("{source}.toLocaleString()") };
        lines.push(format!("<Figure label={}>{{{shown}}}</Figure>", jsx_attribute(&figure.label)));
    }
    for (index, group) in features.groups.iter().enumerate() {
        let in_money = group.sum.as_deref().is_some_and(is_money);
        money |= in_money;
        let show = if in_money { "money" } else { "String" };
        let source = format!("summary.groups_{}", index + 1);
        lines.push(format!(
            "<Groups label={} groups={{{source}}} show={{{show}}} />",
            jsx_attribute(&group.label)
        ));
        if features.settle && index == 0 {
            money = true;
            lines.push(format!("<Settlement groups={{{source}}} />"));
        }
    }
    let groups = !features.groups.is_empty();
    values
        .lines("figures", &lines)
        .flag("money_figures", money)
        .flag("single_figures", !features.figures.is_empty())
        .flag("group_figures", groups)
        .text("figure_type_imports", if groups { "Group, Summary" } else { "Summary" });
    let columns: Vec<String> = plan
        .spec
        .entity
        .fields
        .iter()
        .map(|field| format!("[\"{}\", {}],", field.name, js(&field.label)))
        .collect();
    values.lines("columns", &columns);
    Ok(())
}
