//! A quick look at how deep a script nests, before the parser sees it.
//!
//! The parser's time grows with the square of the depth for some shapes (`(a=(a=(a=…`, `a<a<a<…`), so that a
//! hundred kilobytes of brackets would keep it busy for minutes. This look is linear, recurses nowhere, and is
//! only roughly right about strings, templates and regular expressions: it refuses what is far over the limit
//! and leaves the exact answer to the tree. Memory safety does not depend on it (see `deep_stack`).
//!
//! Where it is wrong can be chosen by who writes the source: the apostrophe of `<p>don't {…` opens no string. So
//! what it takes for strings and comments is counted too, by itself and with more room.

/// How far over `syntax_depth_max` brackets may be before this look refuses them: it errs on that side.
const SLACK: usize = 4;
/// The same for brackets in what looks like strings, patterns and comments. No text that people write holds so
/// many that nothing closes.
const SLACK_HIDDEN: usize = 8;

/// Where brackets are nested deeper than four times `depth_max`; `None` when they are not.
pub(crate) fn too_deep(text: &str, depth_max: usize) -> Option<u32> {
    let (limit, hidden_max) = (depth_max.saturating_mul(SLACK), depth_max.saturating_mul(SLACK_HIDDEN));
    let mut look = Look {
        bytes: text.as_bytes(),
        at: 0,
        depth: 0,
        angles: 0,
        templates: Vec::new(),
        before: b';',
        hidden: 0,
        hidden_angles: 0,
    };
    while look.at < look.bytes.len() {
        look.step();
        if look.depth.max(look.angles) > limit || look.hidden.max(look.hidden_angles) > hidden_max {
            return Some(u32::try_from(look.at).unwrap_or(u32::MAX));
        }
    }
    None
}

struct Look<'t> {
    bytes: &'t [u8],
    at: usize,
    depth: usize,
    /// `<` since the last bracket or separator.
    angles: usize,
    /// Depths at which a `}` goes back into a template.
    templates: Vec<usize>,
    /// The last byte that was no space.
    before: u8,
    /// As `depth` and `angles`, of what was skipped.
    hidden: usize,
    hidden_angles: usize,
}

impl Look<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn step(&mut self) {
        let byte = self.peek(0);
        let start = self.at;
        match byte {
            b'"' | b'\'' => self.skip_line_bound(byte, false),
            b'`' => self.skip_template(),
            b'/' if self.peek(1) == b'/' => self.skip_past(b"\n"),
            b'/' if self.peek(1) == b'*' => self.skip_past(b"*/"),
            b'/' if b"(,=:[!&|?{};+-*%<>~^".contains(&self.before) => self.skip_line_bound(b'/', true),
            b'(' | b'[' | b'{' => {
                self.depth += 1;
                self.angles = 0;
            }
            b'}' if self.templates.last() == Some(&self.depth) => {
                self.templates.pop();
                self.depth -= 1;
                self.skip_template();
            }
            b')' | b']' | b'}' => {
                self.depth = self.depth.saturating_sub(1);
                self.angles = 0;
            }
            b';' | b',' => self.angles = 0,
            b'<' => self.angles += 1,
            b'>' => self.angles = self.angles.saturating_sub(1),
            _ => {}
        }
        self.count_hidden(start + 1);
        if !byte.is_ascii_whitespace() {
            self.before = byte;
        }
        self.at += 1;
    }

    /// Counts the brackets from a place to the last byte of what was skipped; nothing when nothing was.
    fn count_hidden(&mut self, from: usize) {
        let end = self.bytes.len().min(self.at + 1);
        for byte in self.bytes.get(from..end).unwrap_or_default() {
            match byte {
                b'(' | b'[' | b'{' => (self.hidden, self.hidden_angles) = (self.hidden + 1, 0),
                b')' | b']' | b'}' => {
                    (self.hidden, self.hidden_angles) = (self.hidden.saturating_sub(1), 0);
                }
                b';' | b',' => self.hidden_angles = 0,
                b'<' => self.hidden_angles += 1,
                b'>' => self.hidden_angles = self.hidden_angles.saturating_sub(1),
                _ => {}
            }
        }
    }

    /// To the closing byte, or the end of the line. Ends on the last byte of what it skipped.
    fn skip_line_bound(&mut self, close: u8, classes: bool) {
        let mut in_class = false;
        loop {
            match self.peek(1) {
                0 | b'\n' => return,
                b'\\' => self.at += 1,
                b'[' if classes => in_class = true,
                b']' => in_class = false,
                byte if byte == close && !in_class => {
                    self.at += 1;
                    return;
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// To the closing backtick, or into the next `${`.
    fn skip_template(&mut self) {
        while self.at + 1 < self.bytes.len() {
            self.at += 1;
            match (self.peek(0), self.peek(1)) {
                (b'\\', _) => self.at += 1,
                (b'`', _) => return,
                (b'$', b'{') => {
                    self.at += 1;
                    self.depth += 1;
                    self.templates.push(self.depth);
                    return;
                }
                _ => {}
            }
        }
    }

    fn skip_past(&mut self, end: &[u8]) {
        let rest = self.bytes.get(self.at + 1..).unwrap_or_default();
        let found = rest.windows(end.len()).position(|window| window == end);
        self.at = found.map_or(self.bytes.len(), |position| self.at + position + end.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_far_too_deep_is_refused() {
        for unit in ["[", "(a=", "({a=", "f(", "a<", "`${", "{a:"] {
            assert!(too_deep(&unit.repeat(2_000), 256).is_some(), "{unit}");
            assert!(too_deep(&unit.repeat(200), 256).is_none(), "{unit}");
        }
    }

    #[test]
    fn brackets_in_strings_comments_and_patterns_do_not_count() {
        for line in [
            "const a = '((((';\n",
            "const a = \"\\\"((((\";\n",
            "// ((((\n",
            "/* (((( */\n",
            "const a = /[((/]\\((/.test(b);\n",
            "const a = `(( ${f('(')} (`;\n",
            "if (a < b) { c(a << 2); }\n",
            "const f = <T extends A<B>>(x: Map<T, T>) => x;\n",
            "<p>don't {f(x)}</p>\n",
        ] {
            assert_eq!(too_deep(&line.repeat(400), 256), None, "{line}");
        }
    }

    #[test]
    fn what_looks_like_a_string_or_a_comment_hides_nothing() {
        for start in ["<p>don't {", "<p>\" {", "<p>` {", "<p>// {", "<p>/* {"] {
            for unit in ["(a=", "[", "a<"] {
                assert!(too_deep(&format!("{start}{}", unit.repeat(10_000)), 256).is_some(), "{start}{unit}");
            }
        }
        let turns = "' (a=(a=(a=".repeat(2_000);
        assert!(too_deep(&format!("<p>don't {{{turns}"), 256).is_some());
    }

    #[test]
    fn it_ends_on_any_text() {
        for text in ["`", "`${", "`${}", "'\\", "/*", "/", "}}}}", "`${`${`", "\\", "a = /["] {
            assert_eq!(too_deep(text, 256), None, "{text}");
        }
    }
}
