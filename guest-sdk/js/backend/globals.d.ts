/**
 * What a backend finds without an import: the bindings of `env`, the context and the event of a handler.
 * The web platform's own functions (Request, Response, URL, crypto …) are TypeScript's `lib.webworker`.
 */

/**
 * The bindings of an app: `env` is the second argument of every handler. `atoll check` declares here what the
 * manifest grants: `KV`, `DB`, `BUS`, and each secret and variable as a string.
 */
interface Env {}

/** `env.KV`: the app's own key-value store. A write that returned is durable. Needs `kv = true`. */
interface KVNamespace {
  /** The value as text; `null` when there is none. */
  get(key: string, type?: "text" | { type?: "text" }): Promise<string | null>;
  get<Value = unknown>(key: string, type: "json" | { type: "json" }): Promise<Value | null>;
  get(key: string, type: "arrayBuffer" | { type: "arrayBuffer" }): Promise<ArrayBuffer | null>;
  get(key: string, type: "stream" | { type: "stream" }): Promise<ReadableStream | null>;
  /** Several values at once, as text. */
  get(keys: string[], type?: "text"): Promise<Map<string, string | null>>;
  get<Value = unknown>(keys: string[], type: "json"): Promise<Map<string, Value | null>>;
  getWithMetadata<Metadata = unknown>(key: string, type?: "text"): Promise<KVValue<string, Metadata>>;
  getWithMetadata<Value = unknown, Metadata = unknown>(key: string, type: "json"): Promise<KVValue<Value, Metadata>>;
  /** Objects are stored as text: `JSON.stringify(value)`. */
  put(key: string, value: string | ArrayBuffer | ArrayBufferView | ReadableStream, options?: KVPutOptions): Promise<void>;
  /**
   * Stores the value if the present one is `expected`: text or bytes, or `null` for none. Answers whether it did; nothing
   * comes in between. Read, compute, compare and set, and begin again when it was `false`.
   */
  compareAndSet(
    key: string,
    expected: string | ArrayBuffer | ArrayBufferView | null,
    value: string | ArrayBuffer | ArrayBufferView | ReadableStream,
    options?: KVPutOptions,
  ): Promise<boolean>;
  /** Deleting what is not there is no error. */
  delete(key: string): Promise<void>;
  list<Metadata = unknown>(options?: KVListOptions): Promise<KVList<Metadata>>;
}

interface KVPutOptions {
  /** Seconds until the key goes; at least 60. */
  expirationTtl?: number;
  /** Seconds since 1970 at which the key goes. */
  expiration?: number;
  /** Any JSON value, given back by `list` and `getWithMetadata`. */
  metadata?: unknown;
}

interface KVValue<Value, Metadata> {
  value: Value | null;
  metadata: Metadata | null;
}

interface KVListOptions {
  prefix?: string | null;
  /** At most 1,000, which is also the default. */
  limit?: number;
  /** Where the last page ended. */
  cursor?: string | null;
}

interface KVList<Metadata = unknown> {
  /** In byte order. */
  keys: { name: string; expiration?: number; metadata?: Metadata }[];
  list_complete: boolean;
  /** Present when `list_complete` is false. */
  cursor?: string;
}

/** What a column holds and a parameter may be. */
type SqlValue = string | number | bigint | boolean | null | ArrayBuffer | ArrayBufferView;

/** `env.DB`: the app's own SQLite database, with D1's interface. Needs `sql = true`. */
interface D1Database {
  /** Exactly one statement, with `?` or `?1` for parameters. */
  prepare(sql: string): D1PreparedStatement;
  /** All in one transaction: every one, or none. */
  batch<Row = Record<string, unknown>>(statements: D1PreparedStatement[]): Promise<D1Result<Row>[]>;
  /** A script of statements without parameters, in one transaction. */
  exec(sql: string): Promise<{ count: number; duration: number }>;
}

