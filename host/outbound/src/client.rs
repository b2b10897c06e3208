//! The client: one request, its redirects, and its response.

use std::{
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use atoll_model::Limits;
use http::{HeaderMap, Response, header};
use http_body::Body;
use hyper::body::Incoming;
use tokio::time::{Instant, timeout, timeout_at};

use crate::{
    AddressPolicy, OriginGrants, OutboundConfig, OutboundError, OutboundRequest, OutboundResponse,
    Placeholders, Redirect, ResponseBody, SecretLookup,
    connect::Connector,
    decode::{self, AppWindows, Windows},
    exchange::{Exchange, Wire},
    headers,
    pool::{Key, Pool},
    received::{Bounds, Deadline, Lease, Received, Trailers},
    redirect::{self, Hop},
    slots::{Slot, Slots},
    substitute::{Filler, Redaction},
    tls,
};

/// The body of a redirect that is read, so that its connection can be used for the next request.
const REDIRECT_BODY_BYTES_MAX: u64 = 16 << 10;

/// Sends the requests of all apps of a host. Cheap to clone.
#[derive(Clone)]
pub struct OutboundClient {
    inner: Arc<Inner>,
}

struct Inner {
    limits: Limits,
    connector: Connector,
    pool: Arc<Pool>,
    slots: Arc<Slots>,
    windows: Arc<Windows>,
    placeholders: Placeholders,
    secrets: Arc<dyn SecretLookup>,
}

impl OutboundClient {
    /// Makes a client. It holds nothing but memory until it is used, and must be used within a Tokio runtime.
    ///
    /// # Errors
    /// [`OutboundError::Invalid`] for a certificate authority that is none, or a machine without randomness.
    pub fn new(config: OutboundConfig) -> Result<Self, OutboundError> {
        let OutboundConfig { limits, allowed_ranges, resolver, secrets, extra_roots } = config;
        let invalid = |what: String| OutboundError::Invalid { what };
        let tls = tls::client_config(&extra_roots)
            .map_err(|error| invalid(format!("an added certificate authority is not usable: {error}")))?;
        let placeholders =
            Placeholders::new().map_err(|error| invalid(format!("the system has no randomness: {error}")))?;
        // How many look-ups wait is bounded by how many requests run.
        let lookups = Slots::new(
            limits.outbound_lookups_concurrent_max,
            limits.outbound_lookups_per_app_concurrent_max,
            usize::MAX,
        );
        let slots = Slots::new(
            limits.outbound_concurrent_max,
            limits.outbound_per_app_concurrent_max,
            limits.outbound_per_app_queue_max,
        );
        let connector = Connector {
            policy: AddressPolicy::allowing(allowed_ranges),
            resolver,
            tls,
            lookups: Arc::new(lookups),
            limits: limits.clone(),
        };
        let windows =
            Windows::new(limits.outbound_window_bytes_max, limits.outbound_window_bytes_per_app_max);
        let (pool, slots, windows) = (Arc::new(Pool::new(&limits)), Arc::new(slots), Arc::new(windows));
        let inner = Inner { limits, connector, pool, slots, windows, placeholders, secrets };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// What a guest gets in the place of a secret that is granted as a placeholder.
    #[must_use]
    pub fn placeholders(&self) -> &Placeholders {
        &self.inner.placeholders
    }

    /// Sends a request and answers when the head of the response is there. Dropping the future, or the response,
    /// ends the request.
    ///
    /// # Errors
    /// [`OutboundError`]: what is not granted, refused, over a limit, or failed on the way.
    pub async fn send(
        &self,
        grants: &OriginGrants,
        request: OutboundRequest,
    ) -> Result<OutboundResponse, OutboundError> {
        let deadline = self.inner.deadline(request.deadline);
        let sent = self.inner.send(grants, request, deadline);
        timeout_at(deadline.at, sent).await.unwrap_or_else(|_| Err(deadline.error()))
    }
}

impl std::fmt::Debug for OutboundClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutboundClient").finish_non_exhaustive()
    }
}

impl Inner {
    fn deadline(&self, callers: Option<std::time::Instant>) -> Deadline {
        let limit_ms = self.limits.outbound_total_ms;
        let at = Instant::now() + Duration::from_millis(limit_ms);
        match callers.map(Instant::from_std) {
            Some(callers) if callers < at => Deadline { at: callers, limit_ms: None },
            _ => Deadline { at, limit_ms: Some(limit_ms) },
        }
    }

