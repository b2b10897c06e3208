//! The WIT contract (`wit/`) as Rust types: generated. The world is this host's view of a guest: all imports,
//! and every export it may have; which of them a guest does have is found out when it is loaded.

wasmtime::component::bindgen!({
    path: "../../wit",
    inline: "
        package atoll:host;
        world guest {
            include atoll:app/imports@0.1.0;
            export atoll:app/http-handler@0.1.0;
            export atoll:app/event-handler@0.1.0;
            export atoll:app/schedule-handler@0.1.0;
            export atoll:app/test-suite@0.1.0;
        }
    ",
    world: "atoll:host/guest",
    imports: {
        "atoll:app/kv": async | trappable,
        "atoll:app/sql": async | trappable,
        "atoll:app/bus": async | trappable,
        "atoll:app/operations.wait": async | trappable,
        default: trappable,
    },
    exports: { default: async },
});
