// `env`: what this request or event may use. A binding is there only when the manifest grants it.
import native from "internal:native";
import { bus as BUS } from "internal:bus";
import { database as DB } from "internal:sql";
import { namespace as KV } from "internal:kv";

const HINTS = {
  KV: "write kv = true under [grants] in atoll.toml",
  DB: "write sql = true under [grants] in atoll.toml",
  BUS: "declare the event types under [[events.publishes]] in atoll.toml",
};
let missed = null;

// An absent binding is undefined, as everywhere; that it was asked for is remembered, so that the
// "cannot read property of undefined" which follows can be explained.
const absent = Object.create(Object.prototype);
for (const name of Object.keys(HINTS)) {
  const get = () => {
    (missed ??= new Set()).add(name);
    return undefined;
  };
  Object.defineProperty(absent, name, { get });
}

// By the flags of `config.capabilities`: kv 1, sql 2, bus 4. Object literals, since they define properties
// without asking the prototype, and are made fast.
const MAKERS = [
  () => ({ __proto__: absent }),
  () => ({ __proto__: absent, KV }),
  () => ({ __proto__: absent, DB }),
  () => ({ __proto__: absent, KV, DB }),
  () => ({ __proto__: absent, BUS }),
  () => ({ __proto__: absent, KV, BUS }),
  () => ({ __proto__: absent, DB, BUS }),
  () => ({ __proto__: absent, KV, DB, BUS }),
];

/** A fresh `env` for the call that runs. */
export function makeEnv() {
  const variables = native.environment();
  const env = MAKERS[variables.pop() & 7]();
  // Their names cannot be those of bindings: the manifest is checked for that.
  for (let i = 0; i < variables.length; i += 2) env[variables[i]] = variables[i + 1];
  return env;
}

/** Every `env` there can be, for the warm-up: while they live, the engine keeps their layouts. */
export function sampleEnvs() {
  return MAKERS.map((make) => make());
}

/** What to add to a failure's message when a binding was asked for that is not granted. */
export function missingGrants() {
  return [...(missed ?? [])].map((name) => ` (env.${name} is not granted: ${HINTS[name]})`).join("");
}
