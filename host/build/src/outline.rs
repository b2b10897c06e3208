//! A quick look at how deep a script nests, before the parser sees it.
//!
//! The parser's time grows with the square of the depth for some shapes (`(a=(a=(a=…`, `a<a<a<…`), so that a
//! hundred kilobytes of brackets would keep it busy for minutes. This look is linear, recurses nowhere, and is
//! only roughly right about strings, templates and regular expressions: it refuses what is far over the limit
//! and leaves the exact answer to the tree. Memory safety does not depend on it (see `deep_stack`).

/// How far over `syntax_depth_max` brackets may be before this look refuses them: it errs on that side.
const SLACK: usize = 4;

/// Where brackets are nested deeper than four times `depth_max`; `None` when they are not.
pub(crate) fn too_deep(text: &str, depth_max: usize) -> Option<u32> {
    let limit = depth_max.saturating_mul(SLACK);
    let mut look =
        Look { bytes: text.as_bytes(), at: 0, depth: 0, angles: 0, templates: Vec::new(), before: b';' };
    while look.at < look.bytes.len() {
        look.step();
        if look.depth > limit || look.angles > limit {
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
}

impl Look<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn step(&mut self) {
        let byte = self.peek(0);
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
        if !byte.is_ascii_whitespace() {
            self.before = byte;
        }
        self.at += 1;
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
            "const a = /[((((/]\\((/.test(b);\n",
            "const a = `(((( ${f('((')} ((`;\n",
            "if (a < b) { c(a << 2); }\n",
            "const f = <T extends A<B>>(x: Map<T, T>) => x;\n",
            "<p>don't {f(x)}</p>\n",
        ] {
            assert_eq!(too_deep(&line.repeat(3_000), 256), None, "{line}");
        }
    }

    #[test]
    fn it_ends_on_any_text() {
        for text in ["`", "`${", "`${}", "'\\", "/*", "/", "}}}}", "`${`${`", "\\", "a = /["] {
            assert_eq!(too_deep(text, 256), None, "{text}");
        }
    }
}
