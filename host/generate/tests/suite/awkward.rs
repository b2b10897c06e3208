//! Prompts that contradict themselves, or use names that generated code has for something else, still end in an app.
use atoll_generate::{AppSpecification, FieldKind, Rule, View};
use atoll_model::{Limits, SourceTree};

use crate::support::{awkward, made, neighbour, understood};

fn specification(prompt: &str) -> AppSpecification {
    understood(prompt).specification
}

fn tree(prompt: &str) -> SourceTree {
    made(prompt, &[]).unwrap().1
}

fn assumes(prompt: &str, text: &str) {
    let assumptions = understood(prompt).assumptions;
    assert!(assumptions.iter().any(|one| one.contains(text)), "{prompt}: {assumptions:?}");
}

#[test]
fn every_awkward_prompt_is_composed() {
    for prompt in awkward() {
        assert!(made(&prompt.text, &[]).is_ok(), "{}: {}", prompt.id, prompt.text);
    }
}

#[test]
fn no_table_has_a_column_twice_and_no_constant_is_declared_twice() {
    for prompt in awkward() {
        let (_, tree) = made(&prompt.text, &[]).unwrap();
        for table in tree.text("migrations/0001_create.sql").unwrap().split("CREATE TABLE").skip(1) {
            let columns: Vec<&str> = table
                .lines()
                .skip(1)
                .take_while(|line| !line.starts_with(')'))
                .filter_map(|line| line.split_whitespace().next())
                .collect();
            let mut once = columns.clone();
            once.sort_unstable();
            once.dedup();
            assert_eq!(once.len(), columns.len(), "{}: {columns:?}", prompt.id);
        }
        let checks = tree.text("backend/validate.ts").unwrap();
        let constants: Vec<&str> =
            checks.lines().filter_map(|line| line.strip_prefix("const ")?.split(' ').next()).collect();
        let mut once = constants.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), constants.len(), "{}: {constants:?}", prompt.id);
    }
}

#[test]
fn a_field_called_like_a_filter_of_its_own_does_not_replace_it() {
    let spec = specification("expenses with amount, month, date; filter by month and show each month");
    assert_eq!(spec.features.month.as_deref(), Some("date"));
    assert_eq!(spec.entity.field("month_value").unwrap().label, "Month");
}

#[test]
fn bounds_are_read_as_they_were_meant() {
    let spec = specification(
        "a list of rooms with name, heat (-20 to 50), stars (5-1), mark (0.5-5), seat (A1 to F999)",
    );
    let bounds = |name: &str| {
        let field = spec.entity.field(name).unwrap();
        (field.minimum, field.maximum)
    };
    assert_eq!(bounds("heat"), (Some(-20.0), Some(50.0)));
    assert_eq!(bounds("star"), (Some(1.0), Some(5.0)));
    assert_eq!(bounds("mark"), (Some(0.5), Some(5.0)));
    assert_eq!(spec.entity.field("mark").unwrap().kind, FieldKind::Number);
    let seat = spec.entity.field("seat").unwrap().pattern.as_ref().unwrap();
    assert!(seat.expression.contains("|99[0-9])$"), "{}", seat.expression);
}

#[test]
fn a_pattern_always_has_something_that_does_not_match_it() {
    let spec =
        specification("a list of pupils with name, grade (1 letter), code (two capital letters like BC)");
    for name in ["grade", "code"] {
        let pattern = spec.entity.field(name).unwrap().pattern.as_ref().unwrap();
        assert!(
            !pattern.counterexample.is_empty() && pattern.other_example != pattern.example,
            "{pattern:?}"
        );
    }
}

#[test]
fn options_are_told_apart_and_a_text_is_never_endless() {
    let spec = specification("kanban board: Todo, Doing, Todo, Done");
    let FieldKind::Choice { options } = &spec.entity.field("status").unwrap().kind else {
        panic!("no choice")
    };
    assert_eq!(options, &["Todo", "Doing", "Done"]);
    let spec = specification("a list of notes with title, text (max 90000000 characters)");
    assert!(spec.entity.fields.iter().all(|field| field.maximum.is_none_or(|most| most <= 20_000.0)));
    assert_ne!(
        specification("a list of cards with title, state (\"\", '')").entity.field("state").unwrap().kind,
        FieldKind::Choice { options: Vec::new() }
    );
}

#[test]
fn what_is_worked_out_from_lines_is_not_typed_in() {
    let prompt =
        "invoices with client, total, lines with description, quantity, unit price and VAT (0, 9 or 21%)";
    assert_eq!(specification(prompt).entity.field("total"), None);
    assumes(prompt, "worked out from the list");
}

#[test]
fn an_entry_has_one_total() {
    let prompt =
        "orders with client, lines with text, quantity and price, items with name, quantity and cost";
    let spec = specification(prompt);
    assert_eq!(spec.children.len(), 2);
    assert_eq!(spec.children.iter().filter(|child| child.total.is_some()).count(), 1);
    assumes(prompt, "one total");
}

#[test]
fn fields_of_a_list_inside_keep_names_that_parts_have_of_their_own() {
    let spec = specification("a list of trips with name, stops with from, to and reference");
    let names: Vec<&str> = spec.children[0].entity.fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["from_value", "to_value", "reference_value"]);
}

