//! How code changes what a variable holds: by assigning it, by assigning a property, by a method that changes
//! its receiver.

use oxc::{
    ast::{
        AstKind,
        ast::{BindingPattern, Expression, ObjectPropertyKind},
    },
    semantic::{NodeId, SymbolId},
    span::GetSpan,
};

use super::{Scan, context, values::is};

/// What a variable was made as, which says what its methods do.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Container<'a> {
    /// `[…]`, `new Array`, `Array.from`.
    Array,
    /// `new Map`, `new Set` and their weak forms.
    Keyed,
    /// `{…}`, with what is in it.
    Object(Option<&'a Expression<'a>>),
    /// Anything else: only assignments to its properties count.
    Other,
}

const ARRAY_CHANGERS: [&str; 9] =
    ["copyWithin", "fill", "pop", "push", "reverse", "shift", "sort", "splice", "unshift"];
const KEYED_CHANGERS: [&str; 4] = ["add", "clear", "delete", "set"];

/// How many local names for the same thing are followed.
const ALIASES_MAX: u8 = 4;

/// A change, at a node.
pub(crate) struct Change {
    pub(crate) node: NodeId,
    /// In a word or two: "assigned", "push".
    pub(crate) how: String,
}

impl<'a> Scan<'a> {
    /// What an initial value makes of a variable.
    pub(crate) fn container(&self, init: Option<&'a Expression<'a>>) -> Container<'a> {
        let Some(init) = init else { return Container::Other };
        match init.get_inner_expression() {
            Expression::ArrayExpression(_) => Container::Array,
            object @ Expression::ObjectExpression(_) => Container::Object(Some(object)),
            Expression::NewExpression(new) => match self.path(&new.callee) {
                Some(path) if ["Map", "Set", "WeakMap", "WeakSet"].iter().any(|name| is(&path, &[name])) => {
                    Container::Keyed
                }
                Some(path) if is(&path, &["Array"]) => Container::Array,
                Some(path) if is(&path, &["Object"]) => Container::Object(None),
                _ => Container::Other,
            },
            Expression::CallExpression(call) => match self.path(&call.callee) {
                Some(path)
                    if is(&path, &["Array"])
                        || is(&path, &["Array", "from"])
                        || is(&path, &["Array", "of"]) =>
                {
                    Container::Array
                }
                Some(path) if is(&path, &["Object", "create"]) || is(&path, &["Object", "fromEntries"]) => {
                    Container::Object(None)
                }
                Some(path) if is(&path, &["structuredClone"]) => self.container(context::argument(call, 0)),
                _ => Container::Other,
            },
            _ => Container::Other,
        }
    }

    /// All changes of a symbol of this file, through local names for it too.
    pub(crate) fn changes(&self, symbol: SymbolId, container: Container<'a>) -> Vec<Change> {
        let mut changes = Vec::new();
        self.collect_changes(symbol, container, ALIASES_MAX, &mut changes);
        changes
    }

    fn collect_changes(
        &self,
        symbol: SymbolId,
        container: Container<'a>,
        aliases: u8,
        out: &mut Vec<Change>,
    ) {
        for reference in
            self.scoping().get_resolved_references(symbol).filter(|r| r.is_read() || r.is_write())
        {
            let node = reference.node_id();
            if reference.is_write() {
                out.push(Change { node, how: "assigned".into() });
            } else if let Some(how) = self.change_at(node, container) {
                out.push(Change { node, how });
            } else if let Some((alias, container)) = self.alias(node, container)
                && aliases > 0
                && alias != symbol
            {
                self.collect_changes(alias, container, aliases - 1, out);
            }
        }
    }

    /// `const list = state.items`: the local name, and what it holds.
    fn alias(&self, reference: NodeId, container: Container<'a>) -> Option<(SymbolId, Container<'a>)> {
        let (top, container) = self.climb(reference, container);
        let AstKind::VariableDeclarator(declarator) = self.parent(top).kind() else { return None };
        let BindingPattern::BindingIdentifier(ident) = &declarator.id else { return None };
        let symbol = ident.symbol_id.get()?;
        (!self.scoping().symbol_is_mutated(symbol)).then_some((symbol, container))
    }

    /// From a reference up through its property accesses, as far as they are not called.
    fn climb(&self, reference: NodeId, mut container: Container<'a>) -> (NodeId, Container<'a>) {
        let mut top = reference;
        while let Some((parent, property)) = self.access_of(top) {
            top = parent;
            container = self.part(container, property.as_deref());
        }
        (top, container)
    }

    /// The property access whose object a node is.
    fn access_of(&self, node: NodeId) -> Option<(NodeId, Option<String>)> {
        let parent = self.parent(node);
        let member = self.member_of_kind(parent.kind())?;
        let is_object = member.object.get_inner_expression().span() == self.nodes().kind(node).span();
        is_object.then(|| (parent.id(), member.property.map(|name| name.into_owned())))
    }

    /// What a property of a container holds.
    fn part(&self, container: Container<'a>, property: Option<&str>) -> Container<'a> {
        let Container::Object(Some(Expression::ObjectExpression(object))) = container else {
            return match container {
                Container::Object(_) | Container::Array => Container::Object(None),
                _ => Container::Other,
            };
        };
        let Some(property) = property else { return Container::Object(None) };
        let value = object.properties.iter().find_map(|p| match p {
            ObjectPropertyKind::ObjectProperty(p) => {
                p.key.is_specific_static_name(property).then_some(&p.value)
            }
            ObjectPropertyKind::SpreadProperty(_) => None,
        });
        value.map_or(Container::Object(None), |value| self.container(Some(value)))
    }

    /// How the expression around a reference changes what it stands for, if it does.
    fn change_at(&self, reference: NodeId, mut container: Container<'a>) -> Option<String> {
        let mut top = reference;
        loop {
            let parent = self.parent(top);
            let kind = parent.kind();
            if top != reference && self.is_written(top) {
                return Some("a property is assigned".into());
            }
            if let AstKind::CallExpression(call) = kind {
                return self.changed_as_argument(call, top);
            }
            let (access, property) = self.access_of(top)?;
            if let Some(method) = &property
                && self.is_callee(access)
            {
                return changer(container, method).then(|| method.clone());
            }
            container = self.part(container, property.as_deref());
            top = access;
        }
    }

    fn is_callee(&self, access: NodeId) -> bool {
        let span = self.nodes().kind(access).span();
        matches!(self.parent(access).kind(),
            AstKind::CallExpression(call) if call.callee.get_inner_expression().span() == span
                || call.callee.span().start == span.start && call.callee.span().end >= span.end)
    }

    /// Whether a property access is assigned, updated or deleted.
    pub(crate) fn is_written(&self, access: NodeId) -> bool {
        let nodes = self.nodes();
        // The direct parent, since an assignment target is never wrapped in a way that `parent` skips and that
        // is not a target itself.
        let direct = nodes.parent_kind(access);
        if let Some(member) = nodes.kind(access).as_member_expression_kind()
            && member.is_assigned_to_in_parent(&direct)
        {
            return true;
        }
        let parent = self.parent(access);
        match parent.kind() {
            AstKind::UnaryExpression(unary) => unary.operator.is_delete(),
            AstKind::AssignmentExpression(assignment) => {
                let (left, here) = (assignment.left.span(), nodes.kind(access).span());
                left.start <= here.start && here.end <= left.end
            }
            AstKind::UpdateExpression(_) => true,
            _ => false,
        }
    }

    /// `Object.assign(state, …)`.
    fn changed_as_argument(
        &self,
        call: &'a oxc::ast::ast::CallExpression<'a>,
        node: NodeId,
    ) -> Option<String> {
        let path = self.path(&call.callee)?;
        let changes = [
            ["Object", "assign"],
            ["Object", "defineProperty"],
            ["Object", "defineProperties"],
            ["Reflect", "set"],
            ["Reflect", "deleteProperty"],
        ];
        let changer = changes.iter().find(|names| is(&path, &names[..]))?;
        let first = context::argument(call, 0)?;
        (first.get_inner_expression().span() == self.nodes().kind(node).span()).then(|| changer.join("."))
    }
}

/// Whether a method changes a container. Of an object's unknown part, only what arrays alone have counts: `set`
/// may be anybody's.
fn changer(container: Container<'_>, method: &str) -> bool {
    match container {
        Container::Array => ARRAY_CHANGERS.contains(&method),
        Container::Keyed => KEYED_CHANGERS.contains(&method),
        Container::Object(None) => matches!(method, "push" | "pop" | "shift" | "unshift" | "splice"),
        Container::Object(Some(_)) | Container::Other => false,
    }
}
