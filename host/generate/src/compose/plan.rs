//! What all parts of a composition share: the specification, its names, and which kinds of field occur.

use atoll_model::Limits;

use super::{backend_field::column_of, names::Names, template::Values};
use crate::{AppSpecification, Child, Entity, Field, FieldKind, GenerateError, InitialValue, Rule, View};

/// A specification that was checked, with the names that generated code uses.
pub(super) struct Plan<'a> {
    pub(super) spec: &'a AppSpecification,
    pub(super) names: Names,
    pub(super) children: Vec<(&'a Child, Names)>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(spec: &'a AppSpecification, limits: &Limits) -> Result<Self, GenerateError> {
        let entities = std::iter::once(&spec.entity).chain(spec.children.iter().map(|child| &child.entity));
        for entity in entities {
            check_entity(entity, limits)?;
        }
        if 1 + spec.children.len() > limits.entities_max {
            return Err(wrong(format!("more than {} entities (limit entities_max)", limits.entities_max)));
        }
        let mut tables: Vec<&str> = spec.children.iter().map(|child| child.entity.plural.as_str()).collect();
        tables.push(&spec.entity.plural);
        tables.sort_unstable();
        if tables.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(wrong("two entities have the same name".into()));
        }
        if spec.children.iter().filter(|child| child.total.is_some()).count() > 1 {
            return Err(wrong("two lists inside an entry have a total; one may".into()));
        }
        let plan = Self {
            spec,
            names: Names::of(&spec.entity),
            children: spec.children.iter().map(|child| (child, Names::of_child(&child.entity))).collect(),
        };
        plan.check_references()?;
        Ok(plan)
    }

    /// Every name in features and rules is a field.
    fn check_references(&self) -> Result<(), GenerateError> {
        let features = &self.spec.features;
        let mut used: Vec<&String> =
            features.search.iter().chain(&features.filters).chain(&features.month).collect();
        used.extend(features.done.iter().map(|done| &done.field));
        used.extend(features.groups.iter().flat_map(|group| std::iter::once(&group.by).chain(&group.sum)));
        for rule in &self.spec.rules {
            match rule {
                Rule::UniqueTogether { fields, .. } => used.extend(fields),
                Rule::AtMost { field, .. } => used.push(field),
                Rule::After { first, second, .. } => used.extend([first, second]),
                Rule::NoOverlap { date, start, end, within } => {
                    used.extend([date, start, end].into_iter().chain(within))
                }
                Rule::RequiredWhen { field, when } => used.extend([field, when]),
            }
        }
        for name in used {
            self.field(name)?;
        }
        if self.spec.view == View::Calendar {
            self.date_field()?;
        }
        Ok(())
    }

    pub(super) fn field(&self, name: &str) -> Result<&'a Field, GenerateError> {
        self.spec.entity.field(name).ok_or_else(|| wrong(format!("there is no field {name:?}")))
    }

    /// The date that a calendar goes by.
    pub(super) fn date_field(&self) -> Result<&'a Field, GenerateError> {
        let fields = &self.spec.entity.fields;
        fields
            .iter()
            .find(|field| {
                matches!(field.kind, FieldKind::Date | FieldKind::DateTime)
                    && super::backend_field::never_null(field)
            })
            .ok_or_else(|| wrong("a calendar needs a date that is required".into()))
    }

    /// The SQL of a field or of a figure over a child list.
    pub(super) fn expression(&self, name: &str) -> Result<String, GenerateError> {
        if let Some((child, names)) = self.children.iter().find(|(child, _)| child.total.is_some())
            && matches!(name, "subtotal" | "total")
            && self.spec.entity.field(name).is_none()
        {
            return Ok(super::children::total_expression(child, names, &self.names, name == "total"));
        }
        self.field(name).map(column_of)
    }

    /// Any field of any entity is of such a kind.
    pub(super) fn any(&self, wanted: impl Fn(&FieldKind) -> bool) -> bool {
        self.all_fields().any(|field| wanted(&field.kind))
    }

    pub(super) fn all_fields(&self) -> impl Iterator<Item = &'a Field> {
        let children = self.children.iter().flat_map(|(child, _)| &child.entity.fields);
        self.spec.entity.fields.iter().chain(children)
    }

    /// Rules that need the database.
    pub(super) fn has_stored_rules(&self) -> bool {
        self.spec.entity.fields.iter().any(|field| field.unique)
            || self.spec.rules.iter().any(|rule| {
                matches!(rule, Rule::UniqueTogether { .. } | Rule::AtMost { .. } | Rule::NoOverlap { .. })
            })
    }

    pub(super) fn days_after(&self) -> Option<(&'a Field, &'a str, u32, bool)> {
        self.spec.entity.fields.iter().find_map(|field| match &field.initial {
            Some(InitialValue::DaysAfter { field: from, days, on_weekdays }) => {
                Some((field, from.as_str(), *days, *on_weekdays))
            }
            _ => None,
        })
    }

    /// The values that most templates ask for.
    pub(super) fn values(&self) -> Values {
        let spec = self.spec;
        let mut values = Values::new(spec.language);
        values
            .text("Type", &self.names.ty)
            .text("Types", &self.names.tys)
            .text("variable", &self.names.var)
            .text("plural", &self.names.vars)
            .text("table", &self.names.table)
            .text("path", &self.names.path)
            .text("event", &spec.entity.name)
            .text("accent", spec.theme.hue())
            .text("locale", spec.language.locale().map_or("undefined".to_owned(), super::text::js))
            .text("title", super::text::jsx_text(&spec.title))
            .text("entity_label", super::text::in_comment(&spec.entity.label))
            .text("a_entity", super::text::with_article(&super::text::in_comment(&spec.entity.label)))
            .text(
                "An_entity",
                crate::words::capitalized(&super::text::with_article(&super::text::in_comment(
                    &spec.entity.label,
                ))),
            );
        let features = &spec.features;
        values
            .flag("habits", features.streak)
            .flag("bin", features.bin_days.is_some())
            .text("bin_days", features.bin_days.unwrap_or(30).to_string())
            .flag("done", features.done.is_some())
            .flag("pin", features.pin)
            .flag("markdown", features.markdown)
            .flag("csv", features.csv)
            .flag("settle", features.settle)
            .flag("reference", features.reference)
            .flag("closing", features.closing.is_some())
            .flag("expected", features.expected.is_some())
            .flag("repeat", features.repeat.is_some())
            .flag("sync", spec.sync.is_some())
            .flag("calendar", spec.view == View::Calendar)
            .flag("cards", spec.view == View::Cards)
            .flag("children", !self.children.is_empty())
            .flag("rules", self.has_stored_rules())
            .flag(
                "guard",
                self.has_stored_rules()
                    || self.all_fields().any(|field| field.kind.is_number() && field.minimum.is_some()),
            )
            .flag("public_form", spec.view == View::Form)
            .flag("money", self.any(|kind| *kind == FieldKind::Money))
            .flag("date", self.any(|kind| *kind == FieldKind::Date))
            .flag("datetime", self.any(|kind| *kind == FieldKind::DateTime))
            .flag("time", self.any(|kind| *kind == FieldKind::Time))
            .flag("duration", self.any(|kind| *kind == FieldKind::Duration))
            .flag("yes_no", self.any(|kind| *kind == FieldKind::YesNo))
            .flag("tags", self.any(|kind| *kind == FieldKind::Tags))
            .flag("colour", self.any(|kind| *kind == FieldKind::Colour))
            .flag("long_text", self.any(|kind| *kind == FieldKind::LongText));
        values
    }
}

