//! What is not built: apps that take others' data, send it away, use machines for someone else's gain, or
//! spy on people. The rest of such a prompt is still built, and the person is told what was left out.
//!
//! This is courtesy, not protection: what an app can do is decided by its grants and its sandbox.

use std::ops::Range;

use super::prompt::Prompt;

/// A kind of harm: words that must all be near each other, and why it is not done.
struct Harm {
    /// Each is a pattern; all must occur in one sentence.
    all: &'static [&'static str],
    reason: &'static str,
    alternative: &'static str,
}

const EVENTS: &str = "An app can show what other apps tell it: it subscribes to their events, with your consent. Say for example \
                      \"a list that syncs with the todo app events\".";

const HARMS: &[Harm] = &[
    Harm {
        all: &[
            "data|kv|database|databases|secret|secrets|storage|cookies|tables",
            "other|others|another|all|every apps|app's|apps'",
        ],
        reason: "It would read the data of other apps. Each app's data is its own.",
        alternative: EVENTS,
    },
    Harm {
        all: &[
            "cookies|localstorage|sessionstorage",
            "read|reads|steal|grab|capture|send|upload|collect|harvest|copy|take",
        ],
        reason: "It would take what a browser keeps for a person or for another page.",
        alternative: "An app can keep its own data, and ask people for what it needs in a form.",
    },
    Harm {
        all: &[
            "password|passwords|credentials|logins|credit|tokens|accounts",
            "steal|steals|grab|harvest|sniff|crack|intercept|capture|captures|phish|hack",
        ],
        reason: "It would take people's credentials.",
        alternative: "An app can ask people for what it needs in a form that says why.",
    },
    Harm {
        all: &[
            "uploads|upload|send|sends|post|posts|exfiltrate|forward|copy|leak|dump",
            "environment|secrets|keys|everything|lot|passwords|keystrokes|cookies|system",
            "server|https|http|url|webhook|variables|prompt|every|somewhere|apps",
        ],
        reason: "It would send data to somewhere else without the people concerned.",
        alternative: "An app can offer its list as a download, or publish events on this canvas.",
    },
    Harm {
        all: &[
            "monero|bitcoin|crypto|cryptocurrency|coin|xmr|coinhive|cryptojack|cryptojacking|ethereum",
            "mine|miner|mines|mining|mined|cryptojack|cryptojacking|coinhive|hash",
        ],
        reason: "It would use people's machines to mine coins.",
        alternative: "The app without the miner.",
    },
    Harm {
        all: &["keylogger|keyloggers|keystroke|keystrokes|key-logger"],
        reason: "It would record what people type elsewhere.",
        alternative: "A form can ask people for what you need to know.",
    },
    Harm {
        all: &[
            "fake|clone|imitate|imitates|phishing|pretend|pretends|impersonate",
            "login|sign-in|log-in|bank|paypal|google|password|passwords|credit",
            "password|passwords|credentials|card|login|phishing|details|bank",
        ],
        reason: "It would trick people into giving away their credentials.",
        alternative: "A form with your own name on it, that says what it asks for and why.",
    },
    Harm {
        all: &["ddos|ransomware|malware|virus|trojan|botnet|rootkit|brute-force|bruteforce|exploit|exploits"],
        reason: "It would attack other people's machines.",
        alternative: "A list to keep track of such incidents, for example.",
    },
    Harm {
        all: &[
            "spy|stalk|secretly|covertly|stealthily|hidden|without",
            "track|record|watch|location|microphone|camera|messages|wife|husband|girlfriend|boyfriend|partner's|ex|employee|employees|their",
            "knowing|knowledge|noticing|secretly|spy|stalk|covertly|stealthily",
        ],
        reason: "It would watch people without their knowledge.",
        alternative: "A shared list that everybody concerned can see.",
    },
    Harm {
        all: &[
            "escape|escapes|bypass|bypasses|break|breaks|disable|disables|circumvent|circumvents",
            "sandbox|csp|grants|permissions|limits|iframe",
        ],
        reason: "It would try to leave its sandbox.",
        alternative: "An app can ask for a grant in its manifest; a person then decides.",
    },
    Harm {
        all: &["ignore|disregard|forget", "previous|prior|above|all", "instructions|rules|prompt|prompts"],
        reason: "It is an instruction to the generator hidden in the text, not a wish about the app.",
        alternative: "The app without it.",
    },
];

