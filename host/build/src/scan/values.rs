//! What an expression stands for, as far as it is plain: which global it names, which text it makes.
//!
//! `window["ev" + "al"]`, `const w = self; w.eval` and `const { eval: e } = globalThis` all name the global
//! `eval`. Followed are constants, property accesses, destructuring and string concatenation; not calls, not
//! parameters, not assignments. Every walk is bounded.

use std::borrow::Cow;

use oxc::{
    ast::{
        AstKind,
        ast::{
            BinaryOperator, BindingPattern, ChainElement, Expression, FormalParameter, IdentifierReference,
            MemberExpression, ObjectPattern, SimpleAssignmentTarget, TemplateLiteral,
        },
    },
    semantic::SymbolId,
    span::Span,
};

use super::Scan;

/// A global by its path from the global object: `["location", "href"]`; empty for the global object itself.
pub(crate) type Path<'a> = Vec<Cow<'a, str>>;

/// How many constants and property accesses are followed for one answer.
const HOPS_MAX: u8 = 24;
/// How many pieces of a text are put together, and how long it may get.
const PIECES_MAX: u16 = 256;
const TEXT_BYTES_MAX: usize = 4 << 10;

/// Names of the global object.
const ROOTS: [&str; 7] = ["globalThis", "window", "self", "frames", "top", "parent", "global"];

/// A property access.
#[derive(Clone, Debug)]
pub(crate) struct Member<'a> {
    pub(crate) object: &'a Expression<'a>,
    /// The property's name; `None` when it is not plain.
    pub(crate) property: Option<Cow<'a, str>>,
    pub(crate) span: Span,
}

/// A text, or how it starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) text: String,
    /// Whether that is all of it.
    pub(crate) complete: bool,
}

