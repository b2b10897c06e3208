//! What a prompt is understood to mean, one thing a test.
use crate::support::{made, neighbour, understood};
use atoll_generate::{
    AppSpecification, ChildKind, Condition, Entity, Field, FieldKind, InitialValue, Language, Rule, Theme,
    View,
};

fn specification(prompt: &str) -> AppSpecification {
    understood(prompt).specification
}

fn labels(entity: &Entity) -> Vec<&str> {
    entity.fields.iter().map(|field| field.label.as_str()).collect()
}

fn field<'a>(specification: &'a AppSpecification, name: &str) -> &'a Field {
    specification
        .entity
        .field(name)
        .unwrap_or_else(|| panic!("no field {name} in {:?}", labels(&specification.entity)))
}

#[test]
fn a_todo_list_has_the_named_fields_and_can_be_ticked() {
    let spec = specification("Create a todo list app with categories, due dates, and priority levels");
    assert_eq!(
        (spec.name.as_str(), spec.title.as_str(), spec.entity.name.as_str()),
        ("todo-list", "Todo list", "todo")
    );
    assert_eq!(labels(&spec.entity), ["Title", "Category", "Due date", "Priority", "Done"]);
    assert_eq!(field(&spec, "category").kind, FieldKind::Category);
    assert_eq!(field(&spec, "due_date").kind, FieldKind::Date);
    assert_eq!(field(&spec, "priority").kind, FieldKind::Priority);
    assert_eq!(spec.features.done.unwrap().field, "done");
    assert_eq!(spec.features.filters, ["category", "priority"]);
}

#[test]
fn parentheses_give_options_patterns_and_bounds() {
    let spec = specification(
        "Sample register for the lab: barcode (8 digits, unique), type (blood, saliva, tissue), position A1-H12, rating (1-5), weight (kg)",
    );
    assert_eq!(field(&spec, "barcode").pattern.as_ref().unwrap().expression, "^\\d{8}$");
    assert!(field(&spec, "barcode").unique);
    let FieldKind::Choice { options } = &field(&spec, "type").kind else { panic!("type is no choice") };
    assert_eq!(options, &["blood", "saliva", "tissue"]);
    assert_eq!(field(&spec, "position").pattern.as_ref().unwrap().expression, "^[A-H](?:[1-9]|1[0-2])$");
    assert_eq!((field(&spec, "rating").minimum, field(&spec, "rating").maximum), (Some(1.0), Some(5.0)));
    assert_eq!(field(&spec, "weight").unit.as_deref(), Some("kg"));
}

#[test]
fn a_pattern_in_words_keeps_the_persons_example() {
    let spec = specification(
        "stock list with SKU (two capital letters, a dash and four digits like BP-0042, no duplicates), quantity and price",
    );
    let sku = field(&spec, "sku");
    assert_eq!(sku.pattern.as_ref().unwrap().expression, "^[A-Z]{2}-\\d{4}$");
    assert_eq!(sku.pattern.as_ref().unwrap().shown, "BP-0042");
    assert!(sku.unique && sku.required);
}

#[test]
fn questions_are_fields() {
    let spec = specification(
        "A key log for the front desk. Which door key, who took it, when it went out, when it came back.",
    );
    assert_eq!(labels(&spec.entity)[..4], ["Door key", "Taken by", "Went out", "Came back"]);
    assert_eq!(field(&spec, "went_out").kind, FieldKind::DateTime);
    let spec = specification("shifts planner: day, start, end, place, how many people are needed");
    assert_eq!(field(&spec, "people_needed").kind, FieldKind::Integer);
}

#[test]
fn typing_errors_are_read_as_meant_and_not_repeated() {
    let spec = specification("yard sale stuf with prises n who payd");
    assert_eq!(labels(&spec.entity), ["Name", "Price", "Paid by"]);
    assert_eq!(field(&spec, "price").kind, FieldKind::Money);
}

