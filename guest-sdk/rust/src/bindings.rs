//! Generated from the WIT contract. Several worlds, so that an app exports only what it has: each attribute of
//! this crate brings its own.
#![allow(missing_docs)]

/// Imports, and the HTTP handler.
pub mod http {
    wit_bindgen::generate!({
        path: "../../wit",
        world: "atoll:app/http-app",
        additional_derives: [PartialEq],
        pub_export_macro: true,
        default_bindings_module: "atoll_sdk::bindings::http",
    });
}

/// The event handler.
pub mod event {
    wit_bindgen::generate!({
        path: "../../wit",
        inline: "
            package atoll:rust-sdk;
            world event-app {
                export atoll:app/event-handler@0.1.0;
            }
        ",
        world: "atoll:rust-sdk/event-app",
        with: { "atoll:app/types@0.1.0": crate::bindings::http::atoll::app::types },
        pub_export_macro: true,
        export_macro_name: "export_event",
        default_bindings_module: "atoll_sdk::bindings::event",
    });
}

/// The handler of scheduled runs.
pub mod schedule {
    wit_bindgen::generate!({
        path: "../../wit",
        inline: "
            package atoll:rust-sdk;
            world schedule-app {
                export atoll:app/schedule-handler@0.1.0;
            }
        ",
        world: "atoll:rust-sdk/schedule-app",
        with: { "atoll:app/types@0.1.0": crate::bindings::http::atoll::app::types },
        pub_export_macro: true,
        export_macro_name: "export_schedule",
        default_bindings_module: "atoll_sdk::bindings::schedule",
    });
}
