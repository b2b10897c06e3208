//! `URLPattern` by the WHATWG's URL Pattern Standard: from a pattern to one regular expression a component.
//! Compiling and running these is JavaScript's.

mod canonical;
mod constructor;
mod generate;
mod init;
mod parser;
mod tokenizer;

use rquickjs::{Array, Ctx, Exception, Function, IntoJs as _, Object, Result, Value};

use self::{
    canonical::Encode,
    init::{HASH, HOSTNAME, Init, Of, PASSWORD, PATHNAME, PORT, PROTOCOL, SEARCH, USERNAME},
    parser::{Options, PartKind},
};
use super::array::array_of;
use crate::text::Text;

/// A pattern is parsed in time and memory that grow with it.
const PATTERN_CHARS_MAX: usize = 16 << 10;

/// Whether a protocol's pattern matches a special scheme.
type Special<'s> = dyn Fn(&str) -> std::result::Result<bool, String> + 's;

pub(super) fn define<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    super::define!(ctx, native, {
        "urlPattern" => url_pattern,
        "urlPatternInit" => url_pattern_init,
    });
    Ok(())
}

fn wrong(ctx: &Ctx<'_>, what: &str) -> rquickjs::Error {
    Exception::throw_type(ctx, &format!("URLPattern: {what}"))
}

fn components(list: &Array<'_>) -> Result<Init> {
    let mut init = Init::default();
    for (i, component) in init.iter_mut().enumerate() {
        *component = list.get::<Option<Text>>(i)?.map(|text| text.0);
    }
    Ok(init)
}

/// Compiles a pattern, given as text or as a list of components. Answers for each component
/// `[pattern, regular expression, has groups of its own, name, …]`. `matches(source, texts)` says whether a
/// regular expression matches one of the texts.
fn url_pattern<'js>(
    ctx: Ctx<'js>,
    text: Option<Text>,
    list: Option<Array<'js>>,
    base: Option<Text>,
    matches: Function<'js>,
) -> Result<Array<'js>> {
    let length = text.as_ref().map_or(0, |text| text.0.len());
    if length > PATTERN_CHARS_MAX {
        return Err(wrong(&ctx, &format!("the pattern has {length} characters, over {PATTERN_CHARS_MAX}")));
    }
    let any_special = |source: String| {
        let texts: Vec<&str> = canonical::special_schemes().collect();
        matches.call::<_, bool>((source, texts)).map_err(|_| "the protocol's pattern is malformed".to_owned())
    };
    let special = |protocol: &str| {
        let parts = parser::parse(protocol, Options::DEFAULT, &canonical::protocol)?;
        any_special(generate::regexp(&parts, Options::DEFAULT).0)
    };
    let base = base.map(|base| base.0);
    let init = match (text, list) {
        (Some(text), _) => constructor::parse(&text.0, &special).and_then(|init| {
            let known = base.is_some() || init[PROTOCOL].is_some();
            known.then_some(init).ok_or_else(|| "a relative pattern needs a base URL".to_owned())
        }),
        (None, Some(list)) => Ok(components(&list)?),
        (None, None) => Ok(Init::default()),
    };
    let compiled = init
        .and_then(|init| init::process(&init, base.as_deref(), Of::Pattern))
        .and_then(|init| compile(&init, &special));
    let compiled = compiled.map_err(|what| wrong(&ctx, &what))?;
    let rows = compiled.into_iter().map(|component| component.into_row(&ctx)).collect::<Result<_>>()?;
    array_of(&ctx, rows)
}

struct Component {
    pattern: String,
    regexp: String,
    names: Vec<String>,
    has_groups: bool,
}

impl Component {
    fn new(pattern: &str, options: Options, encode: &Encode) -> std::result::Result<Self, String> {
        let parts = parser::parse(pattern, options, encode)?;
        let (regexp, names) = generate::regexp(&parts, options);
        let has_groups = parts.iter().any(|part| part.kind == PartKind::Regexp);
        Ok(Self { pattern: generate::pattern(&parts, options), regexp, names, has_groups })
    }

    fn into_row<'js>(self, ctx: &Ctx<'js>) -> Result<Value<'js>> {
        let mut row =
            vec![self.pattern.into_js(ctx)?, self.regexp.into_js(ctx)?, self.has_groups.into_js(ctx)?];
        for name in self.names {
            row.push(name.into_js(ctx)?);
        }
        array_of(ctx, row)?.into_js(ctx)
    }
}

fn compile(init: &Init, special: &Special<'_>) -> std::result::Result<Vec<Component>, String> {
    let text = |component: usize| init[component].as_deref().unwrap_or("*");
    let protocol = text(PROTOCOL);
    let port = if canonical::default_port(protocol) == Some(text(PORT)) { "" } else { text(PORT) };
    let hostname = text(HOSTNAME);
    let in_brackets = ["[", "{[", "\\["].iter().any(|start| hostname.starts_with(start));
    let encode_host: &Encode = if in_brackets { &canonical::ipv6 } else { &canonical::hostname };
    let (path_options, encode_path): (_, &Encode) = if special(protocol)? {
        (Options::PATHNAME, &canonical::pathname)
    } else {
        (Options::DEFAULT, &canonical::opaque_pathname)
    };
    Ok(vec![
        Component::new(protocol, Options::DEFAULT, &canonical::protocol)?,
        Component::new(text(USERNAME), Options::DEFAULT, &canonical::username)?,
        Component::new(text(PASSWORD), Options::DEFAULT, &canonical::password)?,
        Component::new(hostname, Options::HOSTNAME, encode_host)?,
        Component::new(port, Options::DEFAULT, &|port| canonical::port(port, ""))?,
        Component::new(text(PATHNAME), path_options, encode_path)?,
        Component::new(text(SEARCH), Options::DEFAULT, &canonical::search)?,
        Component::new(text(HASH), Options::DEFAULT, &canonical::hash)?,
    ])
}

/// The components of a URL that is given in pieces; nothing when they make none.
fn url_pattern_init<'js>(ctx: Ctx<'js>, list: Array<'js>, base: Option<Text>) -> Result<Option<Array<'js>>> {
    let base = base.map(|base| base.0);
    let Ok(parts) = init::process(&components(&list)?, base.as_deref(), Of::Url) else { return Ok(None) };
    let parts =
        parts.into_iter().map(|part| part.unwrap_or_default().into_js(&ctx)).collect::<Result<_>>()?;
    array_of(&ctx, parts).map(Some)
}
