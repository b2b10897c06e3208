//! A `URLPatternInit`, for a pattern or for a URL: the URL Pattern Standard, section 1.6.

use url::Url;

use super::{canonical, generate::escape_pattern};

pub(super) const PROTOCOL: usize = 0;
pub(super) const USERNAME: usize = 1;
pub(super) const PASSWORD: usize = 2;
pub(super) const HOSTNAME: usize = 3;
pub(super) const PORT: usize = 4;
pub(super) const PATHNAME: usize = 5;
pub(super) const SEARCH: usize = 6;
pub(super) const HASH: usize = 7;

/// The components, where they are given, in the order above.
pub(super) type Init = [Option<String>; 8];

/// What the components are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Pattern,
    Url,
}

/// Fills in what a base URL gives and makes the components canonical (of a URL), or leaves them (of a pattern).
pub(super) fn process(init: &Init, base: Option<&str>, of: Of) -> Result<Init, String> {
    let empty = || (of == Of::Url).then(String::new);
    let mut result: Init = std::array::from_fn(|_| empty());
    let base = base.map(parse_base).transpose()?;
    if let Some(base) = &base {
        inherit(&mut result, init, base, of);
    }
    let pattern = of == Of::Pattern;
    let strip = |text: &str, before: char| text.strip_prefix(before).unwrap_or(text).to_owned();
    let as_it_is = |text: &str| Ok(text.to_owned());
    let make = |text: &str, canonical: fn(&str) -> Result<String, String>| {
        if pattern { as_it_is(text) } else { canonical(text) }
    };
    if let Some(text) = &init[PROTOCOL] {
        result[PROTOCOL] = Some(make(text.strip_suffix(':').unwrap_or(text), canonical::protocol)?);
    }
    if let Some(text) = &init[USERNAME] {
        result[USERNAME] = Some(make(text, canonical::username)?);
    }
    if let Some(text) = &init[PASSWORD] {
        result[PASSWORD] = Some(make(text, canonical::password)?);
    }
    if let Some(text) = &init[HOSTNAME] {
        result[HOSTNAME] = Some(make(text, canonical::hostname)?);
    }
    let scheme = result[PROTOCOL].clone().unwrap_or_default();
    if let Some(text) = &init[PORT] {
        result[PORT] = Some(if pattern { text.clone() } else { canonical::port(text, &scheme)? });
    }
    if let Some(text) = &init[PATHNAME] {
        let text = resolved(text, base.as_ref(), of);
        let special = scheme.is_empty() || canonical::special_schemes().any(|known| known == scheme);
        let canonical = if special { canonical::pathname } else { canonical::opaque_pathname };
        result[PATHNAME] = Some(make(&text, canonical)?);
    }
    if let Some(text) = &init[SEARCH] {
        result[SEARCH] = Some(make(&strip(text, '?'), canonical::search)?);
    }
    if let Some(text) = &init[HASH] {
        result[HASH] = Some(make(&strip(text, '#'), canonical::hash)?);
    }
    Ok(result)
}

fn parse_base(base: &str) -> Result<Url, String> {
    Url::parse(base).map_err(|_| format!("the base {base:?} is no URL"))
}

/// A component comes from the base when neither it nor one that stands before it is given.
fn inherit(result: &mut Init, init: &Init, base: &Url, of: Of) {
    let given = |components: &[usize]| components.iter().any(|component| init[*component].is_some());
    let text = |text: &str| Some(if of == Of::Pattern { escape_pattern(text) } else { text.to_owned() });
    if !given(&[PROTOCOL]) {
        result[PROTOCOL] = text(base.scheme());
    }
    if of == Of::Url && !given(&[PROTOCOL, HOSTNAME, PORT, USERNAME]) {
        result[USERNAME] = text(base.username());
    }
    if of == Of::Url && !given(&[PROTOCOL, HOSTNAME, PORT, USERNAME, PASSWORD]) {
        result[PASSWORD] = text(base.password().unwrap_or_default());
    }
    let mut before = vec![PROTOCOL, HOSTNAME];
    let rest = [
        (HOSTNAME, base.host_str().unwrap_or_default().to_owned()),
        (PORT, base.port().map(|port| port.to_string()).unwrap_or_default()),
        (PATHNAME, base.path().to_owned()),
        (SEARCH, base.query().unwrap_or_default().to_owned()),
        (HASH, base.fragment().unwrap_or_default().to_owned()),
    ];
    for (component, value) in rest {
        before.push(component);
        if given(&before) {
            return;
        }
        result[component] = text(&value);
    }
}

/// A relative path behind the folder of the base.
fn resolved(path: &str, base: Option<&Url>, of: Of) -> String {
    let absolute =
        path.starts_with('/') || (of == Of::Pattern && (path.starts_with("\\/") || path.starts_with("{/")));
    match base.filter(|base| !absolute && !base.cannot_be_a_base()) {
        Some(base) => {
            let folder = &base.path()[..=base.path().rfind('/').unwrap_or(0)];
            let folder = if of == Of::Pattern { escape_pattern(folder) } else { folder.to_owned() };
            folder + path
        }
        None => path.to_owned(),
    }
}