#[test]
fn lists_inside_with_one_name_are_one_and_there_are_only_so_many() {
    let prompt = "pet register: pet name, weight history, weight log, owner";
    assert_eq!(specification(prompt).children.len(), 1);
    assumes(prompt, "more was left out");
    let lists: Vec<String> = (0..9)
        .map(|n| {
            format!(
                "{}s with name and price",
                ["cat", "dog", "hen", "pig", "cow", "ant", "bee", "owl", "fox"][n]
            )
        })
        .collect();
    let prompt = format!("a list of farms with name, {}", lists.join(", "));
    assert!(specification(&prompt).children.len() < Limits::default().entities_max);
    assumes(&prompt, "limit entities_max");
}

#[test]
fn lists_inside_may_be_called_like_files_of_the_app() {
    for (prompt, path) in [
        ("products with title, types with name and price", "backend/types-list.ts"),
        ("reports with title, figures with name and value", "frontend/parts/FiguresList.tsx"),
    ] {
        assert!(tree(prompt).get(path).is_some(), "{prompt}");
    }
}

#[test]
fn a_rule_that_no_field_can_keep_is_left_out_and_said() {
    let prompt = "a list of guests with name, can swim (only required when 'has allergies' is ticked)";
    assert_eq!(specification(prompt).rules, []);
    assumes(prompt, "A rule was left out");
    let spec = specification("a list of guests with name, note (only required when 'days' is ticked)");
    assert_eq!(spec.rules, [Rule::RequiredWhen { field: "note".into(), when: "days_value".into() }]);
    let prompt = "a list of files with name, done (unique), tags (unique)";
    assert!(specification(prompt).entity.fields.iter().all(|field| !field.unique));
    assumes(prompt, "too few values");
    assumes(
        "bookings with name (unique), date, start, end, repeat weekly up to 4 times",
        "cannot be repeated",
    );
}

#[test]
fn a_field_that_is_unique_by_itself_needs_no_second_rule() {
    let spec = specification("key log with sku (8 digits, unique), date, notes");
    assert!(!spec.rules.iter().any(|rule| matches!(rule, Rule::UniqueTogether { .. })), "{:?}", spec.rules);
}

#[test]
fn tags_may_have_another_name() {
    let tree = tree("a list of papers with title and keywords");
    assert!(tree.text("backend/store.ts").unwrap().contains("tagsInUse(db, \"keywords\")"));
}

#[test]
fn what_a_kind_of_page_has_no_part_for_is_said() {
    let prompt = "a calendar with title and date, and a recycle bin, download as csv";
    let spec = specification(prompt);
    assert!(
        !spec.features.csv && spec.features.bin_days.is_none() && !spec.shows("CSV") && !spec.shows("Search")
    );
    assumes(prompt, "a bin for what was deleted");
    assumes(prompt, "a download");
    let prompt = "form for cake orders: customer, lines with cake, quantity and price";
    assert_eq!(specification(prompt).view, View::List);
    assumes(prompt, "no lists inside");
}

#[test]
fn there_are_never_more_fields_than_the_limit() {
    let limits = Limits { fields_max: 6, ..Limits::default() };
    let names: Vec<String> =
        ["ant", "bee", "cat", "dog", "elk", "fox", "gnu", "hen"].map(str::to_owned).into();
    let prompt = format!("library loans with {}, tags and colours, pin them", names.join(", "));
    let analysis = atoll_generate::analyze(&prompt, &[], &limits).unwrap();
    assert!(analysis.specification.entity.fields.len() <= 6);
    assert!(analysis.assumptions.iter().any(|text| text.contains("limit fields_max")));
    atoll_generate::compose(&analysis.specification, &limits).unwrap();
}

#[test]
fn texts_of_a_person_are_no_marks_of_a_template() {
    let mut spec = specification("a todo list with category");
    spec.title = "50 %[Search] %{title}\n".into();
    spec.entity.fields[0].label = "%[Search] it".into();
    let tree = atoll_generate::compose(&spec, &Limits::default()).unwrap();
    assert!(tree.text("frontend/App.tsx").unwrap().contains("50 % [Search] %{title}"));
    assert!(tree.text("frontend/parts/Form.tsx").unwrap().contains("% [Search] it"));
}

#[test]
fn another_calendar_is_followed_without_its_notices() {
    let canvas = {
        let (todo, todo_tree) = made("a todo list with due dates", &[]).unwrap();
        let todos = [neighbour(&todo, &todo_tree)];
        let (calendar, tree) = made("a calendar that syncs with the todo app", &todos).unwrap();
        [neighbour(&calendar, &tree)]
    };
    let analysis = made("a list of trips that syncs with all my apps", &canvas).unwrap().0;
    let patterns = analysis.specification.sync.unwrap().patterns;
    assert_eq!(patterns.iter().map(ToString::to_string).collect::<Vec<_>>(), ["event.*"]);
}

#[test]
fn many_clauses_that_nobody_understood_are_counted() {
    let prompt = format!("a todo list. {}", "Wake my neighbour by carrier pigeon. ".repeat(60));
    let left = understood(&prompt).not_understood;
    assert_eq!((left.len(), left.last().unwrap().as_str()), (41, "… and 20 more"));
}
