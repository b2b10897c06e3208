/** `@atoll/sdk/test`: tests that run in the sandbox, each in an instance of its own with empty state. */
declare module "@atoll/sdk/test" {
  /** Defines a test. It gets the app's `env`, over a store and a database of its own. */
  export function test(name: string, run: (env: Env) => void | Promise<void>): void;
  export const it: typeof test;

  export const app: {
    /** Calls the app's fetch handler, as a request would. A path is taken below `http://test.localhost`. */
    fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
    /** Calls the app's event handler. */
    event(type: string, data?: unknown, init?: EventInit): Promise<{ outcome: "done" | "retry" | "reject"; reason?: string }>;
    /** Calls the app's scheduled handler, as if one of its schedules were due now, or at `scheduledTime`. */
    scheduled(cron: string, scheduledTime?: number | Date): Promise<void>;
  };

  /** Attributes of an event that a test gives. */
  export interface EventInit {
    id?: string;
    source?: string;
    time?: string;
    subject?: string;
    hops?: number;
    attempt?: number;
  }

  /** The events that the app published in this test, or those of one type. */
  export function published(type?: string): { id: string; type: string; data: any }[];

  export function expect(value: unknown): Expectation & { not: Matchers<void>; resolves: Settled; rejects: Settled };

  export type Expectation = Matchers<void>;
  export type Settled = Matchers<Promise<void>> & { not: Matchers<Promise<void>> };

  export interface Matchers<Answer> {
    /** The same value (`Object.is`). */
    toBe(wanted: unknown): Answer;
    /** The same content. */
    toEqual(wanted: unknown): Answer;
    toMatchObject(wanted: unknown): Answer;
    toContain(wanted: unknown): Answer;
    toContainEqual(wanted: unknown): Answer;
    toMatch(wanted: string | RegExp): Answer;
    toBeTruthy(): Answer;
    toBeFalsy(): Answer;
    toBeNull(): Answer;
    toBeUndefined(): Answer;
    toBeDefined(): Answer;
    toBeGreaterThan(wanted: number | bigint): Answer;
    toBeGreaterThanOrEqual(wanted: number | bigint): Answer;
    toBeLessThan(wanted: number | bigint): Answer;
    toBeLessThanOrEqual(wanted: number | bigint): Answer;
    toBeCloseTo(wanted: number, digits?: number): Answer;
    toBeInstanceOf(wanted: abstract new (...args: any[]) => unknown): Answer;
    toHaveLength(wanted: number): Answer;
    toHaveProperty(name: string, wanted?: unknown): Answer;
    /** The value is a function; with `rejects`, a promise. */
    toThrow(wanted?: string | RegExp | Error | (abstract new (...args: any[]) => unknown)): Answer;
  }
}
