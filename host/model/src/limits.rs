//! Every limit of a host, in one place. A queue, buffer, cache, body, table or loop without a field here is
//! a bug. Units come last in a name.

use serde::{Deserialize, Serialize};

mod app;
mod defaults;

pub use app::AppLimits;

/// The limits of a host. `Default` is what `atoll serve` uses; an operator may change any of them in the
/// `[limits]` table of the configuration file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    // ── what an app may ask for in its manifest ──────────────────────────────────────────────────────
    /// What an app gets when its manifest says nothing.
    pub app_default: AppLimits,
    /// The most an app gets, whatever its manifest says. What a file does not say stays as it is by default.
    #[serde(deserialize_with = "app::over_default_max")]
    pub app_max: AppLimits,

    // ── the sandbox ──────────────────────────────────────────────────────────────────────────────────
    /// Instances that run at the same time in the whole host; more wait for a place.
    pub instances_max: u32,
    /// Of `instances_max`, in percent: kept for apps that hold fewer than `app_instances_reserved`, so that a few
    /// apps whose calls stay open (streams on which nothing happens) do not have all.
    pub instances_reserved_percent: u32,
    /// Instances that an app may come to hold out of those that are kept. At least 1: a smaller value is taken
    /// for 1.
    pub app_instances_reserved: u32,
    /// Requests, deliveries and tests of one app that run at the same time; more wait.
    pub app_concurrency_max: u32,
    /// Requests of one app that may wait for a place; the next one is told 503.
    pub app_queue_max: u32,
    /// How long a call may wait for a place; then it is told 503. Its own `wall_ms` counts as well.
    pub app_queue_wait_ms: u64,
    /// CPU time that a call may use on the threads that serve requests; one that needs more goes on in the back, on
    /// threads that stand behind all others, with a fair share for each app.
    pub call_inline_cpu_us: u64,
    /// Threads in the back; 0 for as many as there are cores.
    pub back_threads: usize,
    /// Elements of a guest's tables.
    pub table_elements_max: u32,
    /// The guest's WebAssembly stack. The JavaScript engine stops a recursion by itself, with a `RangeError`,
    /// when 512 KiB of its own stack are used; that takes up to 2 MiB of this one. Below that the recursion
    /// ends in a trap instead, which is as safe and says less.
    pub stack_bytes_max: usize,
    /// How often running guests are checked against their CPU and wall limits. At most 10 ms.
    pub epoch_tick_ms: u64,
    /// Apps kept loaded (each holds a file descriptor and a mapping); the least recently used goes first.
    pub loaded_apps_max: usize,
    /// Linear memories that no instance uses and that stay mapped for the app that used each last, so that its next
    /// request maps nothing and takes no page faults. wasmtime gives each core an equal part of them (of the first 16).
    pub warm_memories_max: u32,
    /// What each of them keeps of the pages that were written: at most this much is put back in place after a
    /// request, and the rest is given back to the system.
    pub warm_memory_bytes_max: usize,
    /// Revisions whose source maps are kept after a stack trace was shown; the least recently used go first.
    pub source_maps_kept_max: usize,
    /// Those maps in memory, all together. What is larger than this alone is read again for each trace.
    pub source_maps_kept_bytes_max: usize,
    /// Time and CPU for evaluating an app's top level at deploy.
    pub snapshot_cpu_ms: u64,
    /// Snapshots that are taken at the same time; builds beyond it wait.
    pub snapshots_concurrent_max: usize,
    /// Size of an uploaded component.
    pub component_bytes_max: usize,
    /// Core instances of one component, its shims counted.
    pub component_core_instances_max: u32,
    /// Linear memories of one component.
    pub component_memories_max: u32,
    /// Tables of one component.
    pub component_tables_max: u32,
    /// How long compiling one component may take, waiting for a core included. Less than `http_total_ms`, so
    /// that whoever deploys is told.
    pub compile_wall_ms: u64,
    /// CPU time for compiling one component, summed over its threads; rounded up to whole seconds.
    pub compile_cpu_ms: u64,
    /// Address space of the process that compiles one component.
    pub compile_memory_mib: u64,
    /// Machine code made of one component.
    pub compiled_bytes_max: usize,
    /// Components that are compiled at the same time; more wait.
    pub compiles_concurrent_max: usize,
    /// Components that wait for being compiled; the next one is refused.
    pub compiles_queue_max: usize,
    /// Compiled files kept on disk; the ones written longest ago go first. At least 1.
    pub compiled_files_max: usize,
    /// What one guest call may log before the rest is counted and dropped.
    pub log_bytes_per_call_max: usize,
    /// Log lines kept for each app.
    pub log_lines_per_app_max: usize,
    /// Calls from a guest into the host during one request that make the host work: state, events, requests,
    /// variables, randomness. Reading a clock, waiting, reading and writing streams, and logging cost the guest's
    /// own CPU time and log budget instead.
    pub host_calls_max: u32,
    /// What a guest may hand over in one call into the host, names and records around it included. Never less than
    /// `http_response_bytes_max` and a MiB for what comes with a response.
    pub host_call_bytes_max: usize,
    /// Operations of one guest call that were started and not taken: reads, writes and requests that wait.
    pub operations_per_call_max: usize,
    /// Bytes that a guest has written to a stream and the other side has not taken; beyond it the guest waits
    /// before it writes more.
    pub stream_buffer_bytes_max: usize,
    /// Handles of WASI's resources (requests, fields, streams, pollables) that one guest call holds.
    pub wasi_resources_max: usize,
    /// One set of headers or trailers that a guest makes through WASI, as it lies in the host's memory.
    pub wasi_fields_bytes_max: usize,

    // ── HTTP ─────────────────────────────────────────────────────────────────────────────────────────
    /// All request headers together.
    pub http_header_bytes_max: usize,
    /// Request headers, counted.
    pub http_headers_max: usize,
    /// How long a client may take to send its headers.
    pub http_header_read_ms: u64,
    /// How long a client may take to send the whole request, and to read the whole response.
    pub http_total_ms: u64,
    /// How long a client may send or read nothing in the middle of a request or a response.
    pub http_idle_ms: u64,
    /// A request body to an app of at most this size is handed to the guest in one piece, if its length is
    /// stated; a larger one is a stream. How large it may be in all is `body_mib` of the app.
    pub http_inline_body_bytes_max: usize,
    /// All request bodies that are held at the same time; over it, clients are told 503.
    pub http_buffered_bytes_max: usize,
    /// A response body that an app returns as a whole. One that it sends as a stream is bounded by time and by
    /// what the client takes.
    pub http_response_bytes_max: usize,
    /// Open connections; more wait in the listener's backlog.
    pub http_connections_max: usize,
    /// Open WebSocket and SSE readers.
    pub http_streams_max: usize,
    /// The body of a request to the control API that is no source and no layout.
    pub control_body_bytes_max: usize,
    /// Nesting of a JSON document that the host reads.
    pub json_depth_max: usize,
    /// Events a WebSocket or SSE reader may be behind before it is dropped with a reason.
    pub subscriber_lag_events_max: usize,
    /// How long a shutdown waits for what is running.
    pub drain_ms: u64,

    // ── outbound HTTP ────────────────────────────────────────────────────────────────────────────────
    /// Requests to the world that one guest call may start; a redirect is not another one.
    pub outbound_requests_per_call_max: u32,
    /// Requests to the world of one guest call that wait for their answer at the same time; more wait for
    /// their turn.
    pub outbound_concurrent_per_call_max: u32,
    /// Requests to the world that run at the same time in the whole host; more wait. Each is a connection.
    pub outbound_concurrent_max: usize,
    /// Requests to the world of one app that run at the same time, bodies included; more wait.
    pub outbound_per_app_concurrent_max: usize,
    /// Requests to the world of one app that may wait; the next one is refused.
    pub outbound_per_app_queue_max: usize,
    /// The URL of a request to the world, secrets filled in.
    pub outbound_url_bytes_max: usize,
    /// All headers of a request to the world, and all headers of its response, each. At least 8 KiB: a smaller
    /// value is taken for 8 KiB.
    pub outbound_header_bytes_max: usize,
    /// The body of a request to the world.
    pub outbound_request_bytes_max: u64,
    /// Bodies that one guest call has handed over as a whole for requests to the world, until their answers are
    /// taken, all together. One that is written as a stream does not count: it waits in the guest.
    pub outbound_held_body_bytes_max: usize,
    /// The body of a response from the world, as received and as decoded, each.
    pub outbound_response_bytes_max: u64,
    /// How many times its received size a response may decode to, beyond the first MiB.
    pub outbound_decode_ratio_max: u64,
    /// The windows of coded responses that are read at the same time in the whole host: up to 16 MiB for brotli and
    /// 8 MiB for zstd, as the response states. The next one breaks off.
    pub outbound_window_bytes_max: usize,
    /// The same, of one app.
    pub outbound_window_bytes_per_app_max: usize,
    /// Redirects that one request follows (Fetch: 20).
    pub outbound_redirects_max: u32,
    /// Looking a name up, and connecting with TLS, each.
    pub outbound_connect_ms: u64,
    /// How long a server may take from the last byte of a request's body that was sent to the end of its
    /// response's headers.
    pub outbound_head_ms: u64,
    /// How long a server may send nothing in the middle of a body.
    pub outbound_idle_ms: u64,
    /// A whole request to the world, redirects, waiting and bodies included. An app's own wall-clock limit
    /// usually ends first.
    pub outbound_total_ms: u64,
    /// Names that are looked up at the same time; each holds a thread.
    pub outbound_lookups_concurrent_max: usize,
    /// Names that are looked up at the same time for one app: a server of names that takes long holds up that app.
    pub outbound_lookups_per_app_concurrent_max: usize,
    /// Connections kept open for the next request, in the whole host.
    pub outbound_kept_connections_max: usize,
    /// Connections kept open for the next request of one app to one origin.
    pub outbound_kept_per_origin_max: usize,
    /// How long a connection is kept open without a request.
    pub outbound_kept_ms: u64,

    // ── source and archives ──────────────────────────────────────────────────────────────────────────
    /// Files in a source folder.
    pub source_files_max: usize,
    /// One source file; of a component's, `component_bytes_max` is the limit.
    pub source_file_bytes_max: usize,
    /// A whole source folder, unpacked.
    pub source_bytes_max: usize,
    /// A packed source folder, as uploaded.
    pub archive_bytes_max: usize,
    /// Files, folders and other entries of an archive.
    pub archive_entries_max: usize,
    /// How many times its packed size an archive may unpack to, beyond the first MiB.
    pub archive_ratio_max: usize,
    /// Diagnostics reported for one build; the rest are counted.
    pub diagnostics_max: usize,
    /// Nesting of a source file's syntax tree: deeper is refused before any visitor recurses.
    pub syntax_depth_max: usize,
    /// One TypeScript or JavaScript file. A syntax tree can be as deep as its text is long, and the stack for
    /// parsing is reserved by this.
    pub script_bytes_max: usize,
    /// How long the external type checker may run.
    pub type_check_ms: u64,
    /// What is read of the external type checker's output.
    pub type_check_output_bytes_max: usize,

    // ── state ────────────────────────────────────────────────────────────────────────────────────────
    /// A key of the KV store (Workers KV: 512).
    pub kv_key_bytes_max: usize,
    /// A value of the KV store.
    pub kv_value_bytes_max: usize,
    /// An app's KV store.
    pub kv_bytes_per_app_max: u64,
    /// Keys in one page of a list (Workers KV: 1,000).
    pub kv_list_keys_max: u32,
    /// The metadata beside a value (Workers KV: 1,024).
    pub kv_metadata_bytes_max: usize,
    /// An app's SQL database file.
    pub sql_bytes_per_app_max: u64,
    /// The text of one statement (D1: 100 kB).
    pub sql_statement_bytes_max: usize,
    /// Parameters of one statement (D1: 100).
    pub sql_parameters_max: usize,
    /// Statements of one batch.
    pub sql_batch_statements_max: usize,
    /// Rows of one result.
    pub sql_rows_max: usize,
    /// Bytes of one result.
    pub sql_result_bytes_max: usize,
    /// One text or blob, and one row (D1: 2 MB).
    pub sql_value_bytes_max: usize,
    /// How long one call may run: a statement, a whole batch, or a whole script. Waiting is not counted.
    pub sql_statement_ms: u64,
    /// How long all pending migrations of an app may run together.
    pub sql_migration_ms: u64,
    /// Calls that may wait for an app's database; the next one is refused.
    pub sql_queue_max: usize,
    /// Read-only statements of one app that run at the same time, besides its one writer.
    pub sql_readers_per_app_max: usize,
    /// Apps whose database is kept open.
    pub sql_open_databases_max: usize,
    /// The value of a secret (Workers: 5 kB).
    pub secret_value_bytes_max: usize,
    /// Secrets of one app.
    pub secrets_per_app_max: usize,
    /// Revisions kept for each app, besides the active one.
    pub revisions_kept_max: usize,
    /// Apps in the registry.
    pub apps_max: usize,
    /// A document of the canvas' layout.
    pub layout_bytes_max: usize,
    /// Writes that may wait for the registry, the KV store or the event log; more wait before the queue.
    pub write_queue_max: usize,

    // ── events ───────────────────────────────────────────────────────────────────────────────────────
    /// The data of one event, as JSON text.
    pub event_data_bytes_max: usize,
    /// The JSON Schema of an event's data.
    pub event_schema_bytes_max: usize,
    /// Objects, arrays and values of a schema, each counted as often as references lead to it.
    pub event_schema_parts_max: usize,
    /// Compiled schemas that are kept.
    pub event_schemas_kept_max: usize,
    /// Apps whose schemas a deploy is compared with.
    pub event_schema_peers_max: usize,
    /// Apps with events in one AsyncAPI document.
    pub asyncapi_apps_max: usize,
    /// An event's id, its source and its subject, each.
    pub event_id_bytes_max: usize,
    /// Events that are published together from outside.
    pub events_batch_max: usize,
    /// Events one guest call may publish.
    pub events_per_call_max: u32,
    /// Events that one app may publish in a second, on average over a few seconds; the next one is refused.
    pub events_per_second_max: u32,
    /// Events that one app may publish at once, after it has published nothing for a while.
    pub events_burst_max: u32,
    /// How many handlers an event may pass through: A → B → A … ends here.
    pub event_hops_max: u32,
    /// Deliveries of an event to a subscription before it is a dead letter.
    pub delivery_attempts_max: u32,
    /// The first wait between two deliveries; doubled each time, with jitter.
    pub delivery_backoff_ms: u64,
    /// The longest wait between two deliveries.
    pub delivery_backoff_ms_max: u64,
    /// Deliveries that run at the same time in the whole host.
    pub deliveries_concurrent_max: usize,
    /// Deliveries to one app that run at the same time.
    pub deliveries_per_app_max: usize,
    /// Events that may wait for one app behind others that are being retried; then its reading of the log
    /// stands still until they are done or dead.
    pub deliveries_waiting_per_app_max: usize,
    /// Events kept in the log; older ones go once every subscription has passed them.
    pub events_kept_max: u64,
    /// Dead letters kept for each app.
    pub dead_letters_per_app_max: u64,
    /// Events in one page of the log.
    pub events_page_max: usize,

    // ── schedules ────────────────────────────────────────────────────────────────────────────────────
    /// Scheduled runs of all apps that go on at the same time; more wait.
    pub schedules_concurrent_max: usize,

    // ── metering ─────────────────────────────────────────────────────────────────────────────────────
    /// Apps with metrics of their own; beyond it, the one that was called longest ago is counted with the others.
    /// Each has about eighty lines in `/metrics` for each of its revisions.
    pub metrics_apps_max: usize,
    /// Revisions of an app that its metrics tell apart; older ones are counted together.
    pub metrics_revisions_per_app_max: usize,
    /// Samples of a minute each that are kept of an app.
    pub metrics_samples_per_app_max: usize,
    /// Spans that may wait to be exported; more are dropped.
    pub traces_queue_max: usize,
    /// How long one export of traces or metrics may take, and how long a shutdown waits for the last one.
    pub telemetry_export_ms: u64,

    // ── generation ───────────────────────────────────────────────────────────────────────────────────
    /// A prompt.
    pub prompt_bytes_max: usize,
    /// Generations that run at the same time.
    pub generations_concurrent_max: usize,
    /// Finished generations whose events can still be read.
    pub generations_kept_max: usize,
    /// Entities of one specification.
    pub entities_max: usize,
    /// Fields of one entity.
    pub fields_max: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_limit_is_an_error() {
        assert!(toml::from_str::<Limits>("http_respons_bytes_max = 1").is_err());
        assert_eq!(toml::from_str::<Limits>("").unwrap(), Limits::default());
    }
}
