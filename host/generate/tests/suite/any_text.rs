//! No text makes the analysis fail, and whatever it understands can be composed.
use atoll_generate::{analyze, compose};
use atoll_model::{Limits, SourceTree};
use proptest::prelude::*;

fn check(text: &str) -> Option<SourceTree> {
    let limits = Limits::default();
    let analysis = analyze(text, &[], &limits).ok()?;
    Some(compose(&analysis.specification, &limits).unwrap_or_else(|error| panic!("{text:?}: {error}")))
}

/// As many braces open as close: a label that leaves its quotes would show here first.
fn braces_balance(text: &str) -> bool {
    let count = |open: char, close: char| text.matches(open).count().abs_diff(text.matches(close).count());
    count('{', '}') == 0
}

/// Sentences of words that mean something to the rules, in any order.
fn sentences() -> impl Strategy<Value = String> {
    let words: Vec<String> = crate::support::prompts()
        .iter()
        .flat_map(|prompt| prompt.text.split(' ').map(str::to_owned).collect::<Vec<_>>())
        .collect();
    proptest::collection::vec(proptest::sample::select(words), 1..40).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_analyzed(text in "\\PC{0,200}") {
        check(&text);
    }

    #[test]
    fn any_bytes_that_are_text_are_analyzed(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn any_mix_of_known_words_is_composed(text in sentences()) {
        if let Some(tree) = check(&text) {
            for (path, bytes) in tree.iter().filter(|(path, _)| path.as_str() == "backend/types.ts" || path.as_str() == "atoll.toml") {
                prop_assert!(braces_balance(&String::from_utf8_lossy(bytes)), "{path}");
            }
        }
    }
}

#[test]
fn a_prompt_over_the_limit_is_cut_and_that_is_said() {
    let limits = Limits { prompt_bytes_max: 40, ..Limits::default() };
    let analysis = analyze("a todo list with due dates and priorities and ünïcödé", &[], &limits).unwrap();
    assert!(analysis.assumptions[0].contains("prompt_bytes_max"));
}

#[test]
fn a_long_prompt_takes_little_time() {
    let text = "a list of things with name, price and date, and who paid. ".repeat(300);
    let limits = Limits::default();
    let cut = &text[..limits.prompt_bytes_max.min(text.len())];
    let start = std::time::Instant::now();
    check(cut);
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
}

/// One word that a rule looks for, again and again, where each place could be compared with every other.
#[test]
fn a_prompt_that_repeats_one_word_takes_little_time() {
    let fields: Vec<String> = (0..36).map(|number| format!("thing{number}")).collect();
    let list = format!("a list of things with {}. ", fields.join(", "));
    let most = Limits::default().prompt_bytes_max;
    for word in
        ["find ", "filter by name ", "total per name ", "x with ", "with todo. ", "( a , ", "and see thing1 "]
    {
        let text = list.clone() + &word.repeat(most / word.len());
        let start = std::time::Instant::now();
        check(&text[..most]);
        assert!(start.elapsed().as_secs() < 10, "{word:?}: {:?}", start.elapsed());
    }
}
