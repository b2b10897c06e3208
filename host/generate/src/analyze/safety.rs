//! What is not built: apps that take others' data, send it away, use machines for someone else's gain, or
//! spy on people. The rest of such a prompt is still built, and the person is told what was left out.
//!
//! This is courtesy, not protection: what an app can do is decided by its grants and its sandbox.

use std::ops::Range;

use super::{finish::shortened, prompt::Prompt};

/// The most of what is left out that is repeated to the person.
const TOLD_CHARS_MAX: usize = 120;

/// A kind of harm: words that must all be near each other, and why it is not done.
struct Harm {
    /// Each is a pattern; all must occur in one sentence.
    all: &'static [&'static str],
    /// What shows that things of that name are only kept a list of; empty for nothing.
    unless: &'static str,
    reason: &'static str,
    alternative: &'static str,
}

impl Harm {
    fn is_in(&self, prompt: &Prompt, range: Range<usize>) -> bool {
        self.all.iter().all(|pattern| prompt.find_in(pattern, range.clone()).is_some())
            && (self.unless.is_empty() || prompt.find_in(self.unless, range).is_none())
    }
}

const EVENTS: &str = "An app can show what other apps tell it: it subscribes to their events, with your consent. Say for example \
                      \"a list that syncs with the todo app events\".";

const HARMS: &[Harm] = &[
    Harm {
        all: &[
            "data|kv|database|databases|secret|secrets|storage|cookies|tables",
            "other|others|another apps|app's|apps'",
        ],
        unless: "",
        reason: "It would read the data of other apps. Each app's data is its own.",
        alternative: EVENTS,
    },
    Harm {
        all: &[
            "read|reads|steal|steals|grab|grabs|capture|harvest|exfiltrate the|all? their|its|user's|browser? session? \
             cookies|localstorage|sessionstorage",
        ],
        unless: "",
        reason: "It would take what a browser keeps for a person or for another page.",
        alternative: "An app can keep its own data, and ask people for what it needs in a form.",
    },
    Harm {
        all: &[
            "password|passwords|credentials|logins|credit|tokens|accounts",
            "steal|steals|grab|harvest|sniff|crack|intercept|phish|hack",
        ],
        unless: "",
        reason: "It would take people's credentials.",
        alternative: "An app can ask people for what it needs in a form that says why.",
    },
    Harm {
        all: &[
            "uploads|upload|send|sends|post|exfiltrate|forward|copy|leak|dump your|all|the|every|full|my|their? \
             all|the|full? environment|secrets|keys|everything|lot|passwords|keystrokes|cookies|system",
            "server|https|http|url|webhook|variables|prompt|somewhere|apps",
        ],
        unless: "",
        reason: "It would send data to somewhere else without the people concerned.",
        alternative: "An app can offer its list as a download, or publish events on this canvas.",
    },
    Harm {
        all: &[
            "monero|bitcoin|crypto|cryptocurrency|xmr|coinhive|cryptojack|cryptojacking|ethereum",
            "mine|miner|mines|mining|mined|cryptojack|cryptojacking|coinhive|hash",
        ],
        unless: "",
        reason: "It would use people's machines to mine coins.",
        alternative: "The app without the miner.",
    },
    Harm {
        all: &["keylogger|keyloggers|keystroke|keystrokes|key-logger"],
        unless: "",
        reason: "It would record what people type elsewhere.",
        alternative: "A form can ask people for what you need to know.",
    },
    Harm {
        all: &[
            "fake|clone|imitate|imitates|phishing|pretend|pretends|impersonate",
            "login|sign-in|log-in|bank|paypal|google|password|passwords|credit",
            "password|passwords|credentials|card|login|phishing|details|bank",
        ],
        unless: "incidents|reports|awareness|training",
        reason: "It would trick people into giving away their credentials.",
        alternative: "A form with your own name on it, that says what it asks for and why.",
    },
    Harm {
        all: &["ddos|ransomware|malware|virus|trojan|botnet|rootkit|brute-force|bruteforce|exploit|exploits"],
        unless: "incident|incidents|sample|samples|register|list|log|tracker|inventory|results|patients|tests|reports",
        reason: "It would attack other people's machines.",
        alternative: "A list to keep track of such incidents, for example.",
    },
    Harm {
        all: &[
            "spy|stalk|secretly|covertly|stealthily|hidden|without",
            "track|record|watch|location|microphone|camera|messages|wife|husband|girlfriend|boyfriend|partner's|ex|employee|employees|their",
            "knowing|knowledge|noticing|secretly|spy|stalk|covertly|stealthily",
        ],
        unless: "",
        reason: "It would watch people without their knowledge.",
        alternative: "A shared list that everybody concerned can see.",
    },
    Harm {
        all: &[
            "escape|escapes|bypass|bypasses|break|breaks|disable|disables|circumvent|circumvents from|out? of? \
             the|its|a|any|all? content? sandbox|csp|grants|permissions|limits|iframe",
        ],
        unless: "",
        reason: "It would try to leave its sandbox.",
        alternative: "An app can ask for a grant in its manifest; a person then decides.",
    },
    Harm {
        all: &["ignore|disregard|forget", "previous|prior|above|all", "instructions|rules|prompt|prompts"],
        unless: "",
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
            text: shortened(prompt.written(range.clone()), TOLD_CHARS_MAX),
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
    let harm = HARMS.iter().filter(|_| !denied).find(|harm| harm.is_in(prompt, sentence.clone()))?;
    let clauses = prompt.clauses(sentence.clone());
    let touched = |clause: &Range<usize>| {
        harm.all.iter().any(|pattern| prompt.find_in(pattern, clause.clone()).is_some())
    };
    // From the first clause with all of it, or with most of it, to the end of what concerns it.
    let first = clauses
        .iter()
        .find(|clause| harm.is_in(prompt, (*clause).clone()))
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
        if let Some(harm) = HARMS.iter().find(|harm| harm.is_in(prompt, whole.clone())) {
            declined.push(Declined {
                text: shortened(prompt.written(whole.clone()), TOLD_CHARS_MAX),
                reason: harm.reason,
                alternative: harm.alternative,
            });
        }
        prompt.hide(whole);
    }
    declined
}
