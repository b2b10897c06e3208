//! The end of a specification: what a person should know about it, its description, and what was left over.

use super::{
    draft::{Draft, FieldWords},
    prompt::Prompt,
    words,
};
use crate::{Language, words::capitalized};

/// Kinds of app that no part makes yet: what asks for them, and what is made instead.
const NOT_YET: &[(&str, &str)] = &[
    ("poll|vote|voting", "There is no part for polls yet: this is a list of options with a number of votes."),
    ("chat|messenger", "There is no part for chats yet: this is a list of messages, the newest first."),
    (
        "kanban|scrum",
        "There is no part for boards with columns yet: this is a list with a status and a filter for it.",
    ),
    (
        "timer|pomodoro|stopwatch|countdown|metronome",
        "There is no part for timers yet: this keeps what can be kept, as a list.",
    ),
    (
        "converter|calculator|calculate|generator|formatter|split",
        "There is no part for calculations like this yet: this keeps what can be kept, as a list.",
    ),
    (
        "dashboard|chart|charts|graph|histogram",
        "There is no part for charts yet: sums and bars stand above the list.",
    ),
];

/// What a person should know about the choice of app.
pub(super) fn caveats(prompt: &Prompt, draft: &mut Draft, nothing: bool, follows: bool) {
    let mut say = |text: &str| draft.assumptions.push(text.to_owned());
    if nothing {
        say(
            "The prompt does not say what to keep, so this is a place for notes. Say what each entry has, and it is made for that.",
        );
    }
    if prompt.has("password|passwords manager|vault|keeper|list|safe") {
        say(
            "What is entered is stored as it is: for passwords, a password manager that encrypts them is the better place.",
        );
    }
    // A list of board games is no game.
    let games = "game|games|2048|snake|tetris|sudoku|hangman|tic-tac-toe";
    let game = (games, "There is no part for games yet: this keeps what can be kept, as a list.");
    let game = (draft.entity.fields.len() < 3).then_some(game);
    for (pattern, text) in game.into_iter().chain(NOT_YET.iter().copied()) {
        // "What goes on in the kanban board": the other app is one, not this.
        let others = follows && ["kanban|scrum", "poll|vote|voting", "chat|messenger"].contains(&pattern);
        if let Some(found) = prompt.find(pattern).filter(|_| !others) {
            draft.assumptions.push(text.to_owned());
            draft.not_built.push(prompt.clause_of(found.start));
        }
    }
}

/// Labels that the rules brought along, in the language of the page.
pub(super) fn translate_usual(draft: &mut Draft, language: Language) {
    const LABELS: &[(&str, [&str; 4])] = &[
        ("Name", ["Nombre", "Name", "Nom", "名前"]),
        ("Title", ["Título", "Titel", "Titre", "タイトル"]),
        ("Done", ["Hecho", "Erledigt", "Fait", "完了"]),
        ("Read", ["Leído", "Gelesen", "Lu", "読了"]),
        ("Paid", ["Pagado", "Bezahlt", "Payé", "支払い済み"]),
        ("Bought", ["Comprado", "Gekauft", "Acheté", "購入済み"]),
        ("Date", ["Fecha", "Datum", "Date", "日付"]),
        ("Notes", ["Notas", "Notizen", "Notes", "メモ"]),
        ("Text", ["Texto", "Text", "Texte", "内容"]),
        ("Customer", ["Cliente", "Kunde", "Client", "顧客"]),
        ("Amount", ["Importe", "Betrag", "Montant", "金額"]),
        ("Category", ["Categoría", "Kategorie", "Catégorie", "カテゴリ"]),
        ("Description", ["Descripción", "Beschreibung", "Description", "説明"]),
        ("Item", ["Artículo", "Artikel", "Article", "品物"]),
        ("Open", ["Pendiente", "Offen", "Ouvert", "未完了"]),
        ("To read", ["Por leer", "Ungelesen", "À lire", "未読"]),
        ("To buy", ["Por comprar", "Zu kaufen", "À acheter", "未購入"]),
        ("Unpaid", ["Sin pagar", "Offen", "Impayé", "未払い"]),
        ("Overdue", ["Vencido", "Überfällig", "En retard", "期限切れ"]),
        ("Low", ["Queda poco", "Knapp", "Bientôt épuisé", "残りわずか"]),
    ];
    let column = match language {
        Language::English => return,
        Language::Spanish => 0,
        Language::German => 1,
        Language::French => 2,
        Language::Japanese => 3,
    };
    let translate = |label: &mut String| {
        if let Some((_, languages)) = LABELS.iter().find(|(english, _)| english == label) {
            *label = languages[column].to_owned();
        }
    };
    draft.entity.fields.iter_mut().for_each(|field| translate(&mut field.label));
    draft.features.highlights.iter_mut().for_each(|highlight| translate(&mut highlight.label));
    if let Some(done) = &mut draft.features.done {
        translate(&mut done.open_label);
    }
}

