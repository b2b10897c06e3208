//! What to write instead of an import that is not there. Models and people write these from memory, so the
//! answer names the replacement and not only the error.

use atoll_model::SourceTree;

use super::{
    FRONTEND_MODULES, SDK, SDK_TEST, Side,
    explain::{Explanation, shown},
};
use crate::vendor;

/// Node's modules and what stands in for each.
const NODE: &[(&str, &str)] = &[
    ("assert", "use expect from @atoll/sdk/test in tests, and throw new Error(…) elsewhere"),
    ("async_hooks", "pass what you need as an argument"),
    ("buffer", "use Uint8Array, TextEncoder, btoa and atob"),
    ("child_process", "there are no processes in the sandbox"),
    ("crypto", "use the global crypto: crypto.randomUUID(), crypto.getRandomValues()"),
    ("dns", "use fetch; names are resolved by the host"),
    ("events", "use EventTarget, or env.BUS.publish for events to other apps"),
    ("fs", "there is no file system: use env.KV or env.DB"),
    ("fs/promises", "there is no file system: use env.KV or env.DB"),
    ("http", "use fetch to call out; to answer, export default { fetch(request) {…} }"),
    ("https", "use fetch to call out; to answer, export default { fetch(request) {…} }"),
    ("module", "use static imports"),
    ("net", "there are no sockets in the sandbox: use fetch"),
    ("os", "the sandbox has no operating system"),
    ("path", "use string functions, or new URL(…).pathname"),
    ("perf_hooks", "use the global performance.now()"),
    ("process", "use env.NAME, the second argument of a handler"),
    ("punycode", "use new URL(…).hostname"),
    ("querystring", "use URLSearchParams"),
    ("readline", "there is no terminal in the sandbox"),
    ("sqlite", "use env.DB: env.DB.prepare(sql).bind(…).all()"),
    ("stream", "use ReadableStream and Response"),
    ("string_decoder", "use TextDecoder"),
    ("test", "use test and expect from @atoll/sdk/test"),
    ("timers", "use the global setTimeout"),
    ("timers/promises", "use await new Promise((done) => setTimeout(done, ms))"),
    ("url", "use the globals URL and URLSearchParams"),
    ("util", "use structuredClone, TextEncoder, TextDecoder and template strings"),
    ("vm", "code cannot be made at run time"),
    ("worker_threads", "there are no threads in the sandbox"),
    ("zlib", "the host compresses responses"),
];

/// Packages that are often written from memory, and what stands in for each.
const PACKAGES: &[(&str, &str)] = &[
    (
        "@cloudflare/workers-types",
        "write import type … for types only, or drop it: Atoll brings its own types",
    ),
    ("@hono/node-server", "export default app: the host is the server"),
    ("@hono/zod-validator", "parse in the handler: schema.safeParse(await c.req.json())"),
    ("@tanstack/react-query", "use useQuery from @atoll/sdk"),
    ("@heroicons/react", "write the icon as SVG in JSX, or use an emoji"),
    ("axios", "use fetch, or api from @atoll/sdk in the frontend"),
    ("better-sqlite3", "use env.DB: env.DB.prepare(sql).bind(…).all()"),
    ("chart.js", "draw the chart as SVG in JSX"),
    ("classnames", "use a template string"),
    ("clsx", "use a template string"),
    ("cors", "use cors from hono/cors; the app's own page needs none"),
    ("date-fns", "use Date and toLocaleDateString"),
    ("dayjs", "use Date and toLocaleDateString"),
    ("dotenv", "use env.NAME, the second argument of a handler"),
    ("drizzle-orm", "use env.DB: env.DB.prepare(sql).bind(…).all()"),
    ("express", "use hono: const app = new Hono(); app.get(\"/path\", (c) => c.json(…)); export default app"),
    ("fastify", "use hono: const app = new Hono(); app.get(\"/path\", (c) => c.json(…)); export default app"),
    ("framer-motion", "use CSS transitions with Tailwind's transition classes"),
    ("ioredis", "use env.KV"),
    (
        "itty-router",
        "use hono: const app = new Hono(); app.get(\"/path\", (c) => c.json(…)); export default app",
    ),
    ("jest", "use test and expect from @atoll/sdk/test"),
    ("jsonwebtoken", "use hono/jwt"),
    ("koa", "use hono: const app = new Hono(); app.get(\"/path\", (c) => c.json(…)); export default app"),
    ("lodash", "use JavaScript's own array and object functions"),
    ("lucide-react", "write the icon as SVG in JSX, or use an emoji"),
    ("luxon", "use Date and toLocaleDateString"),
    ("moment", "use Date and toLocaleDateString"),
    ("mysql2", "use env.DB: env.DB.prepare(sql).bind(…).all()"),
    ("nanoid", "use crypto.randomUUID()"),
    ("next", "an Atoll page is one component: export default function App()"),
    ("node-fetch", "use fetch"),
    ("pg", "use env.DB: env.DB.prepare(sql).bind(…).all()"),
    ("preact", "use react"),
    ("react-icons", "write the icon as SVG in JSX, or use an emoji"),
    ("react-router", "keep the current view in useState"),
    ("react-router-dom", "keep the current view in useState"),
    ("recharts", "draw the chart as SVG in JSX"),
    ("redis", "use env.KV"),
    ("redux", "use useReducer from react"),
    ("swr", "use useQuery from @atoll/sdk"),
    ("tailwindcss", "Tailwind classes work without any import"),
    ("underscore", "use JavaScript's own array and object functions"),
    ("uuid", "use crypto.randomUUID()"),
    ("vitest", "use test and expect from @atoll/sdk/test"),
    ("vue", "use react"),
    ("zustand", "use useState or useReducer from react"),
];

