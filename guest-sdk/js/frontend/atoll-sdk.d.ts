/**
 * `@atoll/sdk` for an app's page.
 *
 * ```tsx
 * import { api, useEvents, useQuery } from "@atoll/sdk";
 *
 * export default function App() {
 *   const tasks = useQuery<Task[]>("/tasks");
 *   useEvents("todo.*", () => tasks.refresh());
 *   if (tasks.loading) return <p>Loading…</p>;
 *   return <button onClick={() => api.post("/tasks", { title: "Tea" }).then(tasks.refresh)}>Add</button>;
 * }
 * ```
 */

/** An event of the bus (CloudEvents 1.0). A page gets those its app publishes and those it subscribes to. */
export interface AppEvent<Data = unknown> {
  readonly id: string;
  /** Who published it: `/apps/{app}`. */
  readonly source: string;
  /** Dot-separated, e.g. `todo.created`. */
  readonly type: string;
  /** When the host took it, RFC 3339. */
  readonly time: string;
  readonly subject?: string;
  readonly data?: Data;
}

/** What `useQuery` answers. */
export interface Query<Data> {
  /** The latest answer; it stays while a newer one is fetched, also for another path. */
  readonly data: Data | undefined;
  /** Why the latest call failed; usually an {@link ApiError}. */
  readonly error: Error | undefined;
  /** No answer has come yet. */
  readonly loading: boolean;
  /** A call is under way. */
  readonly refreshing: boolean;
  /**
   * Asks again; while a call is under way, once more after it. Called from a handler of another app's event it asks twice more within a second, since the app's
   * own backend handles the same event at the same time.
   */
  readonly refresh: () => Promise<void>;
}

export interface QueryOptions {
  /** Events after which to refresh, e.g. `"todo.*"`. */
  readonly refreshOn?: string | readonly string[];
}

/** A call that failed. */
export declare class ApiError extends Error {
  override readonly name: "ApiError";
  /** The HTTP status; 0 when the app could not be reached. */
  readonly status: number;
  /** The answer's body, parsed when it is JSON. */
  readonly details: unknown;
  constructor(status: number, message: string, details: unknown);
}

/**
 * Calls the app's own backend. A path starts at the backend's root: `"/tasks"`, or `"/api/tasks"`, which is
 * the same. Bodies and answers are JSON; an empty answer is `undefined`. Throws {@link ApiError}.
 */
export declare const api: {
  get: <Data = unknown>(path: string) => Promise<Data>;
  post: <Data = unknown>(path: string, body?: unknown) => Promise<Data>;
  put: <Data = unknown>(path: string, body?: unknown) => Promise<Data>;
  patch: <Data = unknown>(path: string, body?: unknown) => Promise<Data>;
  delete: <Data = unknown>(path: string, body?: unknown) => Promise<Data>;
};

/** Fetches a path of the app's backend, now and when the path changes. `null` fetches nothing. */
export declare function useQuery<Data = unknown>(path: string | null, options?: QueryOptions): Query<Data>;

/** Calls the handler for each event whose type matches: `"todo.created"`, `"todo.*"`, `"*"`, or a list. */
export declare function useEvents<Data = unknown>(
  patterns: string | readonly string[],
  handler: (event: AppEvent<Data>) => void,
): void;
