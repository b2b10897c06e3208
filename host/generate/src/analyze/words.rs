//! Words: numbers, singular and plural, typing errors, and those that carry no content of their own.

use std::{collections::HashSet, sync::LazyLock};

use crate::words::Words;

/// A whole number in digits or in a word.
pub(super) fn number(word: &str) -> Option<u32> {
    const WORDS: [&str; 13] = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    if let Ok(number) = word.parse() {
        return Some(number);
    }
    WORDS.iter().position(|candidate| *candidate == word).and_then(|index| u32::try_from(index).ok())
}

/// A decimal number in digits.
pub(super) fn decimal(word: &str) -> Option<f64> {
    let plain = word.trim_start_matches(['€', '$', '£']).trim_end_matches(['%', '€', '$', '£']);
    let number: f64 = plain.replace(',', ".").parse().ok()?;
    number.is_finite().then_some(number)
}

/// The singular of an English noun; the word itself when it has none that rules can tell.
pub(super) fn singular(word: &str) -> String {
    const SAME: Words = Words(
        "address allergies analysis bonus boss bus business canvas chess class cms cross diabetes dress \
        fitness gas glass goods grass hours ingredients instructions kudos lens loss mass minutes news \
        notes pass plus points press process progress reps seats series sets species status success \
        tennis this thanks wellness sales comments remarks guests details contents",
    );
    const IRREGULAR: Words = Words(
        "people=person children=child men=man women=woman mice=mouse feet=foot teeth=tooth movies=movie \
        cookies=cookie expenses=expense houses=house courses=course nurses=nurse horses=horse \
        purchases=purchase exercises=exercise bikes=bike leaves=leaf shelves=shelf knives=knife \
        releases=release databases=database phrases=phrase diagnoses=diagnosis invoices=invoice \
        services=service devices=device places=place prices=price pieces=piece races=race notices=notice \
        licenses=license responses=response causes=cause clauses=clause cases=case bases=base sizes=size \
        prizes=prize quizzes=quiz ties=tie pies=pie shoes=shoe",
    );
    if SAME.contains(word) {
        return word.to_owned();
    }
    if let Some(singular) = IRREGULAR.get(word) {
        return singular.to_owned();
    }
    let end = |suffix: &str, replacement: &str| {
        word.strip_suffix(suffix).map(|stem| format!("{stem}{replacement}"))
    };
    if !word.is_ascii() || word.len() < 4 {
        return word.to_owned();
    }
    if let Some(stem) = end("ies", "y")
        .or_else(|| end("sses", "ss"))
        .or_else(|| end("shes", "sh"))
        .or_else(|| end("ches", "ch"))
    {
        return stem;
    }
    if let Some(stem) = end("xes", "x").or_else(|| end("zes", "ze")).or_else(|| end("oes", "o")) {
        return stem;
    }
    if word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") || word.ends_with("'s") {
        return word.to_owned();
    }
    end("s", "").unwrap_or_else(|| word.to_owned())
}

/// The plural of an English noun.
pub(super) fn plural(word: &str) -> String {
    match word {
        "person" => return "people".into(),
        "child" => return "children".into(),
        "man" => return "men".into(),
        "woman" => return "women".into(),
        "leaf" => return "leaves".into(),
        "shelf" => return "shelves".into(),
        _ => {}
    }
    if singular(word) == word
        && word.ends_with('s')
        && !word.ends_with("ss")
        && !word.ends_with("us")
        && !word.ends_with("is")
    {
        return word.to_owned();
    }
    let vowel_before_y =
        word.ends_with("ay") || word.ends_with("ey") || word.ends_with("oy") || word.ends_with("uy");
    if word.ends_with('y') && !vowel_before_y {
        return format!("{}ies", &word[..word.len() - 1]);
    }
    if word.ends_with('s') || word.ends_with('x') || word.ends_with("ch") || word.ends_with("sh") {
        return format!("{word}es");
    }
    format!("{word}s")
}

