//! The types of an app, checked by the TypeScript compiler of this machine, if there is one.
//!
//! In: the folder. Out: its type errors with places, or why nothing was checked; "skipped" is never "passed".
//! The compiler runs as a program of its own in a temporary folder, for a bounded time, with the declarations of
//! what an app may import. It reads what the sources name and runs with this process' rights: it is for the
//! owner of the sources (`atoll check`), not for sources that a stranger sends.

mod compiler;
mod output;
mod workspace;

use atoll_model::{Diagnostic, Limits, Manifest, SourceTree, manifest::FILE};

use crate::report::Report;

/// What came of a type check.
#[derive(Clone, Debug)]
pub enum TypeCheck {
    /// It did not run, or did not end.
    Skipped {
        /// Why, and what would make it run.
        reason: String,
    },
    /// It ran; an empty list means that the types fit.
    Done(Vec<Diagnostic>),
}

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
enum Skip {
    #[error(
        "no TypeScript compiler was found; install one (npm install --global typescript) or name it in ATOLL_TSC"
    )]
    NoCompiler,
    #[error("the folder has no manifest that can be read")]
    NoManifest,
    #[error("the TypeScript compiler {0} could not be run: {1}")]
    Io(String, std::io::Error),
    #[error("the TypeScript compiler took longer than {0} ms (limit type_check_ms)")]
    Timeout(u64),
    #[error(
        "the TypeScript compiler {0} did not understand its settings: {1}; TypeScript 5.7 or newer is needed"
    )]
    TooOld(String, String),
}

/// Checks the types of a folder.
pub(crate) fn run(source: &SourceTree, limits: &Limits) -> TypeCheck {
    match checked(source, limits) {
        Ok(diagnostics) => TypeCheck::Done(diagnostics),
        Err(skip) => TypeCheck::Skipped { reason: skip.to_string() },
    }
}

fn checked(source: &SourceTree, limits: &Limits) -> Result<Vec<Diagnostic>, Skip> {
    let manifest = source.text(FILE).and_then(|text| Manifest::parse(text).ok()).ok_or(Skip::NoManifest)?;
    let compiler = compiler::find().ok_or(Skip::NoCompiler)?;
    let name = compiler.display().to_string();
    let io = |error| Skip::Io(name.clone(), error);
    let workspace = workspace::write(source, &manifest, &compiler).map_err(io)?;
    let mut report = Report::new(limits.diagnostics_max);
    for project in &workspace.projects {
        let text = match compiler::run(&compiler, workspace.folder.path(), project, limits).map_err(io)? {
            compiler::Ended::Output(text) => text,
            compiler::Ended::Timeout => return Err(Skip::Timeout(limits.type_check_ms)),
        };
        if let Some(complaint) = output::complaint(&text) {
            return Err(Skip::TooOld(name, complaint));
        }
        report.extend(output::findings(&text, source));
    }
    Ok(report.finish(source))
}

#[cfg(test)]
mod tests {
    use atoll_model::SourcePath;

    use super::*;

    const MANIFEST: &str = "name = \"a\"\n[backend]\nentry = \"backend/index.ts\"\n[frontend]\nentry = \"frontend/App.tsx\"\n[grants]\nkv = true\n";

    fn check(files: &[(&str, &str)]) -> Option<Vec<String>> {
        let mut source = SourceTree::new();
        for (path, text) in [("atoll.toml", MANIFEST)].iter().chain(files) {
            source.insert(SourcePath::parse(path).unwrap(), (*text).to_owned(), &Limits::default()).unwrap();
        }
        match run(&source, &Limits::default()) {
            TypeCheck::Skipped { reason } if reason.contains("no TypeScript compiler") => {
                println!("skipped: {reason}");
                None
            }
            TypeCheck::Skipped { reason } => panic!("{reason}"),
            TypeCheck::Done(found) => Some(
                found
                    .iter()
                    .map(|d| {
                        assert!(d.hint.is_some(), "{d:?}");
                        let l = d.location.as_ref().unwrap();
                        format!("{} {}:{}:{} {}", d.rule, l.file, l.line, l.column, d.message)
                    })
                    .collect(),
            ),
        }
    }

    #[test]
    fn an_app_of_the_usual_shape_has_no_type_error() {
        let backend = "import { Hono } from 'hono';\nimport { cors } from 'hono/cors';\nimport { z } from 'zod';\n\
            import { HttpError } from '@atoll/sdk';\nconst Todo = z.object({ title: z.string() });\n\
            const app = new Hono<{ Bindings: Env }>();\napp.use('*', cors());\n\
            app.post('/todos', async (c) => {\n  const todo = Todo.parse(await c.req.json());\n  if (!todo.title) throw new HttpError(400, 'x');\n\
              await c.env.KV.put(todo.title, '1');\n  return c.json(todo, 201);\n});\n\
            const pieces: ReadableStream<string> = ReadableStream.from((async function* () { yield 'a'; })());\n\
            app.get('/pieces', () => new Response(pieces.pipeThrough(new TextEncoderStream())));\n\
            export default { fetch: app.fetch, async event(event, env, ctx) { await env.KV.put('a', event.data.x); } } satisfies AtollApp;\n";
        let page = "import { useState } from 'react';\nimport { useQuery, api } from '@atoll/sdk';\n\
            export default function App() {\n  const [title, setTitle] = useState('');\n  const todos = useQuery<{ title: string }[]>('/todos');\n\
              return <form onSubmit={async (e) => { e.preventDefault(); await api.post('/todos', { title }); }}>\n\
                <input value={title} onChange={(e) => setTitle(e.target.value)} />\n    {todos.data?.map((t) => <p key={t.title} className=\"p-2\">{t.title}</p>)}\n  </form>;\n}\n";
        let test = "import { app, expect, test } from '@atoll/sdk/test';\ntest('adds', async (env) => {\n  const r = await app.fetch('/todos', { method: 'POST', body: '{}' });\n  expect(r.status).toBe(201);\n  expect(await env.KV.get('a')).not.toBeNull();\n});\n";
        let found =
            check(&[("backend/index.ts", backend), ("frontend/App.tsx", page), ("tests/a.test.ts", test)]);
        if let Some(found) = found {
            assert!(found.is_empty(), "{found:#?}");
        }
    }

    #[test]
    fn type_errors_have_their_place_in_characters() {
        let backend = "export default {\n  async fetch(request: Request, env: Env) {\n    /* 💥 */ const n: number = 'x';\n    await env.DB.exec('x');\n    return new Response(n);\n  },\n};\n";
        let page = "export default function App() { return <p>{1}</p>; }\n";
        if let Some(found) = check(&[("backend/index.ts", backend), ("frontend/App.tsx", page)]) {
            assert!(found[0].starts_with("types/TS2322 backend/index.ts:3:19 "), "{found:#?}");
            assert!(found[1].starts_with("types/TS2339 backend/index.ts:4:15 "), "{found:#?}");
        }
    }
}
