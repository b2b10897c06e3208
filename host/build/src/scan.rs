//! The security scan: what an app's code must not do, found before it runs.
//!
//! It is the first fence and not the only one: the sandbox, the grants and the frame's policy hold without it.
//! It is here to say early, with a place and a remedy, what would fail or be refused later, and to refuse what
//! has no honest use in an app. Rules look at names through scopes: a local variable called `process` or a
//! parameter called `eval` is nobody's business, and strings and comments are never code.
//!
//! | id | severity | where | finds |
//! |---|---|---|---|
//! | `scan/no-eval` | error | everywhere | `eval`, `Function`, under any name or alias; `x.constructor.constructor(…)`; timers with a string |
//! | `scan/no-prototype-writes` | error | everywhere | `__proto__` writes, `setPrototypeOf`, writes to a built-in's prototype |
//! | `scan/no-dynamic-import` | error | everywhere | `import(…)` |
//! | `scan/no-require` | error | everywhere | `require`, `module.exports`, `exports.x`, `import x = require(…)` |
//! | `scan/no-process` | error | everywhere | `process`, `Buffer`, `__dirname` and other globals of Node; `import.meta.env` |
//! | `scan/no-navigation` | error | frontend | assigning `location`, `location.assign`, `history`, `window.open`, a refreshing `<meta>` |
//! | `scan/no-script-injection` | error | frontend | `document.write`, `innerHTML` and friends, `createElement("script")`, `<script>`, `javascript:` |
//! | `scan/no-dangerous-html` | error | frontend | `dangerouslySetInnerHTML` |
//! | `scan/fetch-origin` | error | everywhere | `fetch`, `WebSocket`, `EventSource`, `XMLHttpRequest`, `sendBeacon` to a literal origin that is not granted; in the frontend, to any |
//! | `scan/module-state` | error | backend | a module-level variable or container that a handler changes |
//! | `scan/missing-grant` | error | backend | `env.KV`, `env.DB`, `env.BUS` without the grant (warning: a variable that is not declared) |
//! | `scan/undeclared-event` | error | backend | `env.BUS.publish("type")` with a type that the manifest does not declare |
//! | `scan/unbounded-loop` | warning | everywhere | `while (true)` and its kin without `break`, `return`, `throw`, `await` or `yield` |
//! | `scan/computed-global` | warning | everywhere | `globalThis[expression]` |
//! | `scan/browser-storage` | warning | frontend | `localStorage`, `sessionStorage`, `indexedDB`, `document.cookie` |
//!
//! "Everywhere" includes tests. Grants are checked where the name is literal; the runtime checks all others.

mod context;
mod env;
mod mutation;
mod rules;
#[cfg(test)]
mod testing;
mod timing;
mod values;

use std::{borrow::Cow, collections::HashSet};

use atoll_model::{Manifest, Severity};
use oxc::{semantic::AstNode, span::Span};

pub(crate) use context::Scan;

use crate::{
    project::{Project, Sides},
    report::{Finding, Place, Report},
};

/// One rule. It is shown every node of every file on its sides, in source order.
pub(crate) struct Rule {
    /// `scan/…`.
    pub(crate) id: &'static str,
    /// How bad its findings are, unless one says otherwise.
    pub(crate) severity: Severity,
    /// Whose files it looks at.
    pub(crate) sides: Sides,
    /// Looks at one node.
    pub(crate) visit: for<'a> fn(&Scan<'a>, &'a AstNode<'a>, &mut Sink<'_>),
}

/// Where a rule puts what it finds in one file.
pub(crate) struct Sink<'r> {
    rule: &'r Rule,
    place: &'r dyn Fn(u32) -> Place,
    report: &'r mut Report,
    once: &'r mut HashSet<(&'static str, String)>,
}

impl Sink<'_> {
    /// A finding of the rule's severity.
    pub(crate) fn flag(
        &mut self,
        span: Span,
        message: impl Into<String>,
        hint: impl Into<Cow<'static, str>>,
    ) {
        self.flag_as(self.rule.severity, span, message, hint);
    }

    /// A finding of another severity.
    pub(crate) fn flag_as(
        &mut self,
        severity: Severity,
        span: Span,
        message: impl Into<String>,
        hint: impl Into<Cow<'static, str>>,
    ) {
        self.report.push(Finding {
            rule: self.rule.id.into(),
            severity,
            message: message.into(),
            hint: Some(hint.into().into_owned()),
            place: (self.place)(span.start),
        });
    }

    /// Whether this rule says `what` for the first time in this file: the tenth use of a missing grant is no
    /// news.
    pub(crate) fn first(&mut self, what: &str) -> bool {
        self.once.insert((self.rule.id, what.to_owned()))
    }
}

/// Shows every file to every rule that is meant for it.
pub(crate) fn scan(project: &Project<'_>, manifest: &Manifest, report: &mut Report) {
    for (index, file) in project.files.iter().enumerate() {
        if file.path.as_str().ends_with(".d.ts") {
            continue;
        }
        let scan = Scan::new(project, index, manifest);
        let place = |offset| Place::Offset(file.path.clone(), offset);
        let mut once = HashSet::new();
        for node in file.semantic.nodes().iter() {
            for rule in rules::ALL.iter().filter(|rule| rule.sides.meets(file.sides)) {
                let mut sink = Sink { rule, place: &place, report, once: &mut once };
                (rule.visit)(&scan, node, &mut sink);
            }
        }
    }
}