/// A part of a prompt that is not built.
pub(super) struct Declined {
    pub(super) text: String,
    pub(super) reason: &'static str,
    pub(super) alternative: &'static str,
}

/// Finds what is not built, and hides it from all other rules.
pub(super) fn decline(prompt: &mut Prompt) -> Vec<Declined> {
    let mut declined = hide_quotes(prompt);
    for sentence in prompt.sentences() {
        let Some((harm, range)) = harm_in(prompt, sentence.clone()) else { continue };
        declined.push(Declined {
            text: shortened(prompt.written(range.clone())),
            reason: harm.reason,
            alternative: harm.alternative,
        });
        prompt.hide(range.clone());
        prompt.use_tokens(range);
    }
    if !declined.is_empty() {
        hide_covers(prompt);
    }
    declined
}

/// The harm in a sentence, and the clauses that belong to it.
fn harm_in(prompt: &Prompt, sentence: Range<usize>) -> Option<(&'static Harm, Range<usize>)> {
    // "Nothing may be sent anywhere", "never reads other apps' data": the opposite of a harm.
    let denied = prompt
        .find_in("nothing|never|neither|mustn't|shouldn't|not", sentence.clone())
        .is_some_and(|found| found.start < sentence.start + 6);
    let harm = HARMS
        .iter()
        .filter(|_| !denied)
        .find(|harm| harm.all.iter().all(|pattern| prompt.find_in(pattern, sentence.clone()).is_some()))?;
    let clauses = prompt.clauses(sentence.clone());
    let touched = |clause: &Range<usize>| {
        harm.all.iter().any(|pattern| prompt.find_in(pattern, clause.clone()).is_some())
    };
    // From the first clause with all of it, or with most of it, to the end of what concerns it.
    let first = clauses
        .iter()
        .find(|clause| harm.all.iter().all(|pattern| prompt.find_in(pattern, (*clause).clone()).is_some()))
        .or_else(|| clauses.iter().find(|clause| touched(clause)))?;
    Some((harm, first.start..sentence.end))
}

/// "The owners don't need to know", "don't mention it anywhere": cover for what was declined.
fn hide_covers(prompt: &mut Prompt) {
    const COVERS: &[&str] = &[
        "don't|doesn't|shouldn't|not|never|needn't mention|tell|know|notice|show|reveal",
        "don't|doesn't need to know",
        "without anyone|them|anybody knowing|noticing",
        "secretly|covertly",
        "keep it|this secret|hidden|quiet",
    ];
    for cover in COVERS {
        for found in prompt.find_all(cover) {
            let sentence = prompt.sentence_of(found.start);
            prompt.hide(sentence.clone());
            prompt.use_tokens(sentence);
        }
    }
}

/// Longer texts in double quotes are examples of data: no rule reads them as wishes. Those that hold
/// instructions of their own are said to be left out.
fn hide_quotes(prompt: &mut Prompt) -> Vec<Declined> {
    let mut declined = Vec::new();
    let quotes: Vec<usize> = (0..prompt.len()).filter(|index| prompt.is_mark(*index, '"')).collect();
    for pair in quotes.chunks(2) {
        let [open, close] = pair else { continue };
        if close - open <= 5 {
            continue;
        }
        let whole = *open..close + 1;
        let harm = HARMS
            .iter()
            .find(|harm| harm.all.iter().all(|pattern| prompt.find_in(pattern, whole.clone()).is_some()));
        if let Some(harm) = harm {
            declined.push(Declined {
                text: shortened(prompt.written(whole.clone())),
                reason: harm.reason,
                alternative: harm.alternative,
            });
        }
        prompt.hide(whole);
    }
    declined
}

fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(120).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