interface D1PreparedStatement {
  bind(...values: SqlValue[]): D1PreparedStatement;
  all<Row = Record<string, unknown>>(): Promise<D1Result<Row>>;
  run<Row = Record<string, unknown>>(): Promise<D1Result<Row>>;
  /** The first row, or one column of it; `null` when there is no row. */
  first<Row = Record<string, unknown>>(): Promise<Row | null>;
  first<Value = unknown>(column: string): Promise<Value | null>;
  /** Rows as lists of values. */
  raw<Row extends unknown[] = unknown[]>(options?: { columnNames?: boolean }): Promise<Row[]>;
}

interface D1Result<Row = Record<string, unknown>> {
  success: true;
  results: Row[];
  meta: { duration: number; changes: number; last_row_id: number; changed_db: boolean };
}

/** `env.BUS`: publishing events of the types that the manifest declares in `[[events.publishes]]`. */
interface EventBus {
  /**
   * Publishes an event and answers its id. Durable when it returns. The same `id` again is the same event.
   * `data` is any JSON value.
   */
  publish(type: string, data?: unknown, options?: { id?: string }): Promise<string>;
}

/** `ctx`, the third argument of a handler. */
interface ExecutionContext {
  /** Work that goes on after the response; it counts against the same limits. */
  waitUntil(promise: PromiseLike<unknown>): void;
  passThroughOnException(): void;
  /** Always undefined; Hono's types want it. */
  readonly props: any;
}

/** What an `event` handler gets: a CloudEvent. Throwing asks for another delivery, as `retry` does. */
interface AppEvent<Data = any> {
  readonly specversion: "1.0";
  readonly id: string;
  /** Who published it: `/apps/{app}`. */
  readonly source: string;
  /** Dot-separated, e.g. `todo.created`. */
  readonly type: string;
  /** When the host took it, RFC 3339. */
  readonly time: string;
  readonly subject?: string;
  readonly datacontenttype: "application/json";
  readonly data: Data;
  /** How many handlers it came through before this one. */
  readonly hops: number;
  /** Which delivery to this app this is, from 1. */
  readonly attempt: number;
  /** Gives the event up: it goes to the dead letters with this reason. */
  reject(reason?: string | Error): void;
  /** Asks for another delivery, later. */
  retry(reason?: string | Error): void;
}

/** What a `scheduled` handler gets. */
interface ScheduledController {
  /** The expression of the manifest. */
  readonly cron: string;
  /** When it was due, in milliseconds since 1970; earlier than now when the host was away. */
  readonly scheduledTime: number;
  readonly type: "scheduled";
  /** Does nothing: a run is never repeated. */
  noRetry(): void;
}

/** The default export of a backend. A Hono app is one, too. */
interface AtollApp<Bindings = Env> {
  fetch?(request: Request, env: Bindings, ctx: ExecutionContext): Response | PromiseLike<Response>;
  event?(event: AppEvent, env: Bindings, ctx: ExecutionContext): void | PromiseLike<void>;
  scheduled?(controller: ScheduledController, env: Bindings, ctx: ExecutionContext): void | PromiseLike<void>;
}

/** The name that Workers have for it. */
type ExportedHandler<Bindings = Env> = AtollApp<Bindings>;

/** Besides the standard, as in Workers. */
interface SubtleCrypto {
  /** Compares two buffers of the same length, in a time that does not tell where they differ. */
  timingSafeEqual(a: ArrayBuffer | ArrayBufferView, b: ArrayBuffer | ArrayBufferView): boolean;
}

/**
 * `ReadableStream.from`, which TypeScript's library does not have. It declares `ReadableStream` as a variable of a type
 * without a name, which nothing can be added to; so the function is given to constructors, and only this one may call it.
 */
interface NewableFunction {
  /** A stream of what an array, a generator or another stream gives. */
  from<Chunk>(
    this: typeof ReadableStream,
    source: ReadableStream<Chunk> | AsyncIterable<Chunk> | Iterable<Chunk | PromiseLike<Chunk>>,
  ): ReadableStream<Chunk>;
}
