//! Which expressions are the `env` of a handler, and which of its bindings they name.

use oxc::{
    ast::{
        AstKind,
        ast::{BindingPattern, Expression, FormalParameter, PropertyKey},
    },
    semantic::NodeId,
    span::{GetSpan, Span},
};

use super::{
    Scan,
    values::{Member, Origin, is},
};

/// How many constants are followed from one to the next.
const HOPS_MAX: u8 = 8;

/// One use of a binding of `env`.
pub(crate) struct Use {
    pub(crate) name: String,
    pub(crate) span: Span,
    /// The expression that is the binding; `None` when it is taken by destructuring.
    pub(crate) node: Option<NodeId>,
}

impl<'a> Scan<'a> {
    /// Whether an expression is the `env` of a handler: a parameter called `env`, the second parameter of
    /// `fetch`, `event` or `scheduled`, or `c.env` as Hono has it.
    pub(crate) fn is_env(&self, expression: &'a Expression<'a>) -> bool {
        self.is_env_within(expression, HOPS_MAX)
    }

    fn is_env_within(&self, expression: &'a Expression<'a>, hops: u8) -> bool {
        let Some(hops) = hops.checked_sub(1) else { return false };
        if let Expression::Identifier(ident) = expression.get_inner_expression() {
            let Some(symbol) = self.symbol(ident) else { return false };
            return match self.origin(symbol) {
                Origin::Value(value) => self.is_env_within(value, hops),
                Origin::Property(value, key) => key == "env" && self.may_have_env(value),
                Origin::Parameter(_, Some(key)) => key == "env",
                Origin::Parameter(parameter, None) => ident.name == "env" || self.is_handlers_env(parameter),
                Origin::Unknown => false,
            };
        }
        self.member(expression)
            .is_some_and(|m| m.property.as_deref() == Some("env") && self.may_have_env(m.object))
    }

    /// Not `process.env`, not `import.meta.env`: those are other rules' business.
    fn may_have_env(&self, object: &'a Expression<'a>) -> bool {
        !matches!(object.get_inner_expression(), Expression::ImportMeta(_))
            && !self.path(object).is_some_and(|path| is(&path, &["process"]))
    }

    /// The second parameter of a function called `fetch`, `event` or `scheduled`.
    fn is_handlers_env(&self, parameter: &FormalParameter<'_>) -> bool {
        let nodes = self.nodes();
        let list = nodes.parent_node(parameter.node_id.get());
        let AstKind::FormalParameters(parameters) = list.kind() else { return false };
        let second = parameters.items.get(1).is_some_and(|p| p.span == parameter.span);
        let function = nodes.parent_node(list.id());
        let is_handler = |name: &str| matches!(name, "fetch" | "event" | "scheduled");
        let name = match self.parent(function.id()).kind() {
            AstKind::ObjectProperty(property) => property.key.static_name().map(|n| n.into_owned()),
            AstKind::MethodDefinition(method) => method.key.static_name().map(|n| n.into_owned()),
            _ => match function.kind() {
                AstKind::Function(f) => f.id.as_ref().map(|id| id.name.to_string()),
                _ => None,
            },
        };
        second && name.is_some_and(|name| is_handler(&name))
    }

    /// The binding that a member access names: `env.KV`.
    pub(crate) fn binding(&self, member: &Member<'a>) -> Option<String> {
        let name = member.property.as_ref().filter(|_| self.is_env(member.object))?;
        Some(name.clone().into_owned())
    }

    /// The uses of bindings that a node makes.
    pub(crate) fn env_uses(&self, node: NodeId) -> Vec<Use> {
        let pattern = match self.nodes().kind(node) {
            kind @ (AstKind::StaticMemberExpression(_) | AstKind::ComputedMemberExpression(_)) => {
                let binding = self.member_of_kind(kind).and_then(|m| Some((self.binding(&m)?, m.span)));
                return binding
                    .map(|(name, span)| Use { name, span, node: Some(node) })
                    .into_iter()
                    .collect();
            }
            AstKind::VariableDeclarator(declarator) => {
                declarator.init.as_ref().filter(|init| self.is_env(init)).map(|_| &declarator.id)
            }
            AstKind::FormalParameter(parameter) => {
                self.is_handlers_env(parameter).then_some(&parameter.pattern)
            }
            _ => None,
        };
        let Some(BindingPattern::ObjectPattern(pattern)) = pattern else { return Vec::new() };
        pattern
            .properties
            .iter()
            .filter_map(|p| static_key(&p.key).map(|name| Use { name, span: p.key.span(), node: None }))
            .collect()
    }

    /// Whether an expression is `env.BUS`, or a local name for it.
    pub(crate) fn is_bus(&self, expression: &'a Expression<'a>) -> bool {
        self.is_bus_within(expression, HOPS_MAX)
    }

    fn is_bus_within(&self, expression: &'a Expression<'a>, hops: u8) -> bool {
        let Some(hops) = hops.checked_sub(1) else { return false };
        if let Expression::Identifier(ident) = expression.get_inner_expression() {
            let Some(symbol) = self.symbol(ident) else { return false };
            return match self.origin(symbol) {
                Origin::Value(value) => self.is_bus_within(value, hops),
                Origin::Property(value, key) => key == "BUS" && self.is_env(value),
                Origin::Parameter(parameter, Some(key)) => key == "BUS" && self.is_handlers_env(parameter),
                Origin::Parameter(_, None) | Origin::Unknown => false,
            };
        }
        self.member(expression).and_then(|m| self.binding(&m)).is_some_and(|name| name == "BUS")
    }
}

fn static_key(key: &PropertyKey<'_>) -> Option<String> {
    key.static_name().map(|name| name.into_owned())
}
