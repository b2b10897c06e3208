//! The engine's own modules. They travel as source in a custom section of the binary, where the host finds them to
//! have them compiled as it does with an app's: in the linear memory they would be part of every image.

/// The section's name. What follows is, for each module, its name, a zero byte, its source, and a zero byte.
macro_rules! builtin_modules {
    ($($name:literal => $file:literal,)*) => {
        $(const _: () = {
            const ENTRY: &str = concat!($name, "\0", include_str!(concat!("../js/", $file)), "\0");
            #[expect(dead_code, reason = "a reference to it would put it into the memory as well")]
            #[unsafe(link_section = "atoll:modules")]
            static BYTES: [u8; ENTRY.len()] = copied(ENTRY);
        };)*
    };
}

const fn copied<const LENGTH: usize>(text: &str) -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    bytes.copy_from_slice(text.as_bytes());
    bytes
}

// By the names that they import one another by.
builtin_modules! {
    "internal:abort" => "abort.js",
    "internal:app-event" => "app-event.js",
    "internal:scheduled-controller" => "scheduled-controller.js",
    "internal:base" => "base.js",
    "internal:blob" => "blob.js",
    "internal:body" => "body.js",
    "internal:bus" => "bus.js",
    "internal:compression" => "compression.js",
    "internal:console" => "console.js",
    "internal:context" => "context.js",
    "internal:crypto" => "crypto.js",
    "internal:crypto-key" => "crypto-key.js",
    "internal:dispatch" => "dispatch.js",
    "internal:encoding" => "encoding.js",
    "internal:env" => "env.js",
    "internal:equal" => "equal.js",
    "internal:event-kinds" => "event-kinds.js",
    "internal:events" => "events.js",
    "internal:expect" => "expect.js",
    "internal:failure" => "failure.js",
    "internal:fetch" => "fetch.js",
    "internal:form-data" => "form-data.js",
    "internal:global-events" => "global-events.js",
    "internal:headers" => "headers.js",
    "internal:host-body" => "host-body.js",
    "internal:inspect" => "inspect.js",
    "internal:json" => "json.js",
    "internal:kv" => "kv.js",
    "internal:lockdown" => "lockdown.js",
    "internal:main" => "main.js",
    "internal:message-channel" => "message-channel.js",
    "internal:performance" => "performance.js",
    "internal:request" => "request.js",
    "internal:response" => "response.js",
    "internal:search-params" => "search-params.js",
    "internal:sql" => "sql.js",
    "internal:stack" => "stack.js",
    "internal:stream" => "stream.js",
    "internal:structured-clone" => "structured-clone.js",
    "internal:subtle" => "subtle.js",
    "internal:subtle-asymmetric" => "subtle-asymmetric.js",
    "internal:subtle-symmetric" => "subtle-symmetric.js",
    "internal:text-streams" => "text-streams.js",
    "internal:timers" => "timers.js",
    "internal:url" => "url.js",
    "internal:url-pattern" => "url-pattern.js",
    "internal:warm-up" => "warm-up.js",
    "internal:web-streams" => "vendor/web-streams.js",
    "internal:webidl" => "webidl.js",
    "@atoll/sdk" => "sdk.js",
    "@atoll/sdk/test" => "sdk-test.js",
}
