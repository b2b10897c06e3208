//! Hono, as `build` vendors it, runs unmodified.

use std::{fs, path::Path};

use crate::host::{App, Body, Failure, get};

/// Every module below a folder, by the name that an import gives it (`hono/index.js` is `hono`).
fn modules(folder: &Path, prefix: &str, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap();
        if path.is_dir() {
            modules(&path, &format!("{prefix}/{stem}"), found);
        } else if path.extension().is_some_and(|extension| extension == "js") {
            let name = if stem == "index" { prefix.to_owned() } else { format!("{prefix}/{stem}") };
            found.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}

fn app(source: &str) -> App {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../build/vendor/modules/hono");
    let mut all = vec![("backend/index.ts".to_owned(), source.to_owned())];
    modules(&folder, "hono", &mut all);
    App::new(&all.iter().map(|(name, source)| (name.as_str(), source.as_str())).collect::<Vec<_>>())
}

#[test]
fn it_routes() {
    let app = app(r#"
        import { Hono } from "hono";
        import { cors } from "hono/cors";
        import { logger } from "hono/logger";
        import { HTTPException } from "hono/http-exception";

        const app = new Hono();
        app.use("*", logger((line) => console.log(line)));
        app.use("/api/*", cors());
        app.get("/", (c) => c.text("root"));
        app.get("/api/todos/:id{[0-9]+}", (c) => c.json({ id: Number(c.req.param("id")), q: c.req.query("q"), greeting: c.env.GREETING }));
        app.post("/api/todos", async (c) => { const todo = await c.req.json(); c.header("x-late", "yes"); return c.json(todo, 201); });
        app.post("/form", async (c) => c.json(await c.req.parseBody()));
        app.get("/wait", async (c) => { await new Promise((done) => setTimeout(done, 5)); c.executionCtx.waitUntil(Promise.resolve()); return c.html("<p>late</p>"); });
        app.get("/teapot", () => { throw new HTTPException(418, { message: "short and stout" }); });
        app.get("/broken", () => { throw new Error("broken"); });
        app.onError((error, c) => (error instanceof HTTPException ? error.getResponse() : c.json({ error: error.message }, 500)));
        app.notFound((c) => c.text("nothing here", 404));
        app.route("/sub", new Hono().get("/page", (c) => c.redirect("/elsewhere")));
        export default app;"#);
    let fetch = |method: &str,
                 path: &str,
                 content_type: &str,
                 body: &str|
     -> Result<(u16, String, String), Failure> {
        let mut request = get(path);
        request.method = method.into();
        if !body.is_empty() {
            request.body = Body::Bytes(body.into());
            request.headers = vec![("content-type".into(), content_type.into())];
        }
        let response = app.send(request)?;
        let headers: Vec<String> =
            response.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        Ok((response.status, headers.join("\n"), String::from_utf8(response.body).unwrap()))
    };
    for (method, path, content_type, body, status, header, answer) in [
        ("GET", "/", "", "", 200, "content-type: text/plain", "root"),
        (
            "GET",
            "/api/todos/7?q=%C3%BC",
            "",
            "",
            200,
            "access-control-allow-origin: *",
            r#"{"id":7,"q":"ü","greeting":"moin"}"#,
        ),
        ("GET", "/api/todos/seven", "", "", 404, "", "nothing here"),
        ("POST", "/api/todos", "application/json", r#"{"a":1}"#, 201, "x-late: yes", r#"{"a":1}"#),
        (
            "POST",
            "/form",
            "application/x-www-form-urlencoded",
            "a=1&b=x+y",
            200,
            "",
            r#"{"a":"1","b":"x y"}"#,
        ),
        ("GET", "/wait", "", "", 200, "content-type: text/html", "<p>late</p>"),
        ("GET", "/teapot", "", "", 418, "", "short and stout"),
        ("GET", "/broken", "", "", 500, "application/json", r#"{"error":"broken"}"#),
        ("GET", "/sub/page", "", "", 302, "location: /elsewhere", ""),
        ("OPTIONS", "/api/todos", "", "", 204, "access-control-allow-methods", ""),
    ] {
        let answered =
            fetch(method, path, content_type, body).unwrap_or_else(|failure| panic!("{path}: {failure:?}"));
        assert_eq!((answered.0, answered.2.as_str()), (status, answer), "{method} {path}");
        assert!(answered.1.contains(header), "{method} {path}: {}", answered.1);
    }
    assert!(app.logged().iter().any(|line| line.contains("<-- GET /")), "{:?}", app.logged());
}