#[test]
fn lines_in_an_entry_have_fields_and_totals() {
    let spec = specification(
        "Invoices. Client, date, lines with description, quantity and unit price, VAT per line (0, 9 or 21%).",
    );
    let lines = &spec.children[0];
    assert_eq!(lines.entity.name, "line");
    assert_eq!(labels(&lines.entity), ["Description", "Quantity", "Unit price", "VAT"]);
    let total = lines.total.as_ref().unwrap();
    assert_eq!(
        (total.factor.as_str(), total.by.as_str(), total.percent.as_deref()),
        ("quantity", "unit_price", Some("vat"))
    );
    let FieldKind::Choice { options } = &lines.entity.field("vat").unwrap().kind else { panic!("no choice") };
    assert_eq!(options, &["0%", "9%", "21%"]);
}

#[test]
fn histories_and_lists_with_fields_are_lists_inside_an_entry() {
    let spec = specification(
        "Patient cards for our vet: pet name, weight history, and vaccinations with the date the next one is due.",
    );
    let names: Vec<&str> = spec.children.iter().map(|child| child.entity.name.as_str()).collect();
    assert_eq!(names, ["weight", "vaccination"]);
    assert_eq!(labels(&spec.children[1].entity), ["Name", "Next due"]);
}

#[test]
fn stock_is_booked_in_and_out_and_never_below_zero() {
    let spec = specification(
        "I need a stock list with SKU, quantity on hand and reorder level. Quantity can never drop below zero. Give me buttons to book stock in \
         and out with a reason. Parts at or under their reorder level go in red at the top.",
    );
    assert!(
        matches!(&spec.children[0].kind, ChildKind::Ledger { quantity } if quantity == "quantity_on_hand")
    );
    assert_eq!(field(&spec, "quantity_on_hand").minimum, Some(0.0));
    assert!(
        matches!(&spec.features.highlights[0].condition, Condition::AtMost { field, .. } if field == "quantity_on_hand")
    );
    assert!(spec.features.highlights[0].first);
}

#[test]
fn rules_between_entries_are_understood() {
    let spec = specification(
        "Sample register: barcode, box, position. Two samples can't sit in the same position of the same box.",
    );
    assert!(
        spec.rules.contains(&Rule::UniqueTogether {
            fields: vec!["position".into(), "box".into()],
            open_only: false
        })
    );
    let spec = specification(
        "school library checkout app. book title, copy number, pupil, date out. due back 14 days later but if that lands on a saturday or \
         sunday make it the monday after. a copy that's out can't be lent again until it's back, max 3 books per pupil",
    );
    assert!(spec.rules.contains(&Rule::AtMost { count: 3, field: "pupil".into(), open_only: true }));
    assert!(matches!(
        &field(&spec, "due_back").initial,
        Some(InitialValue::DaysAfter { days: 14, on_weekdays: true, .. })
    ));
}

#[test]
fn bookings_do_not_overlap_and_may_repeat() {
    let spec = specification(
        "Meeting-room bookings for three rooms (Oslo, Lima, Kyoto), week view, half-hour slots from 8:00 to 18:00. Two bookings of one room \
         may never overlap. Bookings can repeat weekly up to 12 times.",
    );
    assert_eq!(spec.view, View::Calendar);
    assert!(
        spec.rules.iter().any(|rule| matches!(rule, Rule::NoOverlap { within, .. } if within == &["room"]))
    );
    assert_eq!(spec.features.repeat.unwrap().weeks_max, 12);
    assert!(spec.features.week);
    let start = field(&spec, "start");
    assert_eq!((start.minimum, start.maximum, start.step), (Some(8.0), Some(18.0), Some(30.0)));
}

#[test]
fn a_form_asks_requires_and_thanks() {
    let spec = specification(
        "Permission slip as a web form: child's first and last name, class (1A to 6C), parent e-mail, can swim yes/no, allergies (only \
         required when 'has allergies' is ticked) and a consent box that must be ticked. After sending show a reference number.",
    );
    assert_eq!(spec.view, View::Form);
    assert_eq!(labels(&spec.entity)[..2], ["Child's first name", "Last name"]);
    assert_eq!(field(&spec, "class").pattern.as_ref().unwrap().expression, "^[1-6][A-C]$");
    assert!(
        spec.rules.contains(&Rule::RequiredWhen { field: "allergies".into(), when: "has_allergies".into() })
    );
    assert!(field(&spec, "consent_box").must_be_yes && spec.features.reference);
}

