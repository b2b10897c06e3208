//! `http-responder`: the head of a response, sent while the handler runs.

use atoll_model::{CapabilityError, Usage};
use wasmtime::{StoreContextMut, component::Linker};

use crate::{
    Body, CallError, http_message,
    shared::Head,
    state::CallState,
    stream::{Outgoing, PipeWatch, Side, pipe},
};

/// What has become of the response of one call.
pub(crate) enum Responder {
    /// The call is no request.
    Absent,
    /// Nothing was sent yet. Whether the response may have a body.
    Ready { bodiless: bool },
    /// The head was sent; the body is this stream.
    Started { stream: u32, status: u16 },
}

/// Links the interface. By hand, since the generated bindings do not show how much fuel the guest has left.
pub(crate) fn add_to_linker(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    linker.instance("atoll:app/http-responder@0.1.0")?.func_wrap(
        "start",
        |mut store: StoreContextMut<'_, CallState>, (status, headers): (u16, Vec<(String, String)>)| {
            let fuel_left = store.get_fuel().unwrap_or(0);
            let state = store.data_mut();
            state.count_host_call()?;
            let started = state.start_response(status, &headers, fuel_left);
            Ok((started.map_err(|error| state.told_to_guest("http-responder", error)),))
        },
    )
}

impl CallState {
    fn start_response(
        &mut self,
        status: u16,
        headers: &[(String, String)],
        fuel_left: u64,
    ) -> Result<u32, CapabilityError> {
        let bodiless = match self.responder {
            Responder::Ready { bodiless } => bodiless,
            Responder::Absent => return invalid("only a request has a response to send"),
            Responder::Started { .. } => return invalid("the response was sent already"),
        };
        let mut response =
            http_message::head(status, headers, &self.limits).map_err(|error| match error {
                CallError::ResponseTooLarge { limit, value } => {
                    CapabilityError::OverLimit { what: "the response's head".into(), limit, value }
                }
                other => CapabilityError::Invalid(other.to_string()),
            })?;
        let (outgoing, watch) = if bodiless || http_message::is_bodiless(response.status()) {
            (Outgoing::unwanted(), PipeWatch::nobody())
        } else {
            let (writer, reader) = pipe(self.limits.stream_buffer_bytes_max);
            let watch = writer.watch();
            *response.body_mut() = Body::guest(reader);
            (Outgoing::new(writer), watch)
        };
        let stream = self.streams.add_clients(Side::Out(outgoing));
        self.responder = Responder::Started { stream, status };
        self.shared.send_head(Head {
            response,
            watch,
            used: Usage {
                fuel: self.app.limits.fuel.saturating_sub(fuel_left),
                host_calls: self.host_calls,
                memory_bytes: self.limiter.memory_bytes(),
                outbound_requests: self.requests.count,
                ..Usage::default()
            },
        });
        Ok(stream)
    }
}

fn invalid(why: &str) -> Result<u32, CapabilityError> {
    Err(CapabilityError::Invalid(why.into()))
}
