//! A request that the app sends.

use std::{mem, time::Duration};

use serde::Serialize;

use super::{Redirect, Sending};
use crate::{
    BodyWriter, CapabilityError, Error, clock, host::http_client as wit, task::Operation, writer::Producer,
};

/// A larger body is handed over bit by bit. What the host takes in one call is bounded, by 10 MiB as it comes.
const WHOLE_BYTES_MAX: usize = 8 << 20;

/// A request of any method (upper case) to an absolute URL.
pub fn request(method: &str, url: &str) -> RequestBuilder {
    RequestBuilder {
        request: wit::Request {
            method: method.to_owned(),
            url: url.to_owned(),
            headers: Vec::new(),
            body: wit::Body::None,
            redirect: Redirect::Follow,
        },
        producer: None,
        timeout: None,
        problem: None,
    }
}

/// A request that was not sent yet.
#[derive(Debug)]
#[must_use = "sends nothing until `send`"]
pub struct RequestBuilder {
    request: wit::Request,
    producer: Option<Producer>,
    timeout: Option<Duration>,
    problem: Option<CapabilityError>,
}

impl RequestBuilder {
    /// One header more.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        self
    }

    /// `authorization: Bearer …`.
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// A body. Its type is a header of its own. One of more than 8 MiB cannot be sent again after a redirect.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.request.body = wit::Body::Bytes(body.into());
        self.producer = None;
        self
    }

    /// A value as JSON. One that has no JSON form is the error that [`RequestBuilder::send`] brings.
    pub fn json<T: Serialize + ?Sized>(mut self, value: &T) -> Self {
        match serde_json::to_vec(value) {
            Ok(json) => self.header("content-type", "application/json").body(json),
            Err(error) => {
                self.problem = Some(CapabilityError::data("the request's body", error));
                self
            }
        }
    }

    /// A body that comes bit by bit, as in [`crate::Response::streamed`].
    pub fn streamed<F, W, E>(mut self, write: F) -> Self
    where
        F: FnOnce(BodyWriter) -> W + 'static,
        W: Future<Output = Result<(), E>> + 'static,
        E: Into<Error>,
    {
        self.request.body = wit::Body::Stream;
        self.producer = Some(Producer::new(write));
        self
    }

    /// What a redirect is; it is followed when nothing is said.
    pub fn redirect(mut self, redirect: Redirect) -> Self {
        self.request.redirect = redirect;
        self
    }

    /// How long to wait for the response's head. The host has limits of its own.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sends it. What is wrong with it, too, is told to whoever awaits the answer.
    pub fn send(mut self) -> Sending {
        if let Some(problem) = self.problem {
            return Sending::failed(problem);
        }
        if let wit::Body::Bytes(bytes) = &mut self.request.body
            && bytes.len() > WHOLE_BYTES_MAX
        {
            let bytes = mem::take(bytes);
            self.request.body = wit::Body::Stream;
            self.producer =
                Some(Producer::new(async move |mut writer: BodyWriter| writer.write(bytes).await));
        }
        match wit::send(&self.request) {
            Ok(pending) => Sending::new(
                pending.operation,
                Operation::new(pending.operation),
                self.producer.zip(pending.body).map(|(producer, stream)| producer.run(stream)),
                self.timeout.map(|timeout| (timeout, clock::sleep(timeout))),
            ),
            Err(error) => Sending::failed(error.into()),
        }
    }
}
