//! Prompt → specification, by rules alone.
//!
//! In: the person's sentence and what is on the canvas. Out: what is to be built, what was assumed, and every
//! clause that no rule understood. The steps run over one [`prompt::Prompt`] whose tokens remember whether
//! they were understood:
//!
//! 1. what harms others is declined and hidden from all other rules (`safety`);
//! 2. the subject: a well-known app, a noun, a title (`subject`, `archetypes`);
//! 3. fields from enumerations (`lists`, `phrase`, `constraint`, `lexicon`, `japanese`);
//! 4. rules and features from sentences (`rules`, `features`), other apps' events (`sync`);
//! 5. what is missing is filled in with what such apps usually have (`features`), all of it is made to fit together
//!    (`fitting`), and what is left over is said (`finish`).
//!
//! What it deliberately does not do: guess. A clause that is half understood is reported.

mod archetypes;
mod constraint;
mod draft;
mod features;
mod finish;
mod fitting;
mod japanese;
mod language;
mod lexicon;
mod lists;
mod phrase;
mod prompt;
mod rules;
mod safety;
mod start;
mod subject;
mod sync;
mod words;

use atoll_model::{AppName, Limits};

use crate::{AppSpecification, Field, FieldKind, Language, Neighbour};
use prompt::Prompt;

/// What a prompt came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Analysis {
    /// What is to be built.
    pub specification: AppSpecification,
    /// Clauses that no rule understood, in the person's words and order.
    pub not_understood: Vec<String>,
    /// What was chosen because the prompt left it open, or left out because it would harm others.
    pub assumptions: Vec<String>,
}

/// Nothing is built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Why, in a sentence.
    pub reason: String,
    /// What could be built instead.
    pub alternative: String,
}

/// Reads a prompt.
///
/// # Errors
/// A [`Refusal`] when what is asked for would harm others and nothing else is left to build.
pub fn analyze(prompt: &str, neighbours: &[Neighbour], limits: &Limits) -> Result<Analysis, Refusal> {
    let cut = prompt.get(..prompt.floor_char_boundary(limits.prompt_bytes_max)).unwrap_or(prompt);
    let mut assumptions = Vec::new();
    if cut.len() < prompt.len() {
        assumptions.push(format!(
            "Only the first {} bytes of the prompt were read (limit prompt_bytes_max).",
            limits.prompt_bytes_max
        ));
    }
    let mut prompt = Prompt::new(cut.trim());
    let declined = safety::decline(&mut prompt);
    let language = language::detect(&prompt);
    let wish = sync::hide(&mut prompt);
    let mut subject = subject::find(&mut prompt);
    let measured = subject::measure(&mut prompt, &mut subject);
    subject::use_background(&mut prompt);
    sync::unhide(&mut prompt, wish);
    let mut found =
        lists::find(&mut prompt, subject.archetype.is_some_and(|archetype| archetype.title == "Board"));
    lists::choices(&mut prompt, &mut found);
    if language == Language::Japanese {
        japanese::find(&mut prompt, &mut found);
        if let Some((entity, label, title)) = japanese::subject(&mut prompt) {
            subject::rename(&mut subject, entity, label, title);
        }
    }
    let nothing = !subject.known && found.fields.is_empty() && found.inner.is_empty();
    if let (true, false, Some(first)) = (nothing, finish::says_anything(&prompt), declined.first()) {
        return Err(Refusal { reason: first.reason.to_owned(), alternative: first.alternative.to_owned() });
    }
    assumptions.extend(declined.iter().map(|one| format!("Left out: \"{}\". {}", one.text, one.reason)));

    if let Some(label) = measured {
        let label = label.to_lowercase();
        let meaning = lexicon::meaning(&label.split(' ').map(str::to_owned).collect::<Vec<_>>());
        let meaning =
            meaning.filter(|meaning| *meaning == lexicon::Meaning::Number).unwrap_or(lexicon::Meaning::Count);
        found.fields.insert(0, lexicon::field(&crate::words::capitalized(&label), meaning).required());
    }
    let listed = !found.fields.is_empty() || !found.inner.is_empty();
    if listed {
        subject::take_noun(&mut prompt, &mut subject, found.noun.take());
    }
    let title = subject.title.clone();
    let mut draft = start::start(subject, found, limits, &prompt);
    draft.assumptions.splice(0..0, assumptions);
    rules::apply(&mut prompt, &mut draft);
    features::apply(&mut prompt, &mut draft);
    features::defaults(&mut draft);
    let title = if nothing { "Notes".to_owned() } else { title };
    let name = AppName::nearest(&title).or_else(|| AppName::nearest(&draft.entity.plural.replace('_', "-")));
    let name = name.unwrap_or_else(fallback_name);
    let sync = sync::apply(&mut prompt, &mut draft, neighbours, name.as_str());
    finish::caveats(&prompt, &mut draft, nothing, sync.is_some());
    finish::translate_usual(&mut draft, language);
    fitting::fit(&mut draft);
    let not_understood = finish::left_over(&prompt, &draft);
    Ok(Analysis {
        specification: AppSpecification {
            name,
            description: finish::description(&draft),
            title,
            language,
            view: draft.view,
            theme: draft.theme,
            entity: draft.entity,
            children: draft.children,
            features: draft.features,
            rules: draft.rules,
            sync,
        },
        not_understood,
        assumptions: draft.assumptions,
    })
}

#[expect(clippy::expect_used, reason = "the text is a valid name")]
fn fallback_name() -> AppName {
    AppName::parse("notes").expect("a valid name")
}

/// The field is filled in for every entry.
fn is_always_set(field: &Field) -> bool {
    field.required || (field.kind == FieldKind::Date && field.initial == Some(crate::InitialValue::Today))
}
