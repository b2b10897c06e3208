//! The prompt suite: each prompt gives an app or a refusal, never a panic, and the page shows what was named.
const PROMISED: [&str; 5] = ["crud", "tracker", "notes", "form", "calendar"];

#[test]
fn every_prompt_gives_an_app_or_is_refused_as_expected() {
    for (prompt, outcome) in crate::support::outcomes() {
        assert_eq!(outcome.is_err(), prompt.outcome == "refuse", "{}: {}", prompt.id, prompt.text);
    }
}

#[test]
fn of_the_promised_classes_most_named_fields_are_on_the_page() {
    let (mut named, mut shown) = (0, 0);
    let (mut prompts, mut complete) = (0, 0);
    for (prompt, outcome) in
        crate::support::outcomes().into_iter().filter(|(prompt, _)| PROMISED.contains(&prompt.class.as_str()))
    {
        let (analysis, _) = outcome.unwrap();
        let missing: Vec<&String> =
            prompt.mentions.iter().filter(|text| !analysis.specification.shows(text)).collect();
        println!(
            "{} {}/{} {missing:?}",
            prompt.id,
            prompt.mentions.len() - missing.len(),
            prompt.mentions.len()
        );
        named += prompt.mentions.len();
        shown += prompt.mentions.len() - missing.len();
        prompts += 1;
        complete += usize::from(missing.is_empty());
    }
    assert!(shown * 100 >= named * 80, "{shown} of {named} named fields are shown");
    assert!(complete * 100 >= prompts * 60, "{complete} of {prompts} prompts are shown in full");
}

#[test]
fn what_the_page_does_not_show_is_said_to_be_not_understood() {
    for (prompt, outcome) in
        crate::support::outcomes().into_iter().filter(|(prompt, _)| PROMISED.contains(&prompt.class.as_str()))
    {
        let (analysis, _) = outcome.unwrap();
        let missing = prompt.mentions.iter().any(|text| !analysis.specification.shows(text));
        assert!(!missing || !analysis.not_understood.is_empty(), "{}", prompt.id);
    }
}

#[test]
fn what_a_specification_says_it_shows_is_in_the_source_of_the_page() {
    for (prompt, outcome) in crate::support::outcomes() {
        let Ok((analysis, tree)) = outcome else { continue };
        let page: Vec<String> =
            tree.under("frontend").map(|(_, bytes)| String::from_utf8_lossy(bytes).to_lowercase()).collect();
        for text in prompt.mentions.iter().filter(|text| analysis.specification.shows(text)) {
            let words: Vec<String> = text.to_lowercase().split([' ', '-']).map(str::to_owned).collect();
            let shown = page.iter().any(|file| words.iter().all(|word| file.contains(word.as_str())));
            assert!(shown, "{}: {text:?} is not in the page", prompt.id);
        }
    }
}

#[test]
fn specifications_survive_json() {
    for (prompt, outcome) in crate::support::outcomes() {
        let Ok((analysis, _)) = outcome else { continue };
        let text = serde_json::to_string(&analysis.specification).unwrap();
        let back: atoll_generate::AppSpecification = serde_json::from_str(&text).unwrap();
        assert_eq!(back, analysis.specification, "{}", prompt.id);
    }
}