#[test]
fn expenses_are_summed_settled_and_downloaded() {
    let spec = specification(
        "Household expense tracker: amount, who paid, category, date, note. At the end of each month tell us who owes whom, show the totals \
         per category, and let me download the month as CSV.",
    );
    assert!(spec.features.settle && spec.features.csv);
    assert_eq!(spec.features.month.as_deref(), Some("date"));
    assert!(field(&spec, "amount").above_minimum);
    let groups: Vec<&str> = spec.features.groups.iter().map(|group| group.by.as_str()).collect();
    assert_eq!(groups, ["paid_by", "category"]);
}

#[test]
fn spanish_and_japanese_stay_what_they_are() {
    let spec = specification(
        "Una app para los encargos de mi panadería: nombre del cliente, teléfono, cantidad, día y si ya ha pagado.",
    );
    assert_eq!(spec.language, Language::Spanish);
    assert_eq!(labels(&spec.entity)[..5], ["Nombre del cliente", "Teléfono", "Cantidad", "Día", "Pagado"]);
    let spec = specification(
        "読書記録アプリを作ってください。本のタイトル、著者、5段階の評価、感想を記録したいです。",
    );
    assert_eq!(spec.language, Language::Japanese);
    assert_eq!(labels(&spec.entity)[..4], ["タイトル", "著者", "5段階の評価", "感想"]);
    assert!(spec.name.as_str().is_ascii() && spec.entity.fields.iter().all(|field| field.name.is_ascii()));
}

#[test]
fn a_colour_for_the_app_is_its_theme() {
    assert_eq!(specification("a recipe book, make it green").theme, Theme::Emerald);
}

#[test]
fn a_vague_prompt_gives_notes_and_says_so() {
    let analysis = understood("app for my dad");
    assert_eq!(analysis.specification.view, View::Cards);
    assert!(
        analysis.assumptions.iter().any(|text| text.contains("place for notes")),
        "{:?}",
        analysis.assumptions
    );
}

#[test]
fn what_no_rule_understood_is_said_in_the_persons_words() {
    let analysis = understood(
        "A todo list with due dates. It should wake my neighbour by carrier pigeon, and fold the laundry.",
    );
    assert_eq!(
        analysis.not_understood,
        ["It should wake my neighbour by carrier pigeon, and fold the laundry"]
    );
    assert!(understood("A todo list with due dates").not_understood.is_empty());
}

#[test]
fn kinds_of_app_that_no_part_makes_are_said_to_be_missing() {
    for prompt in [
        "Pomodoro timer with a sound",
        "unit converter: length, weight, volume",
        "2048 game",
        "a poll about lunch",
        "Team chat with channels",
    ] {
        let analysis = understood(prompt);
        assert!(analysis.assumptions.iter().any(|text| text.contains("There is no part for")), "{prompt}");
        assert!(!analysis.not_understood.is_empty(), "{prompt}");
    }
}

#[test]
fn a_calendar_follows_the_todo_app_on_the_canvas() {
    let (todo, tree) =
        made("Create a todo list with categories, due dates, and priority levels", &[]).unwrap();
    let canvas = [neighbour(&todo, &tree)];
    let (calendar, tree) = made("Create a calendar that syncs with the todo app events", &canvas).unwrap();
    let sync = calendar.specification.sync.as_ref().unwrap();
    assert_eq!(calendar.specification.view, View::Calendar);
    assert_eq!(sync.patterns.iter().map(ToString::to_string).collect::<Vec<_>>(), ["todo.*"]);
    assert_eq!((sync.title_properties[0].as_str(), sync.date_properties[0].as_str()), ("title", "due_date"));
    assert_eq!(sync.done_properties, ["done"]);
    assert!(calendar.not_understood.is_empty(), "{:?}", calendar.not_understood);
    let manifest = tree.text("atoll.toml").unwrap();
    assert!(
        manifest.contains("type = \"todo.*\"") && manifest.contains("type = \"calendar.changed\""),
        "{manifest}"
    );
}

#[test]
fn without_a_todo_app_the_calendar_has_entries_of_its_own_and_says_so() {
    let analysis = understood("Create a calendar that syncs with the todo app events");
    assert_eq!(analysis.specification.sync, None);
    assert!(
        analysis.assumptions.iter().any(|text| text.contains("no todo app")),
        "{:?}",
        analysis.assumptions
    );
}
