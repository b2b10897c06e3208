//! The page of an app: a document made by the host that loads the app's modules in a sandbox of its own
//! headers.
//!
//! The document is trusted text with a few values of the app in it (title, names, hash), each escaped for
//! where it stands. The app's code comes only by module URL. The page has an opaque origin whether it is in a
//! frame or opened by itself, since the `sandbox` is in its own headers.

use atoll::{AppInfo, FrontendInfo};
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderValue, header};
use serde::Serialize;

use crate::{
    app_assets::revision_segment, entry::NO_STORE, extract::App, problem::Problem, security::Site,
    state::ServerState,
};

/// Bare names that an app's modules may import, and what the host serves for them.
const IMPORTS: &[(&str, &str)] = &[
    ("react", "/assets/frame/react.js"),
    ("react/jsx-runtime", "/assets/frame/react-jsx-runtime.js"),
    ("react-dom", "/assets/frame/react-dom.js"),
    ("react-dom/client", "/assets/frame/react-dom-client.js"),
    ("@atoll/sdk", "/assets/frame/sdk.js"),
];

/// `GET /apps/{app}`: to the page, whose relative URLs need the slash.
pub(crate) async fn to_folder(App(app): App) -> Redirect {
    Redirect::permanent(&format!("/apps/{app}/"))
}

/// `GET /apps/{app}/`.
pub(crate) async fn document(
    State(state): State<ServerState>,
    site: Site,
    App(app): App,
) -> Result<Response, Problem> {
    let info = state.host().app(&app).await?;
    let Some(frontend) = &info.frontend else {
        return Err(Problem::not_found(format_args!(
            "app {app} has no page; its API is at /apps/{app}/api/"
        )));
    };
    let nonce = nonce()?;
    let token = state.tokens().await?.issue(&app);
    let html = render(&info, frontend, &token, &nonce);
    let mut response = (NO_STORE, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response();
    let headers = response.headers_mut();
    let policy = policy(&site, &info, &nonce);
    let policy =
        HeaderValue::from_str(&policy).map_err(|_| Problem::bad_request("bad-host", "unusable Host"))?;
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}

fn nonce() -> Result<String, Problem> {
    let mut bytes = [0; 18];
    getrandom::fill(&mut bytes).map_err(|error| Problem::internal("no random numbers", error))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// The Content-Security-Policy of an app's page. Sources are written out, since `'self'` means nothing to an
/// opaque origin.
fn policy(site: &Site, info: &AppInfo, nonce: &str) -> String {
    let host = format!("http://{}", site.authority);
    let app = &info.name;
    [
        "sandbox allow-scripts allow-forms allow-modals allow-downloads allow-popups".to_owned(),
        "default-src 'none'".to_owned(),
        format!("script-src 'nonce-{nonce}' {host}/assets/ {host}/apps/{app}/assets/"),
        format!("style-src 'unsafe-inline' {host}/assets/ {host}/apps/{app}/assets/"),
        format!("img-src data: blob: {host}/assets/ {host}/apps/{app}/assets/"),
        "media-src data: blob:".to_owned(),
        format!("font-src data: {host}/assets/"),
        format!("connect-src {host}/apps/{app}/api {host}/apps/{app}/api/ {host}/apps/{app}/events"),
        "frame-ancestors 'self'".to_owned(),
        "form-action 'none'".to_owned(),
        "base-uri 'none'".to_owned(),
    ]
    .join("; ")
}

/// What the frame's shell reads.
#[derive(Serialize)]
struct Settings<'a> {
    app: &'a str,
    revision: u64,
    title: &'a str,
    entry: String,
    api: String,
    events: String,
    token: &'a str,
}

fn render(info: &AppInfo, frontend: &FrontendInfo, token: &str, nonce: &str) -> String {
    let app = info.name.as_str();
    let settings = Settings {
        app,
        revision: info.revision.0,
        title: &info.title,
        entry: format!(
            "/apps/{app}/assets/{}/{}",
            revision_segment(info.revision, info.hash),
            frontend.entry
        ),
        api: format!("/apps/{app}/api"),
        events: format!("/apps/{app}/events"),
        token,
    };
    let imports: serde_json::Map<String, serde_json::Value> =
        IMPORTS.iter().map(|(name, url)| ((*name).to_owned(), (*url).into())).collect();
    let import_map = script_json(&serde_json::json!({ "imports": imports }));
    let settings = script_json(&settings);
    let title = escape_html(&info.title);
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<script type="importmap" nonce="{nonce}">{import_map}</script>
<script type="application/json" id="atoll-frame">{settings}</script>
<script src="/assets/frame/tailwind.js" nonce="{nonce}"></script>
<script type="module" src="/assets/frame/shell.js" nonce="{nonce}"></script>
</head>
<body>
<div id="root"></div>
</body>
</html>
"#
    )
}

/// JSON for inside a `<script>`: no `<` that could end it or open a comment, and no line separators.
fn script_json(value: &impl Serialize) -> String {
    // Strings and numbers only: this cannot fail.
    let json = serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned());
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                escaped.push_str(&format!("\\u{:04x}", u32::from(c)))
            }
            _ => escaped.push(c),
        }
    }
    escaped
}

fn escape_html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use atoll::{
        AppName, Revision,
        model::{AppLimits, ContentHash, Grants},
    };

    use super::*;

    fn info(title: &str) -> AppInfo {
        AppInfo {
            name: AppName::parse("todo").unwrap(),
            title: title.into(),
            description: None,
            revision: Revision(3),
            hash: ContentHash::of(b"x"),
            created_at: jiff::Timestamp::UNIX_EPOCH,
            updated_at: jiff::Timestamp::UNIX_EPOCH,
            backend: true,
            frontend: Some(FrontendInfo { entry: "frontend/App.js".into(), width: 1, height: 1 }),
            publishes: vec![],
            subscribes: vec![],
            grants: Grants::default(),
            limits: AppLimits::default(),
        }
    }

    #[test]
    fn a_hostile_title_stays_text() {
        let hostile = "</script><script>alert(1)</script><!-- \" ' & \u{2028} </title>";
        let info = info(hostile);
        let html = render(&info, info.frontend.as_ref().unwrap(), "t", "n");
        assert!(!html.contains("alert(1)</script>"), "{html}");
        assert_eq!(html.matches("</script>").count(), 4, "{html}");
        assert_eq!(html.matches("</title>").count(), 1, "{html}");
        assert_eq!(html.matches("<!--").count(), 0, "{html}");
        let json = html.split("id=\"atoll-frame\">").nth(1).unwrap().split("</script>").next().unwrap();
        let settings: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!(settings["title"], hostile);
        assert_eq!(settings["api"], "/apps/todo/api");
        assert!(settings["entry"].as_str().unwrap().ends_with("/frontend/App.js"));
    }

    #[test]
    fn the_policy_reaches_the_apps_own_paths_only() {
        let site = Site { authority: "localhost:8787".into(), app: None };
        let policy = policy(&site, &info("x"), "abc");
        assert!(policy.starts_with("sandbox allow-scripts "));
        assert!(!policy.contains("allow-same-origin") && !policy.contains("allow-top-navigation"));
        assert!(policy.contains("connect-src http://localhost:8787/apps/todo/api "));
        assert!(policy.contains(
            "script-src 'nonce-abc' http://localhost:8787/assets/ http://localhost:8787/apps/todo/assets/;"
        ));
    }
}
