//! What a rule may ask about the file it looks at: scopes, parents, references.

use std::cell::RefCell;

use atoll_model::Manifest;
use oxc::{
    ast::{
        AstKind,
        ast::{CallExpression, Expression, IdentifierReference},
    },
    semantic::{AstNode, AstNodes, NodeId, Reference, Scoping, SymbolId},
};

use super::timing::Memory;
use crate::project::{File, Project};

/// One file under the scan.
pub(crate) struct Scan<'a> {
    pub(crate) project: &'a Project<'a>,
    pub(crate) index: usize,
    pub(crate) manifest: &'a Manifest,
    /// What `timing` found out so far.
    pub(super) memory: RefCell<Memory>,
}

impl<'a> Scan<'a> {
    /// The view of one file.
    pub(crate) fn new(project: &'a Project<'a>, index: usize, manifest: &'a Manifest) -> Self {
        Self { project, index, manifest, memory: RefCell::default() }
    }

    /// The file itself.
    pub(crate) fn file(&self) -> &'a File<'a> {
        &self.project.files[self.index]
    }

    /// Its nodes.
    pub(crate) fn nodes(&self) -> &'a AstNodes<'a> {
        self.file().semantic.nodes()
    }

    /// Its scopes.
    pub(crate) fn scoping(&self) -> &'a Scoping {
        self.file().semantic.scoping()
    }

    /// What stands around a node, parentheses and type annotations skipped.
    pub(crate) fn parent(&self, node: NodeId) -> &'a AstNode<'a> {
        let transparent = |kind: AstKind<'_>| {
            matches!(
                kind,
                AstKind::ParenthesizedExpression(_)
                    | AstKind::ChainExpression(_)
                    | AstKind::TSAsExpression(_)
                    | AstKind::TSSatisfiesExpression(_)
                    | AstKind::TSNonNullExpression(_)
                    | AstKind::TSTypeAssertion(_)
                    | AstKind::TSInstantiationExpression(_)
            )
        };
        let nodes = self.nodes();
        let parents = nodes.ancestor_ids(node);
        parents
            .map(|id| nodes.get_node(id))
            .find(|parent| !transparent(parent.kind()))
            .unwrap_or_else(|| nodes.get_node(NodeId::ROOT))
    }

    /// The reference that an identifier makes.
    pub(crate) fn reference(&self, ident: &IdentifierReference<'_>) -> Option<&'a Reference> {
        ident.reference_id.get().map(|id| self.scoping().get_reference(id))
    }

    /// The local symbol that an identifier means; `None` for a global.
    pub(crate) fn symbol(&self, ident: &IdentifierReference<'_>) -> Option<SymbolId> {
        self.reference(ident).and_then(Reference::symbol_id)
    }

    /// Whether an identifier is used as a value and nothing local has its name.
    pub(crate) fn is_global(&self, ident: &IdentifierReference<'_>) -> bool {
        self.reference(ident).is_some_and(|r| r.symbol_id().is_none() && (r.is_read() || r.is_write()))
    }
}

/// The argument of a call at a position; `None` from the first spread on.
pub(crate) fn argument<'a>(call: &'a CallExpression<'a>, position: usize) -> Option<&'a Expression<'a>> {
    nth(&call.arguments, position)
}

/// As [`argument`], for any list of arguments.
pub(crate) fn nth<'a>(
    arguments: &'a [oxc::ast::ast::Argument<'a>],
    position: usize,
) -> Option<&'a Expression<'a>> {
    let plain = arguments.iter().take(position + 1).all(|argument| !argument.is_spread());
    arguments.get(position).filter(|_| plain).and_then(|argument| argument.as_expression())
}
