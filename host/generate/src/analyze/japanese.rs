//! Japanese prompts: enumerations between 、, field by field, with the words of the lexicon.

use super::{
    lexicon,
    lists::Found,
    prompt::{Kind, Prompt},
};

/// Whether a text is Japanese: it has kana.
pub(super) fn is_japanese(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{3040}'..='\u{30ff}'))
}

/// Fields from every sentence that lists something to record.
pub(super) fn find(prompt: &mut Prompt, found: &mut Found) {
    for sentence in prompt.sentences() {
        let records = ["記録", "登録", "管理", "入力", "保存", "項目"]
            .iter()
            .any(|verb| prompt.written(sentence.clone()).contains(verb));
        let clauses = prompt.clauses(sentence);
        if !records || clauses.len() < 2 {
            continue;
        }
        for clause in clauses {
            let written = prompt.written(clause.clone()).to_owned();
            // What comes before を is what is recorded; after it the wish goes on.
            let (part, last) = match written.split_once('を') {
                Some((part, _)) => (part.to_owned(), true),
                None => (written, false),
            };
            let part = part.trim_start_matches("本の").trim_matches(['と', 'や', '「', '」']).to_owned();
            if part.chars().count() > 14 || part.is_empty() {
                continue;
            }
            if let Some(meaning) = lexicon::japanese(&part) {
                let mut field = lexicon::field(&part, meaning);
                field.name = ascii_name(&part, found.fields.len());
                found.fields.push(field);
                prompt.use_tokens(clause);
            }
            if last {
                break;
            }
        }
    }
}

/// A name for programs: what the word means, or a number.
fn ascii_name(part: &str, index: usize) -> String {
    const NAMES: &[(&str, &str)] = &[
        ("タイトル", "title"),
        ("題名", "title"),
        ("名前", "name"),
        ("氏名", "name"),
        ("著者", "author"),
        ("作者", "author"),
        ("場所", "place"),
        ("電話", "phone"),
        ("メール", "email"),
        ("期限", "due_date"),
        ("締切", "due_date"),
        ("始め", "started_on"),
        ("終わ", "finished_on"),
        ("誕生日", "birthday"),
        ("日付", "date"),
        ("評価", "rating"),
        ("感想", "thoughts"),
        ("メモ", "notes"),
        ("内容", "text"),
        ("説明", "description"),
        ("住所", "address"),
        ("値段", "price"),
        ("価格", "price"),
        ("金額", "amount"),
        ("数量", "quantity"),
        ("個数", "quantity"),
        ("人数", "people"),
        ("カテゴリ", "category"),
        ("種類", "kind"),
        ("優先度", "priority"),
        ("状態", "status"),
        ("タグ", "tags"),
    ];
    NAMES
        .iter()
        .find(|(word, _)| part.contains(word))
        .map_or_else(|| format!("field_{}", index + 1), |(_, name)| (*name).to_owned())
}

/// What the app is about: entity, what one is called, and the title.
pub(super) fn subject(prompt: &mut Prompt) -> Option<(&'static str, &'static str, &'static str)> {
    const SUBJECTS: &[(&str, &str, &str, &str)] = &[
        ("読書", "book", "本", "読書記録"),
        ("タスク", "todo", "タスク", "タスク"),
        ("やること", "todo", "タスク", "やることリスト"),
        ("買い物", "item", "品物", "買い物リスト"),
        ("家計", "expense", "支出", "家計簿"),
        ("支出", "expense", "支出", "支出"),
        ("習慣", "habit", "習慣", "習慣"),
        ("レシピ", "recipe", "レシピ", "レシピ"),
        ("予約", "booking", "予約", "予約"),
        ("在庫", "item", "品物", "在庫"),
        ("連絡先", "contact", "連絡先", "連絡先"),
        ("日記", "entry", "日記", "日記"),
        ("メモ", "note", "メモ", "メモ"),
        ("予定", "event", "予定", "予定表"),
        ("映画", "movie", "映画", "映画"),
        ("顧客", "contact", "顧客", "顧客"),
    ];
    let (word, entity, label, title) =
        SUBJECTS.iter().find(|(word, ..)| prompt.text.contains(word)).copied()?;
    for index in 0..prompt.len() {
        let fits =
            prompt.token(index).is_some_and(|token| token.kind == Kind::Word && token.text.contains(word));
        if fits {
            let sentence = prompt.sentence_of(index);
            prompt.use_tokens(sentence);
            break;
        }
    }
    Some((entity, label, title))
}
