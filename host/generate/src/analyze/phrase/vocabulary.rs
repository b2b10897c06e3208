//! Words that tell a name from a wish, and a name from a feature.

use crate::words::{Words, capitalized};

/// "paid" → "Paid by".
pub(super) fn by_whom(verb: &str) -> Option<String> {
    let participle = match verb {
        "took" | "takes" => "taken",
        "paid" | "pays" => "paid",
        "wrote" | "writes" => "written",
        "made" => "made",
        "brought" | "brings" => "brought",
        "gave" => "given",
        "did" => "done",
        "has" | "borrowed" | "borrows" => "borrowed",
        "bought" => "bought",
        verb if verb.ends_with("ed") => verb,
        _ => return None,
    };
    Some(format!("{} by", capitalized(participle)))
}

/// Words that make a part a clause of its own instead of a name.
pub(super) fn is_clause_word(word: &str) -> bool {
    const WORDS: Words = Words(
        "i we you he she they it should must can't cannot could would will won't want wants need show \
        shows let lets make makes see is are was were get gets give gives so because but then if never \
        always sorted calculate search filter tell tells doesn't don't isn't can may might don’t that \
        which who when where please be been goes go going automatically remind reminds send sends quiero \
        ver them me us click clicking work works calculates until unless than does says brings chooses \
        picks puts become becomes turns drops filled like how with have has contains includes takes \
        keeps there",
    );
    WORDS.contains(word)
}

/// Words that begin a wish instead of a name.
pub(super) fn is_imperative(word: &str) -> bool {
    const WORDS: Words = Words(
        "say bring choose pick put drag press paste play run use turn drop sort order search filter show \
        export download calculate compute count remind notify print mark tick highlight group keep move \
        lock book leave reminds hide warn check work upload import share sync store save track log \
        record add edit delete total sum average",
    );
    WORDS.contains(word)
}

/// Names of features: in a list of fields they are not fields.
pub(in crate::analyze) fn is_feature(words: &[&str]) -> bool {
    const FEATURES: Words = Words(
        "streak streaks search filter filters filtering sorting chart charts graph graphs reminder \
        reminders notification notifications export exports dashboard statistics stats sound sounds \
        login logins preview updates history animation animations password passwords drag-and-drop \
        pagination csv pdf mode theme bars totals permissions roles button buttons statistik grid view \
        channels names messages slots week",
    );
    let last = words.last().is_some_and(|word| FEATURES.contains(word)) && words.len() <= 4;
    last || words.first().is_some_and(|word| matches!(*word, "pinned" | "pinning"))
}
