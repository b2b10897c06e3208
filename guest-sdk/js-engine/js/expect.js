// expect(value): the matchers that tests of an app use.
import { equal } from "internal:equal";
import { inspect } from "internal:inspect";

const quoted = (value) => (typeof value === "string" ? JSON.stringify(value) : inspect(value));

// Each answers [whether it holds, what was expected].
const MATCHERS = {
  toBe: (value, wanted) => [Object.is(value, wanted), `to be ${quoted(wanted)}`],
  toEqual: (value, wanted) => [equal(value, wanted), `to equal ${quoted(wanted)}`],
  toMatchObject: (value, wanted) => [contains(value, wanted), `to match ${quoted(wanted)}`],
  toContain(value, wanted) {
    const holds = typeof value === "string" ? value.includes(wanted) : [...value].includes(wanted);
    return [holds, `to contain ${quoted(wanted)}`];
  },
  toContainEqual: (value, wanted) => [[...value].some((item) => equal(item, wanted)), `to contain ${quoted(wanted)}`],
  toMatch: (value, wanted) => [typeof wanted === "string" ? `${value}`.includes(wanted) : wanted.test(value), `to match ${wanted}`],
  toBeTruthy: (value) => [Boolean(value), "to be truthy"],
  toBeFalsy: (value) => [!value, "to be falsy"],
  toBeNull: (value) => [value === null, "to be null"],
  toBeUndefined: (value) => [value === undefined, "to be undefined"],
  toBeDefined: (value) => [value !== undefined, "to be defined"],
  toBeGreaterThan: (value, wanted) => [value > wanted, `to be greater than ${quoted(wanted)}`],
  toBeGreaterThanOrEqual: (value, wanted) => [value >= wanted, `to be at least ${quoted(wanted)}`],
  toBeLessThan: (value, wanted) => [value < wanted, `to be less than ${quoted(wanted)}`],
  toBeLessThanOrEqual: (value, wanted) => [value <= wanted, `to be at most ${quoted(wanted)}`],
  toBeCloseTo: (value, wanted, digits = 2) => [Math.abs(value - wanted) < 10 ** -digits / 2, `to be close to ${wanted}`],
  toBeInstanceOf: (value, wanted) => [value instanceof wanted, `to be an instance of ${wanted.name}`],
  toHaveLength: (value, wanted) => [value?.length === wanted, `to have length ${wanted}, not ${value?.length}`],
  toHaveProperty(value, name, wanted) {
    const found = `${name}`.split(".").reduce((object, key) => object?.[key], value);
    const holds = arguments.length > 2 ? equal(found, wanted) : found !== undefined;
    return [holds, `to have the property ${name}${arguments.length > 2 ? ` = ${quoted(wanted)}` : ""}`];
  },
  toThrow(run, wanted) {
    let thrown;
    try {
      run();
    } catch (error) {
      thrown = [error];
    }
    return thrownMatches(thrown, wanted);
  },
};

function thrownMatches(thrown, wanted) {
  if (!thrown) return [false, "to throw"];
  if (wanted === undefined) return [true, "to throw"];
  const message = thrown[0]?.message ?? `${thrown[0]}`;
  if (typeof wanted === "function") return [thrown[0] instanceof wanted, `to throw a ${wanted.name}`];
  const holds = wanted instanceof RegExp ? wanted.test(message) : message.includes(wanted?.message ?? wanted);
  return [holds, `to throw ${quoted(wanted)}; it threw ${quoted(message)}`];
}

function contains(value, wanted) {
  if (typeof wanted !== "object" || wanted === null) return equal(value, wanted);
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(wanted)) return Array.isArray(value) && value.length === wanted.length && wanted.every((item, i) => contains(value[i], item));
  return Object.keys(wanted).every((key) => contains(value[key], wanted[key]));
}

class AssertionError extends Error {
  get name() {
    return "AssertionError";
  }
}

function check(value, negated, name, wanted) {
  const [holds, what] = MATCHERS[name](value, ...wanted);
  if (holds === negated) throw new AssertionError(`expected ${quoted(value)} ${negated ? "not " : ""}${what}`);
}

function matchers(value, negated) {
  const object = {};
  for (const name of Object.keys(MATCHERS)) object[name] = (...wanted) => check(value, negated, name, wanted);
  return object;
}

/** Matchers over a promise: they answer a promise. */
function settled(value, rejected) {
  const make = (negated) => {
    const object = {};
    for (const name of Object.keys(MATCHERS)) {
      object[name] = async (...wanted) => {
        const outcome = await Promise.resolve(value).then((v) => [v], (reason) => ({ reason }));
        if (rejected === Array.isArray(outcome)) throw new AssertionError(`expected the promise ${rejected ? "to reject" : "to resolve"}`);
        if (!rejected) return check(outcome[0], negated, name, wanted);
        if (name !== "toThrow") return check(outcome.reason, negated, name, wanted);
        const [holds, what] = thrownMatches([outcome.reason], wanted[0]);
        if (holds === negated) throw new AssertionError(`expected the promise ${negated ? "not " : ""}${what}`);
      };
    }
    return object;
  };
  return { ...make(false), not: make(true) };
}

export function expect(value) {
  const object = matchers(value, false);
  object.not = matchers(value, true);
  Object.defineProperty(object, "resolves", { get: () => settled(value, false) });
  Object.defineProperty(object, "rejects", { get: () => settled(value, true) });
  return object;
}