    async fn send(
        &self,
        grants: &OriginGrants,
        request: OutboundRequest,
        deadline: Deadline,
    ) -> Result<OutboundResponse, OutboundError> {
        let OutboundRequest { method, mut url, headers: mut guests, host_headers, body, redirect, .. } =
            request;
        // It is never sent, and does not belong to where an answer comes from.
        url.set_fragment(None);
        headers::check_method(&method, &body)?;
        // Before anything waits: a request that is not granted costs nothing.
        grants.check(&url)?;
        let trailers = headers::announced_trailers(&guests, &body);
        headers::strip_framing(&mut guests);
        guests.extend(trailers.into_iter().map(|value| (header::TRAILER, value)));
        headers::add_defaults(&mut guests);
        let mut hop = Hop { method, url, headers: guests, body: body.into() };
        let mut slot = Some(self.slots.enter(grants.app()).await?);
        let mut redirects = 0;
        loop {
            let (response, lease, used) = self.hop(grants, &mut hop, &host_headers).await?;
            let (mut head, incoming) = response.into_parts();
            used.apply(&mut head.headers);
            let next = match redirect {
                Redirect::Manual => None,
                _ => redirect::location(&hop.url, head.status, &head.headers)?,
            };
            let Some(next) = next else {
                headers::strip_framing(&mut head.headers);
                let body =
                    self.body(&mut head.headers, incoming, lease, slot.take(), deadline)?.redacted(used);
                let (status, headers) = (head.status, head.headers);
                return Ok(OutboundResponse {
                    status,
                    url: hop.url,
                    redirected: redirects > 0,
                    headers,
                    body,
                });
            };
            if redirect == Redirect::Error {
                let reason = "the request asks for none".into();
                return Err(OutboundError::RedirectRefused { reason });
            }
            redirects += 1;
            if redirects > self.limits.outbound_redirects_max {
                return Err(OutboundError::TooManyRedirects { max: self.limits.outbound_redirects_max });
            }
            redirect::follow(&mut hop, head.status, next)?;
            grants.check(&hop.url)?;
            self.read_away(incoming, lease, deadline).await;
        }
    }

    /// One request of the chain: secrets filled in for its origin, its address checked.
    async fn hop(
        &self,
        grants: &OriginGrants,
        hop: &mut Hop,
        host_headers: &HeaderMap,
    ) -> Result<(Response<Incoming>, Lease, Redaction), OutboundError> {
        let origin = grants.check(&hop.url)?;
        let filler = Filler { grants, placeholders: &self.placeholders, secrets: &*self.secrets };
        let filled = filler.fill(&hop.url, &hop.headers).await?;
        let max = self.limits.outbound_url_bytes_max;
        if filled.url.as_str().len() > max {
            let limit = "outbound_url_bytes_max";
            return Err(OutboundError::TooLarge { what: "the request's URL", limit, value: max as u64 });
        }
        let headers = headers::on_the_wire(&filled.url, filled.headers, host_headers, &self.limits)?;
        let wire = Wire { method: hop.method.clone(), url: filled.url, headers, body: hop.body.take() };
        let exchange = Exchange { connector: &self.connector, pool: &self.pool, limits: &self.limits };
        let key = Key { app: grants.app().clone(), origin };
        let (response, lease) = exchange.send(key, wire).await?;
        Ok((response, lease, filled.used))
    }

    /// The body as the guest reads it. Headers that no longer describe it go.
    fn body(
        &self,
        headers: &mut HeaderMap,
        incoming: Incoming,
        lease: Lease,
        slot: Option<Slot>,
        deadline: Deadline,
    ) -> Result<ResponseBody, OutboundError> {
        let bytes_max = self.limits.outbound_response_bytes_max;
        if incoming.size_hint().lower() > bytes_max {
            return Err(crate::received::too_large(bytes_max));
        }
        let bounds = Bounds { bytes_max, idle_ms: self.limits.outbound_idle_ms, deadline };
        let windows = AppWindows::new(&self.windows, &lease.key.app);
        let bytes = Arc::new(AtomicU64::new(0));
        let trailers = Trailers::default();
        let received =
            Received::new(incoming, lease, slot, bounds, Arc::clone(&bytes), Arc::clone(&trailers));
        if received.is_empty() {
            return Ok(ResponseBody::empty());
        }
        let codings = decode::codings(headers)?;
        if codings.is_empty() {
            return Ok(ResponseBody::new(received, trailers));
        }
        headers.remove(header::CONTENT_ENCODING);
        headers.remove(header::CONTENT_LENGTH);
        let bounds = decode::Bounds { bytes_max, ratio_max: self.limits.outbound_decode_ratio_max };
        Ok(ResponseBody::new(decode::decoded(received, &codings, bytes, bounds, &windows), trailers))
    }

    /// Reads the short body that says "see there", so that its connection can be used again. A long one, or one
    /// whose length is not said, is not worth it.
    async fn read_away(&self, incoming: Incoming, lease: Lease, deadline: Deadline) {
        if incoming.size_hint().exact().is_none_or(|bytes| bytes > REDIRECT_BODY_BYTES_MAX) {
            return;
        }
        let idle_ms = self.limits.outbound_idle_ms.min(1_000);
        let bounds = Bounds { bytes_max: REDIRECT_BODY_BYTES_MAX, idle_ms, deadline };
        let received = Received::new(incoming, lease, None, bounds, Arc::default(), Arc::default());
        let body = ResponseBody::new(received, Arc::default()).collect(usize::MAX);
        let _ = timeout(Duration::from_millis(idle_ms), body).await;
    }
}