/// The message and the remedy for a bare specifier that names nothing here.
pub(super) fn for_bare(source: &SourceTree, side: Side, specifier: &str) -> Explanation {
    let quoted = shown(specifier);
    let place = if side == Side::Frontend { "frontend" } else { "backend" };
    let message = format!("{quoted:?} cannot be imported in the {place}");
    let hint = wrong_side(side, specifier)
        .or_else(|| address(specifier))
        .or_else(|| node(specifier))
        .or_else(|| package(specifier))
        .or_else(|| own_file(source, specifier))
        .unwrap_or_else(|| nearest(side, specifier));
    Explanation { message, hint }
}

fn wrong_side(side: Side, specifier: &str) -> Option<String> {
    let hint = match (side, specifier) {
        (_, SDK_TEST) => "it is for files below tests/",
        (Side::Frontend, _) if vendor::is_public(specifier) => {
            "it is for backends; the page calls its backend with fetch(\"/api/…\") or api from @atoll/sdk"
        }
        (Side::Backend | Side::Tests, "react/jsx-runtime") => {
            "JSX is for the frontend; a backend answers with data"
        }
        (Side::Backend | Side::Tests, _) if FRONTEND_MODULES.contains(&specifier) => "it is for the frontend",
        _ => return None,
    };
    Some(hint.to_owned())
}

fn address(specifier: &str) -> Option<String> {
    if specifier.contains("://") || specifier.starts_with("//") {
        return Some("code is not loaded from the network: put it into a file of the app".into());
    }
    specifier.starts_with('/').then(|| "write a path relative to this file, such as ./name".into())
}

fn node(specifier: &str) -> Option<String> {
    let name = specifier.strip_prefix("node:");
    let found = NODE.iter().find(|(module, _)| *module == name.unwrap_or(specifier));
    match (found, name) {
        (Some((_, instead)), _) => Some(format!("this is not Node: {instead}")),
        (None, Some(_)) => Some("this is not Node: use the web platform's functions".into()),
        (None, None) => None,
    }
}

fn package(specifier: &str) -> Option<String> {
    let matches = |name: &str| {
        specifier.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    PACKAGES.iter().find(|(name, _)| matches(name)).map(|(_, instead)| (*instead).to_owned())
}

/// `@/components/x`, `~/x`, `backend/x`, `x.ts`: a file of the app by a name that only a bundler would know.
fn own_file(source: &SourceTree, specifier: &str) -> Option<String> {
    let alias = specifier.strip_prefix("@/").or_else(|| specifier.strip_prefix("~/"));
    let path = alias.unwrap_or(specifier);
    let file = source.iter().map(|(file, _)| file.as_str()).find(|file| {
        file.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            || alias.is_some() && file.split_once('/').is_some_and(|(_, rest)| rest.starts_with(path))
    });
    match (file, alias) {
        (Some(file), _) => Some(format!("write a path relative to this file; {file} is there")),
        (None, Some(_)) => Some("write a path relative to this file, such as ./name".into()),
        (None, None) => None,
    }
}

fn nearest(side: Side, specifier: &str) -> String {
    let allowed: Vec<&str> = match side {
        Side::Frontend => FRONTEND_MODULES.to_vec(),
        Side::Tests => vendor::public_names().chain([SDK, SDK_TEST]).collect(),
        Side::Backend => vendor::public_names().chain([SDK]).collect(),
    };
    let short: String = specifier.chars().take(64).collect();
    let near = allowed.iter().map(|name| (strsim::damerau_levenshtein(name, &short), *name)).min();
    let list = match side {
        Side::Frontend => "react, react-dom, react-dom/client and @atoll/sdk",
        Side::Tests => "@atoll/sdk/test, @atoll/sdk, hono (and hono/…) and zod",
        Side::Backend => "@atoll/sdk, hono (and hono/…) and zod",
    };
    match near {
        Some((distance, name)) if distance <= name.len() / 2 => {
            format!("did you mean {name:?}? Available are the app's own files, {list}")
        }
        _ => format!(
            "available are the app's own files, {list}; write what you need of the package into a file of the app"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(side: Side, specifier: &str) -> String {
        for_bare(&SourceTree::new(), side, specifier).hint
    }

    #[test]
    fn node_modules_name_their_replacement() {
        assert!(hint(Side::Backend, "node:fs").contains("env.KV"));
        assert!(hint(Side::Backend, "fs/promises").contains("env.KV"));
        assert!(hint(Side::Backend, "crypto").contains("crypto.randomUUID"));
        assert!(hint(Side::Backend, "node:inspector").contains("web platform"));
    }

    #[test]
    fn a_near_name_is_suggested() {
        assert!(hint(Side::Backend, "hono/coors").contains("\"hono/cors\""));
        assert!(hint(Side::Frontend, "reakt").contains("\"react\""));
        assert!(hint(Side::Frontend, "@atol/sdk").contains("\"@atoll/sdk\""));
        assert!(hint(Side::Backend, "left-pad").starts_with("available are"));
    }

    #[test]
    fn packages_known_by_heart_have_an_answer() {
        assert!(hint(Side::Backend, "express").contains("hono"));
        assert!(hint(Side::Frontend, "react-icons/fa").contains("SVG"));
        assert!(hint(Side::Frontend, "hono").contains("backends"));
        assert!(hint(Side::Backend, "react").contains("frontend"));
        assert!(hint(Side::Backend, "https://esm.sh/hono").contains("network"));
    }

    #[test]
    fn tables_are_sorted_so_that_a_reader_finds_a_row() {
        assert!(NODE.is_sorted_by_key(|(name, _)| *name));
    }
}
