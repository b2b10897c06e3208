//! When a piece of code runs: once, while the module is loaded, or again with every request.
//!
//! What runs while the module loads is in the snapshot and may set things up. A function counts as set-up only
//! when every use of it is a plain call from set-up code; what is handed on, returned, exported and called by a
//! handler, or a method, may run with a request.

use std::collections::HashMap;

use oxc::{
    ast::{
        AstKind,
        ast::{BindingPattern, Expression},
    },
    semantic::{NodeId, SymbolId},
    span::GetSpan,
};

use super::{Scan, context};
use crate::project::ImportUse;

/// Answers so far, by function and file. A function under question counts as set-up, so that recursion ends.
pub(super) type Memory = HashMap<(usize, NodeId), bool>;

/// Methods that call their argument before they return.
const CALLS_AT_ONCE: [&str; 15] = [
    "every",
    "filter",
    "find",
    "findIndex",
    "findLast",
    "flatMap",
    "forEach",
    "from",
    "map",
    "reduce",
    "reduceRight",
    "some",
    "sort",
    "toSorted",
    "call",
];

/// How many functions are asked about for one answer.
const CALLERS_MAX: usize = 2_000;

impl<'a> Scan<'a> {
    /// Whether a node runs with requests.
    pub(crate) fn at_request_time(&self, node: NodeId) -> bool {
        self.enclosing_function(node).is_some_and(|function| !self.is_set_up(function))
    }

    /// The nearest function around a node. Class fields and static blocks count to what is around the class.
    fn enclosing_function(&self, node: NodeId) -> Option<NodeId> {
        self.nodes().ancestor_ids(node).find(|id| {
            matches!(self.nodes().kind(*id), AstKind::Function(_) | AstKind::ArrowFunctionExpression(_))
        })
    }

    fn is_set_up(&self, function: NodeId) -> bool {
        let key = (self.index, function);
        if let Some(answer) = self.memory.borrow().get(&key) {
            return *answer;
        }
        if self.memory.borrow().len() >= CALLERS_MAX {
            return false;
        }
        self.memory.borrow_mut().insert(key, true);
        let answer = self.is_called_at_once(function) || self.has_only_set_up_uses(function);
        self.memory.borrow_mut().insert(key, answer);
        answer
    }

    /// `(() => {…})()`, `list.forEach(() => {…})` in set-up code.
    fn is_called_at_once(&self, function: NodeId) -> bool {
        let parent = self.parent(function);
        let span = self.nodes().kind(function).span();
        let now = match parent.kind() {
            AstKind::CallExpression(call) => {
                call.callee.get_inner_expression().span() == span || self.is_iteration(&call.callee)
            }
            AstKind::NewExpression(new) => {
                matches!(&new.callee, Expression::Identifier(i) if i.name == "Promise")
            }
            _ => false,
        };
        now && !self.at_request_time(parent.id())
    }

    fn is_iteration(&self, callee: &'a Expression<'a>) -> bool {
        let property = self.member(callee).and_then(|member| member.property);
        property.is_some_and(|name| CALLS_AT_ONCE.contains(&name.as_ref()))
    }

    /// A named function whose every use is a call from set-up code.
    fn has_only_set_up_uses(&self, function: NodeId) -> bool {
        let Some((symbol, name)) = self.name_of(function) else { return false };
        let exported = self.exported_as(symbol, &name);
        let mut used = false;
        for reference in
            self.scoping().get_resolved_references(symbol).filter(|r| r.is_read() || r.is_write())
        {
            if self.is_export(reference.node_id()) {
                continue;
            }
            used = true;
            if !self.is_set_up_call(reference.node_id()) {
                return false;
            }
        }
        for name in exported {
            for import in self.project.uses_of(self.index, &name) {
                used = true;
                if !self.is_set_up_import(import) {
                    return false;
                }
            }
        }
        used
    }

    /// The symbol a function is bound to, and its name.
    fn name_of(&self, function: NodeId) -> Option<(SymbolId, String)> {
        let named = |ident: &oxc::ast::ast::BindingIdentifier<'_>| {
            ident.symbol_id.get().map(|symbol| (symbol, ident.name.to_string()))
        };
        if let AstKind::Function(f) = self.nodes().kind(function)
            && f.is_function_declaration()
        {
            return f.id.as_ref().and_then(named);
        }
        match self.parent(function).kind() {
            AstKind::VariableDeclarator(declarator) => match &declarator.id {
                BindingPattern::BindingIdentifier(ident) => {
                    named(ident).filter(|(symbol, _)| !self.scoping().symbol_is_mutated(*symbol))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The names under which a symbol is exported.
    fn exported_as(&self, symbol: SymbolId, name: &str) -> Vec<String> {
        let declaration = self.scoping().symbol_declaration(symbol);
        let mut names = Vec::new();
        for kind in self.nodes().ancestor_ids(declaration).map(|id| self.nodes().kind(id)) {
            match kind {
                AstKind::ExportDeclaration(_) => names.push(name.to_owned()),
                AstKind::ExportDefaultDeclaration(_) => names.push("default".to_owned()),
                AstKind::VariableDeclaration(_) => continue,
                _ => {}
            }
            break;
        }
        for reference in self.scoping().get_resolved_references(symbol) {
            match self.nodes().parent_kind(reference.node_id()) {
                AstKind::ExportSpecifier(specifier) => names.push(specifier.exported.name().to_string()),
                AstKind::ExportDefaultDeclaration(_) => names.push("default".to_owned()),
                _ => {}
            }
        }
        names
    }

    fn is_export(&self, reference: NodeId) -> bool {
        matches!(
            self.nodes().parent_kind(reference),
            AstKind::ExportSpecifier(_) | AstKind::ExportDefaultDeclaration(_)
        )
    }

    /// Whether a reference is the callee of a call in set-up code.
    fn is_set_up_call(&self, reference: NodeId) -> bool {
        let parent = self.parent(reference);
        let span = self.nodes().kind(reference).span();
        let called = match parent.kind() {
            AstKind::CallExpression(call) => {
                call.callee.get_inner_expression().span() == span
                    || self.is_iteration(&call.callee)
                        && context::argument(call, 0).is_some_and(|a| a.get_inner_expression().span() == span)
            }
            AstKind::NewExpression(new) => new.callee.get_inner_expression().span() == span,
            _ => false,
        };
        called && !self.at_request_time(parent.id())
    }

    /// Whether another file only calls this import from its own set-up code.
    fn is_set_up_import(&self, import: ImportUse) -> bool {
        let Some(symbol) = import.symbol else { return false };
        let there = Scan::new(self.project, import.file, self.manifest);
        there.memory.replace(self.memory.take());
        let answer = there
            .scoping()
            .get_resolved_references(symbol)
            .filter(|r| r.is_read() || r.is_write())
            .all(|reference| there.is_set_up_call(reference.node_id()));
        self.memory.replace(there.memory.take());
        answer
    }
}