/// The word as it was meant, when it is a well-known word with a typing error.
pub(super) fn corrected(word: &str) -> String {
    const KNOWN_ERRORS: Words = Words(
        "prise=price prises=prices payd=paid payed=paid stuf=stuff catagory=category \
        catagories=categories catergory=category adress=address recipies=recipes calender=calendar \
        calandar=calendar tracer=tracker wich=which shoping=shopping grocerys=groceries quanity=quantity \
        quantaty=quantity amout=amount prioritys=priorities piority=priority inventery=inventory \
        invetory=inventory expence=expense expences=expenses habbit=habit habbits=habits tak=task \
        taks=tasks lsit=list wiht=with teh=the adn=and n=and custumer=customer costumer=customer \
        discription=description desciption=description birtday=birthday nots=notes u=you ur=your \
        pls=please plz=please color=colour colors=colours colorful=colourful email=e-mail emails=e-mails \
        mail=e-mail fone=phone phonenumber=phone cant=can't whats=what's favorite=favourite \
        organizer=organiser",
    );
    const WELL_KNOWN: Words = Words(
        "address amount author birthday booking bookings calendar categories category comment comments \
        contact contacts customer deadline description duration expense expenses feedback ingredients \
        inventory invoice invoices location message messages password phone priority product products \
        quantity rating recipe recipes registration reservation search shopping status streak streaks \
        supplier survey telephone tracker workout workouts",
    );
    if let Some(meant) = KNOWN_ERRORS.get(word) {
        return meant.to_owned();
    }
    let long = word.chars().count();
    if long < 6
        || !word.chars().all(|c| c.is_ascii_lowercase())
        || WELL_KNOWN.contains(word)
        || is_english(word)
    {
        return word.to_owned();
    }
    let near = WELL_KNOWN.iter().find(|known| {
        // A plural is no typing error.
        let number = known.strip_suffix('s') == Some(word) || word.strip_suffix('s') == Some(known);
        !number
            && known.len() >= 6
            && known.as_bytes().first() == word.as_bytes().first()
            && one_edit_apart(word.as_bytes(), known.as_bytes())
    });
    near.map_or_else(|| word.to_owned(), |known| (*known).to_owned())
}

/// Words that are near a well-known one and yet meant as they stand.
fn is_english(word: &str) -> bool {
    const WORDS: Words = Words(
        "author's contract contacts commend commerce dressing product produce produces prospect massage \
        massages measure passage recipient servey starting expanse locating vocation donation ratings \
        authors amounts phones costume costumes customers contact reading messages streaks tracked \
        tracks trackers surveys researched feedbacks curation quantify",
    );
    WORDS.contains(word)
}

/// One letter more, less or other, or two neighbours swapped.
fn one_edit_apart(a: &[u8], b: &[u8]) -> bool {
    let start = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[start..], &b[start..]);
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - end], &b[..b.len() - end]);
    match (a, b) {
        ([], []) => false,
        ([_], []) | ([], [_]) | ([_], [_]) => true,
        ([w, x], [y, z]) => w == z && x == y,
        _ => false,
    }
}

/// Words that say nothing about an app by themselves.
pub(super) fn is_filler(word: &str) -> bool {
    // Asked for every word again and again: the one list that is worth a set.
    static SET: LazyLock<HashSet<&'static str>> = LazyLock::new(|| FILLERS.iter().collect());
    SET.contains(word)
}

const FILLERS: Words = Words(
    "a able about add again all also always am an and any app application apps are as at basic be been \
    build but by can change could create day-to-day delete do does e.g each easy easily edit etc every \
    everybody everyone everything few for from generate get give gives go good got had has have having \
    he help her here here's him his i i'd i'm if in including into is it it's its just keep kind let \
    let's like little lot make makes manage many may me mini most must my need needs new nice of off ok \
    on one or our out own page people please put quick really record remove save see set she should show \
    shows simple small so some someone something somewhere still store such tell than thanks that that's \
    the their them then there they thing things this those tiny to tool too track up us use used user \
    users using very view want wants was way we we'd web website well were what when where which while \
    who will with would write you your actually both come comes without not no only per enter una un \
    para los las el la de del mi mis y o que qué con por en es quiero ver necesito crear crea hay eine \
    ein einen für und mit der die das ich möchte brauche une pour avec et les des du le je veux mon ma \
    mes au aux dans sus su se lo al si sí ha haz hacer aplicación meine von liste lista den dem im zu \
    ist sind",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn singular_and_plural_of_common_nouns() {
        for (one, many) in [
            ("todo", "todos"),
            ("category", "categories"),
            ("box", "boxes"),
            ("class", "classes"),
            ("person", "people"),
            ("movie", "movies"),
            ("dish", "dishes"),
            ("expense", "expenses"),
            ("day", "days"),
        ] {
            assert_eq!(plural(one), many);
            assert_eq!(singular(many), one);
        }
        assert_eq!(singular("species"), "species");
        assert_eq!(singular("address"), "address");
    }

    #[test]
    fn typing_errors_in_well_known_words_are_read_as_meant() {
        assert_eq!(corrected("prioirty"), "priority");
        assert_eq!(corrected("payd"), "paid");
        assert_eq!(corrected("recipient"), "recipient");
        assert_eq!(corrected("massage"), "massage");
    }
}
