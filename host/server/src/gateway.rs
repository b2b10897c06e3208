//! The gateway: a request to an app goes into its backend's sandbox, and the answer comes back.
//!
//! Two ways lead in. `/apps/{app}/api/{path…}` is on the host's own origin, which all apps share: there the
//! guest's answer must not act for that origin, so it is `sandbox`ed by CSP (HTML opened from there has an
//! opaque origin), cookies are taken out in both directions, and headers that steer a browser's view of the
//! whole origin are dropped. `{app}.localhost/{path…}` is an origin of the app's own: cookies pass, and HTML
//! is a normal page.
//!
//! Bodies are streams both ways, except small ones of a stated length: those are read before the app is called,
//! so that a slow client holds no sandbox. A response that breaks off ends its connection once what it had sent is
//! out, since its client must not take it for a complete one.

use atoll::{AppName, Handled, HttpRoute, Usage};
use axum::{
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, Uri, request::Parts};

mod answer_body;
mod headers;
pub(crate) mod upload;

use crate::{
    cors::{self, Caller},
    extract::app_of_path,
    problem::Problem,
    security::{Site, refuse_as_subresource},
    state::ServerState,
};

/// On which origin a guest answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ground {
    /// The host's origin, shared by all apps.
    Shared,
    /// The app's own.
    Own,
}

impl Ground {
    fn route(self) -> HttpRoute {
        HttpRoute(match self {
            Self::Shared => "/apps/{app}/api/{*path}",
            Self::Own => "/{*path}",
        })
    }
}

/// `ANY /apps/{app}/api/{path…}`.
pub(crate) async fn by_path(State(state): State<ServerState>, site: Site, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let caller = async {
        let app = app_of_path(parts.uri.path())?;
        let caller = cors::caller(&state, &site, &app, &parts.method, &parts.headers, None).await?;
        refuse_as_subresource(&parts.headers)?;
        Ok::<_, Problem>((app, caller))
    };
    let (app, caller) = match caller.await {
        Ok(decided) => decided,
        Err(problem) => return problem.into_response(),
    };
    if let Caller::Answered(response) = caller {
        return response;
    }
    let call = Call { site: &site, app: &app, ground: Ground::Shared };
    let mut response = call.run(&state, parts, body).await.unwrap_or_else(Problem::into_response);
    if let Caller::Frame = caller {
        cors::allow_frame(response.headers_mut());
    }
    response
}

/// Any request whose `Host` is `{app}.localhost`.
pub(crate) async fn by_host(state: &ServerState, app: AppName, request: Request) -> Response {
    let Some(site) = request.extensions().get::<Site>().cloned() else {
        return Problem::bad_request("bad-host", "no Host").into_response();
    };
    let (parts, body) = request.into_parts();
    let call = Call { site: &site, app: &app, ground: Ground::Own };
    call.run(state, parts, body).await.unwrap_or_else(Problem::into_response)
}

/// A call of an app.
struct Call<'a> {
    site: &'a Site,
    app: &'a AppName,
    ground: Ground,
}

impl Call<'_> {
    async fn run(&self, state: &ServerState, mut parts: Parts, body: Body) -> Result<Response, Problem> {
        parts.uri = self.guest_uri(&parts.uri)?;
        // The room that a small body takes is taken until the answer is there.
        let (body, _room) = upload::receive(state.connections(), &parts, body).await?;
        parts.headers = headers::to_guest(parts.headers, self.ground);
        parts.extensions.insert(self.ground.route());
        let request = http::Request::from_parts(parts, body);
        let handled = state.host().handle(self.app, request).await?;
        Ok(answer(handled, self.ground))
    }

    /// `http://HOST/{path}?{query}`, the path without the host's prefix, its percent-encoding untouched.
    fn guest_uri(&self, uri: &Uri) -> Result<Uri, Problem> {
        let path = match self.ground {
            Ground::Own => uri.path(),
            Ground::Shared => {
                let below =
                    uri.path().strip_prefix("/apps/").and_then(|rest| rest.strip_prefix(self.app.as_str()));
                below.and_then(|rest| rest.strip_prefix("/api")).unwrap_or("/")
            }
        };
        let path = if path.is_empty() { "/" } else { path };
        let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
        format!("http://{}{path}{query}", self.site.authority)
            .parse()
            .map_err(|_| Problem::bad_request("bad-target", "the request target is no URL"))
    }
}

const REVISION: HeaderName = HeaderName::from_static("x-atoll-revision");
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

fn answer(handled: Handled, ground: Ground) -> Response {
    let Handled { response, revision, usage } = handled;
    let (parts, body) = response.into_parts();
    let mut response = Response::new(match body.try_into_bytes() {
        Ok(bytes) => Body::from(bytes),
        Err(stream) => Body::new(answer_body::WrittenBeforeItFails::new(stream)),
    });
    *response.status_mut() = parts.status;
    let mut headers = headers::from_guest(parts.headers, ground);
    headers.insert(REVISION, revision.0.into());
    if let Ok(value) = HeaderValue::try_from(server_timing(&usage)) {
        headers.insert(SERVER_TIMING, value);
    }
    *response.headers_mut() = headers;
    response
}

/// The header of the Server Timing specification: times as `dur`, in milliseconds, everything else as `desc`.
fn server_timing(usage: &Usage) -> String {
    format!(
        "cpu;dur={:.3}, wall;dur={:.3}, queue;dur={:.3}, fuel;desc=\"{}\", memory;desc=\"{} bytes\", \
         host-calls;desc=\"{}\"",
        usage.cpu.as_secs_f64() * 1e3,
        usage.wall.as_secs_f64() * 1e3,
        usage.queued.as_secs_f64() * 1e3,
        usage.fuel,
        usage.memory_bytes,
        usage.host_calls,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timing_is_told_as_the_specification_writes_it() {
        let usage = Usage {
            cpu: std::time::Duration::from_micros(1_234),
            wall: std::time::Duration::from_millis(20),
            fuel: 77,
            memory_bytes: 1_048_576,
            host_calls: 3,
            ..Usage::default()
        };
        assert_eq!(
            server_timing(&usage),
            "cpu;dur=1.234, wall;dur=20.000, queue;dur=0.000, fuel;desc=\"77\", memory;desc=\"1048576 bytes\", \
             host-calls;desc=\"3\""
        );
    }

    fn rewritten(uri: &str, ground: Ground) -> String {
        let site = Site { authority: "localhost:8787".into(), app: None };
        let app = AppName::parse("todo").unwrap();
        Call { site: &site, app: &app, ground }.guest_uri(&uri.parse().unwrap()).unwrap().to_string()
    }

    #[test]
    fn the_prefix_goes_and_the_encoding_stays() {
        for (from, to) in [
            ("/apps/todo/api", "http://localhost:8787/"),
            ("/apps/todo/api/", "http://localhost:8787/"),
            ("/apps/todo/api?x=1", "http://localhost:8787/?x=1"),
            ("/apps/todo/api/a%20b/caf%C3%A9?q=%2F&r", "http://localhost:8787/a%20b/caf%C3%A9?q=%2F&r"),
            ("/apps/todo/api//x", "http://localhost:8787//x"),
        ] {
            assert_eq!(rewritten(from, Ground::Shared), to);
        }
        assert_eq!(rewritten("/apps/todo/api/x", Ground::Own), "http://localhost:8787/apps/todo/api/x");
    }
}