/// Where a local name got its value.
pub(crate) enum Origin<'a> {
    /// `const name = value`.
    Value(&'a Expression<'a>),
    /// `const { key: name } = value`.
    Property(&'a Expression<'a>, Cow<'a, str>),
    /// A parameter: `name`, or `{ key: name }` of one.
    Parameter(&'a FormalParameter<'a>, Option<Cow<'a, str>>),
    /// Anything else, and whatever is assigned to more than once.
    Unknown,
}

/// Whether a path is this one.
pub(crate) fn is(path: &Path<'_>, names: &[&str]) -> bool {
    path.len() == names.len() && path.iter().zip(names).all(|(a, b)| a == b)
}

impl<'a> Scan<'a> {
    /// The global that an expression names.
    pub(crate) fn path(&self, expression: &'a Expression<'a>) -> Option<Path<'a>> {
        self.path_within(expression, HOPS_MAX)
    }

    /// The global that a property access names.
    pub(crate) fn member_path(&self, member: &Member<'a>) -> Option<Path<'a>> {
        self.extended(self.path(member.object)?, member.property.clone()?)
    }

    fn extended(&self, mut path: Path<'a>, name: Cow<'a, str>) -> Option<Path<'a>> {
        if path.len() >= 8 {
            return None;
        }
        // `window.window.eval` is `eval`.
        if !(path.is_empty() && ROOTS.contains(&name.as_ref())) {
            path.push(name);
        }
        Some(path)
    }

    fn path_within(&self, expression: &'a Expression<'a>, hops: u8) -> Option<Path<'a>> {
        match expression.get_inner_expression() {
            Expression::Identifier(ident) => self.ident_path(ident, hops),
            Expression::SequenceExpression(sequence) => self.path_within(sequence.expressions.last()?, hops),
            Expression::LogicalExpression(either) => self.path_within(&either.left, hops.checked_sub(1)?),
            other => {
                let member = self.member(other)?;
                self.extended(self.path_within(member.object, hops.checked_sub(1)?)?, member.property?)
            }
        }
    }

    /// The global that an identifier names, through constants.
    pub(crate) fn ident_path(&self, ident: &'a IdentifierReference<'a>, hops: u8) -> Option<Path<'a>> {
        let Some(symbol) = self.symbol(ident) else {
            let name = ident.name.as_str();
            return Some(if ROOTS.contains(&name) { Path::new() } else { vec![name.into()] });
        };
        let hops = hops.checked_sub(1)?;
        match self.origin(symbol) {
            Origin::Value(value) => self.path_within(value, hops),
            Origin::Property(value, key) => self.extended(self.path_within(value, hops)?, key),
            Origin::Parameter(..) | Origin::Unknown => None,
        }
    }

    /// An expression as a property access.
    pub(crate) fn member(&self, expression: &'a Expression<'a>) -> Option<Member<'a>> {
        match expression.get_inner_expression() {
            Expression::ChainExpression(chain) => match &chain.expression {
                ChainElement::TSNonNullExpression(inner) => self.member(&inner.expression),
                element => self.member_of(element.as_member_expression()?),
            },
            other => self.member_of(other.as_member_expression()?),
        }
    }

    fn member_of(&self, member: &'a MemberExpression<'a>) -> Option<Member<'a>> {
        match member {
            MemberExpression::StaticMemberExpression(m) => {
                self.member_of_kind(AstKind::StaticMemberExpression(m))
            }
            MemberExpression::ComputedMemberExpression(m) => {
                self.member_of_kind(AstKind::ComputedMemberExpression(m))
            }
            MemberExpression::PrivateFieldExpression(_) => None,
        }
    }

    /// A node as a property access.
    pub(crate) fn member_of_kind(&self, kind: AstKind<'a>) -> Option<Member<'a>> {
        match kind {
            AstKind::StaticMemberExpression(m) => Some(Member {
                object: &m.object,
                property: Some(m.property.name.as_str().into()),
                span: m.span,
            }),
            AstKind::ComputedMemberExpression(m) => {
                let property = self.whole_text(&m.expression).map(Cow::Owned);
                Some(Member { object: &m.object, property, span: m.span })
            }
            _ => None,
        }
    }

    /// What an assignment writes to, as a property access.
    pub(crate) fn target_member(&self, target: &'a SimpleAssignmentTarget<'a>) -> Option<Member<'a>> {
        match target {
            SimpleAssignmentTarget::TSAsExpression(e) => self.member(&e.expression),
            SimpleAssignmentTarget::TSNonNullExpression(e) => self.member(&e.expression),
            SimpleAssignmentTarget::TSSatisfiesExpression(e) => self.member(&e.expression),
            SimpleAssignmentTarget::TSTypeAssertion(e) => self.member(&e.expression),
            other => self.member_of(other.as_member_expression()?),
        }
    }

    /// The text that an expression makes, when all of it is plain.
    pub(crate) fn whole_text(&self, expression: &'a Expression<'a>) -> Option<String> {
        self.text(expression).filter(|text| text.complete).map(|text| text.text)
    }

    /// The text that an expression makes, or its plain start.
    pub(crate) fn text(&self, expression: &'a Expression<'a>) -> Option<Text> {
        self.text_within(expression, HOPS_MAX, &mut { PIECES_MAX })
    }

    fn text_within(&self, expression: &'a Expression<'a>, hops: u8, pieces: &mut u16) -> Option<Text> {
        *pieces = pieces.checked_sub(1)?;
        match expression.get_inner_expression() {
            Expression::StringLiteral(literal) => {
                let text: String = literal.value.as_str().chars().take(TEXT_BYTES_MAX).collect();
                Some(Text { complete: text.len() == literal.value.as_str().len(), text })
            }
            Expression::TemplateLiteral(template) => self.template(template, hops, pieces),
            Expression::BinaryExpression(sum) if sum.operator == BinaryOperator::Addition => {
                let left = self.text_within(&sum.left, hops, pieces)?;
                Some(if left.complete {
                    joined(left, self.text_within(&sum.right, hops, pieces))
                } else {
                    left
                })
            }
            Expression::SequenceExpression(sequence) => {
                self.text_within(sequence.expressions.last()?, hops, pieces)
            }
            Expression::Identifier(ident) => match self.origin(self.symbol(ident)?) {
                Origin::Value(value) => self.text_within(value, hops.checked_sub(1)?, pieces),
                _ => None,
            },
            _ => None,
        }
    }

    fn template(&self, template: &'a TemplateLiteral<'a>, hops: u8, pieces: &mut u16) -> Option<Text> {
        let mut text = Text { text: String::new(), complete: true };
        for (at, quasi) in template.quasis.iter().enumerate() {
            let cooked = quasi.value.cooked?.as_str().to_owned();
            text = joined(text, Some(Text { text: cooked, complete: true }));
            if let Some(expression) = template.expressions.get(at) {
                text = joined(text, self.text_within(expression, hops, pieces));
            }
            if !text.complete {
                break;
            }
        }
        Some(text)
    }

    /// Where a symbol of this file got its value.
    pub(crate) fn origin(&self, symbol: SymbolId) -> Origin<'a> {
        if self.scoping().symbol_is_mutated(symbol) {
            return Origin::Unknown;
        }
        match self.nodes().kind(self.scoping().symbol_declaration(symbol)) {
            AstKind::VariableDeclarator(declarator) => match (&declarator.id, &declarator.init) {
                (BindingPattern::BindingIdentifier(_), Some(init)) => Origin::Value(init),
                (BindingPattern::ObjectPattern(pattern), Some(init)) => match key_of(pattern, symbol) {
                    Some(key) => Origin::Property(init, key),
                    None => Origin::Unknown,
                },
                _ => Origin::Unknown,
            },
            AstKind::FormalParameter(parameter) => match &parameter.pattern {
                BindingPattern::BindingIdentifier(_) => Origin::Parameter(parameter, None),
                BindingPattern::ObjectPattern(pattern) => match key_of(pattern, symbol) {
                    Some(key) => Origin::Parameter(parameter, Some(key)),
                    None => Origin::Unknown,
                },
                _ => Origin::Unknown,
            },
            _ => Origin::Unknown,
        }
    }
}

/// The key under which a pattern binds a symbol.
fn key_of<'a>(pattern: &'a ObjectPattern<'a>, symbol: SymbolId) -> Option<Cow<'a, str>> {
    pattern.properties.iter().find_map(|property| {
        let bound = match &property.value {
            BindingPattern::AssignmentPattern(default) => &default.left,
            other => other,
        };
        let BindingPattern::BindingIdentifier(ident) = bound else { return None };
        (ident.symbol_id.get() == Some(symbol)).then(|| property.key.static_name()).flatten()
    })
}

fn joined(mut left: Text, right: Option<Text>) -> Text {
    match right {
        Some(right) if left.text.len() + right.text.len() <= TEXT_BYTES_MAX => {
            left.text.push_str(&right.text);
            left.complete = right.complete;
        }
        _ => left.complete = false,
    }
    left
}