fn check_entity(entity: &Entity, limits: &Limits) -> Result<(), GenerateError> {
    let legal = |name: &str| {
        name.len() <= 60
            && name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    if !legal(&entity.name) || !legal(&entity.plural) {
        return Err(wrong(format!("{:?} is not a name for an entity: use snake_case", entity.name)));
    }
    if entity.fields.is_empty() {
        return Err(wrong(format!("{:?} has no fields", entity.name)));
    }
    if entity.fields.len() > limits.fields_max {
        return Err(wrong(format!(
            "{:?} has more than {} fields (limit fields_max)",
            entity.name, limits.fields_max
        )));
    }
    let mut names: Vec<&str> = RESERVED.to_vec();
    for field in &entity.fields {
        if !legal(&field.name) || names.contains(&field.name.as_str()) {
            return Err(wrong(format!("the field name {:?} is not snake_case, or is taken", field.name)));
        }
        if matches!(&field.kind, FieldKind::Choice { options } if options.is_empty()) {
            return Err(wrong(format!("{:?} is a choice without options", field.name)));
        }
        names.push(&field.name);
    }
    Ok(())
}

/// Names that every entity, or a part, has of its own.
pub(crate) const RESERVED: &[&str] = &[
    "id",
    "parent_id",
    "created_at",
    "updated_at",
    "deleted_at",
    "days",
    "streak",
    "reference",
    "sort",
    "search",
    "bin",
    "today",
    "from",
    "to",
    "month",
    "pinned",
    "default",
    "newest",
    "repeat_weeks",
    "constructor",
    "__proto__",
];

pub(super) fn wrong(message: String) -> GenerateError {
    GenerateError::Specification(message)
}