/// One sentence about the app.
pub(super) fn description(draft: &Draft) -> String {
    let labels: Vec<String> = draft.entity.fields.iter().take(8).map(|field| field.label.clone()).collect();
    let plural = capitalized(&draft.entity.plural_label);
    format!("{plural}: {}", labels.join(", "))
}

/// Whether anything is left of a prompt besides what was declined.
pub(super) fn says_anything(prompt: &Prompt) -> bool {
    (0..prompt.len()).any(|index| {
        let word = prompt.word(index);
        !word.is_empty()
            && !prompt.is_hidden(index)
            && !words::is_filler(word)
            && !matches!(word, "helper" | "bot" | "script" | "program")
    })
}

/// Clauses with words that no rule used, in the person's words.
pub(super) fn left_over(prompt: &Prompt, draft: &Draft) -> Vec<String> {
    let fields = draft.field_words();
    let mut left: Vec<String> = Vec::new();
    for sentence in prompt.sentences() {
        let mut open: Option<std::ops::Range<usize>> = None;
        let mut ranges: Vec<std::ops::Range<usize>> = Vec::new();
        for clause in prompt.clauses(sentence) {
            if is_left(prompt, draft, &fields, clause.clone()) {
                open = Some(open.map_or(clause.clone(), |range| range.start..clause.end));
            } else {
                ranges.extend(open.take());
            }
        }
        ranges.extend(open);
        for range in ranges {
            let text = prompt.written(trimmed(prompt, range));
            if !text.is_empty() {
                left.push(shortened(text, CLAUSE_CHARS_MAX));
            }
        }
    }
    if left.len() > CLAUSES_MAX {
        let more = left.len() - CLAUSES_MAX;
        left.truncate(CLAUSES_MAX);
        left.push(format!("… and {more} more"));
    }
    left
}

/// The most clauses that are told one by one.
const CLAUSES_MAX: usize = 40;
/// The most of each.
const CLAUSE_CHARS_MAX: usize = 300;

/// The start of a text, with a mark when something follows.
pub(super) fn shortened(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text)),
        None => text.to_owned(),
    }
}

/// Without "and", "but" and the like in front.
fn trimmed(prompt: &Prompt, range: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let mut start = range.start;
    while start < range.end
        && matches!(prompt.word(start), "and" | "but" | "then" | "also" | "y" | "und" | "et")
    {
        start += 1;
    }
    start..range.end
}

fn is_left(prompt: &Prompt, draft: &Draft, fields: &FieldWords<'_>, clause: std::ops::Range<usize>) -> bool {
    if draft.not_built.contains(&clause) {
        return true;
    }
    let mut content = 0_usize;
    let mut unused = 0_usize;
    for index in clause {
        let word = prompt.word(index);
        if word.is_empty() || words::is_filler(word) {
            continue;
        }
        content += 1;
        let known = prompt.is_used(index)
            || fields.named(word).is_some()
            || words::singular(word) == words::singular(&draft.entity.label)
            || draft
                .children
                .iter()
                .any(|child| words::singular(&child.entity.label) == words::singular(word));
        unused += usize::from(!known);
    }
    unused > 0 && (unused * 3 >= content || unused >= 3)
}
