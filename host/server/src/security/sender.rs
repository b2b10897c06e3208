//! Where a browser says that a request comes from: the `Origin` header, and the fetch metadata headers
//! (`Sec-Fetch-*`), which a page cannot set.
//!
//! A request without them (curl, a server) comes from no page, so nobody's browser is being used.

use http::{HeaderMap, Method, header};

use crate::{problem::Problem, security::Site};

/// What a path is, as far as its senders are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Area {
    /// The control API, the streams and the metrics: the host's own pages only.
    Control,
    /// The canvas and health: as `Control`, and links from elsewhere may lead there.
    Page,
    /// The API and events of an app: the host's own pages, and pages that show a token.
    App,
    /// An app under its own host name: its own pages.
    OwnHost,
    /// Scripts and the frames that load them: anybody.
    Public,
}

impl Area {
    pub(crate) fn of(site: &Site, path: &str) -> Self {
        if site.app.is_some() {
            return Self::OwnHost;
        }
        if path == "/api" || path.starts_with("/api/") || path == "/metrics" {
            return Self::Control;
        }
        if path.starts_with("/assets/") {
            return Self::Public;
        }
        let Some((_, below)) = path.strip_prefix("/apps/").and_then(|rest| rest.split_once('/')) else {
            return Self::Page;
        };
        match below.split('/').next() {
            Some("api" | "events") => Self::App,
            // The frame document guards itself by its own headers.
            Some("" | "assets") => Self::Public,
            _ => Self::Page,
        }
    }
}

/// Who sent a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sender {
    /// No page, or a page of this very site.
    Own,
    /// A page of an opaque origin: maybe an app's frame, which its token shows.
    Opaque,
    /// Another site's page.
    Foreign,
}

impl Sender {
    pub(crate) fn of(site: &Site, headers: &HeaderMap) -> Self {
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let (first, second) = (origins.next(), origins.next());
        let Some(origin) = first else { return Self::Own };
        if second.is_some() {
            return Self::Foreign;
        }
        let Ok(origin) = origin.to_str() else { return Self::Foreign };
        if origin == "null" {
            return Self::Opaque;
        }
        // A proxy in front may speak TLS.
        let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        match authority {
            Some(authority) if authority.eq_ignore_ascii_case(&site.authority) => Self::Own,
            _ => Self::Foreign,
        }
    }
}

/// Refuses what no page of another site may send. For [`Area::App`] the gateway decides about
/// [`Sender::Opaque`], since it knows the token.
pub(crate) fn check_sender(
    site: &Site,
    area: Area,
    method: &Method,
    headers: &HeaderMap,
) -> Result<(), Problem> {
    let sender = Sender::of(site, headers);
    match (area, sender) {
        (Area::Public, _) | (Area::App, Sender::Opaque) => return Ok(()),
        (_, Sender::Own) => {}
        _ => {
            return Err(Problem::forbidden(
                "cross-origin",
                "a page of another origin may not use this; only the host's own pages may",
            ));
        }
    }
    let link = *method == Method::GET
        && value(headers, "sec-fetch-mode") == Some("navigate")
        && !matches!(
            value(headers, "sec-fetch-dest"),
            Some("iframe" | "frame" | "object" | "embed" | "fencedframe")
        );
    match value(headers, "sec-fetch-site") {
        None | Some("same-origin" | "none") => Ok(()),
        Some(_) if link => Ok(()),
        Some(_) => Err(Problem::forbidden("cross-site", "a page of another site may not load this")),
    }
}

/// Refuses a guest's answer as a script or style of a page: whatever a guest sends must not run as code of
/// the host's own pages, even if one of them is tricked into naming it.
pub(crate) fn refuse_as_subresource(headers: &HeaderMap) -> Result<(), Problem> {
    match value(headers, "sec-fetch-dest") {
        Some(
            "script" | "style" | "worker" | "sharedworker" | "serviceworker" | "audioworklet"
            | "paintworklet" | "xslt" | "manifest" | "object" | "embed",
        ) => Err(Problem::forbidden(
            "not-a-subresource",
            "an app's API answers calls; it is no source of scripts",
        )),
        _ => Ok(()),
    }
}

fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Site {
        Site { authority: "localhost:8787".into(), app: None }
    }

    fn allowed(area: Area, pairs: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        check_sender(&site(), area, &Method::GET, &headers).is_ok()
    }

    #[test]
    fn paths_fall_into_areas() {
        for (path, area) in [
            ("/", Area::Page),
            ("/healthz", Area::Page),
            ("/api/v1/apps", Area::Control),
            ("/api", Area::Control),
            ("/metrics", Area::Control),
            ("/apps/todo", Area::Page),
            ("/apps/todo/", Area::Public),
            ("/apps/todo/api", Area::App),
            ("/apps/todo/api/x", Area::App),
            ("/apps/todo/apix", Area::Page),
            ("/apps/todo/events", Area::App),
            ("/apps/todo/assets/1/a.js", Area::Public),
            ("/assets/frame/shell.js", Area::Public),
        ] {
            assert_eq!(Area::of(&site(), path), area, "{path}");
        }
        let own = Site { app: Some(atoll::AppName::parse("todo").unwrap()), ..site() };
        assert_eq!(Area::of(&own, "/api/v1/apps"), Area::OwnHost);
    }

    #[test]
    fn no_origin_and_the_own_origin_may_use_the_control_api() {
        assert!(allowed(Area::Control, &[]));
        assert!(allowed(
            Area::Control,
            &[("origin", "http://localhost:8787"), ("sec-fetch-site", "same-origin")]
        ));
        assert!(allowed(Area::Control, &[("origin", "https://LOCALHOST:8787")]));
    }

    #[test]
    fn other_origins_may_not() {
        for origin in [
            "null",
            "http://localhost",
            "http://localhost:8788",
            "http://evil.example",
            "http://todo.localhost:8787",
            "file://",
            "http://localhost:8787.evil.example",
            "http://localhost:8787/",
        ] {
            assert!(!allowed(Area::Control, &[("origin", origin)]), "{origin}");
            assert!(!allowed(Area::OwnHost, &[("origin", origin)]), "{origin}");
        }
        let twice = [("origin", "http://localhost:8787"), ("origin", "http://evil.example")];
        assert!(!allowed(Area::Control, &twice));
    }

    #[test]
    fn another_site_may_link_to_a_page_but_not_load_it() {
        let link = [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "document"),
        ];
        let frame =
            [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")];
        let image =
            [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")];
        assert!(allowed(Area::Page, &link));
        assert!(!allowed(Area::Page, &frame));
        assert!(!allowed(Area::App, &image));
        assert!(allowed(Area::Public, &frame));
    }
}
