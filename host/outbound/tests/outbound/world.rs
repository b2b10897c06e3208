//! What the tests share: an app with grants, a client that may reach loopback addresses, and a resolver that says
//! what the test wants.

use std::{
    collections::HashMap,
    io,
    net::IpAddr,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use atoll_model::{AppName, Grants, Limits, Origin};
use atoll_outbound::{
    OriginGrants, OutboundClient, OutboundConfig, OutboundError, OutboundRequest, OutboundResponse, Resolve,
};
use http::Method;
use url::Url;

/// Knows some names. One with several answers gives them in turn; the last one stays.
#[derive(Clone, Default)]
pub(crate) struct Names {
    answers: Arc<Mutex<HashMap<String, Vec<Vec<IpAddr>>>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Names {
    pub(crate) fn know(self, host: &str, answers: &[&[&str]]) -> Self {
        let answers = answers.iter().map(|ips| ips.iter().map(|ip| ip.parse().unwrap()).collect()).collect();
        self.answers.lock().unwrap().insert(host.into(), answers);
        self
    }

    /// The names that were looked up.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl Resolve for Names {
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        self.asked.lock().unwrap().push(host.into());
        let mut answers = self.answers.lock().unwrap();
        let answers = answers.get_mut(host).ok_or_else(|| io::Error::other("no such name"))?;
        Ok(if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() })
    }
}

pub(crate) fn app(name: &str) -> AppName {
    AppName::parse(name).unwrap()
}

pub(crate) fn granted(origins: &[&str]) -> OriginGrants {
    granted_to("app", origins)
}

pub(crate) fn granted_to(name: &str, origins: &[&str]) -> OriginGrants {
    let http = origins.iter().map(|origin| Origin::parse(origin).unwrap()).collect();
    OriginGrants::new(app(name), &Grants { http, ..Grants::default() })
}

/// Reaches `127.0.0.1`, and knows `a.test`, `b.test` and `api.test` for it.
pub(crate) fn config(limits: Limits) -> OutboundConfig {
    let here: &[&[&str]] = &[&["127.0.0.1"]];
    let names = Names::default().know("a.test", here).know("b.test", here).know("api.test", here);
    OutboundConfig {
        limits,
        allowed_ranges: vec!["127.0.0.1/32".parse().unwrap()],
        resolver: Arc::new(names),
        ..OutboundConfig::default()
    }
}

pub(crate) fn client() -> OutboundClient {
    client_with(Limits::default())
}

pub(crate) fn client_with(limits: Limits) -> OutboundClient {
    OutboundClient::new(config(limits)).unwrap()
}

pub(crate) fn get(url: &str) -> OutboundRequest {
    OutboundRequest::new(Method::GET, Url::parse(url).unwrap())
}

pub(crate) async fn text(response: OutboundResponse) -> Result<String, OutboundError> {
    let bytes = response.body.collect(256 << 20).await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Sends a request and reads the response to its end.
pub(crate) async fn fetch(
    client: &OutboundClient,
    grants: &OriginGrants,
    request: OutboundRequest,
) -> Result<String, OutboundError> {
    text(client.send(grants, request).await?).await
}
