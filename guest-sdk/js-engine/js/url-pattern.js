// URLPattern: Rust makes regular expressions of the pattern, which are compiled and run here.
import native from "internal:native";
import { URL } from "internal:url";
import { usv } from "internal:webidl";

const COMPONENTS = ["protocol", "username", "password", "hostname", "port", "pathname", "search", "hash"];

// A row of native.urlPattern: [pattern, regular expression, has groups of its own, name, …].
const PATTERN = 0;
const SOURCE = 1;
const HAS_GROUPS = 2;
const NAMES = 3;

// The standard says `v`; QuickJS then takes an escaped bracket for the start of a class.
const FLAGS = "u";

const matches = (source, texts) => {
  const expression = new RegExp(source, FLAGS);
  return texts.some((text) => expression.test(text));
};

/** The components of an init, in order. */
function listOf(init) {
  return COMPONENTS.map((name) => (init[name] === undefined ? undefined : usv(init[name])));
}

/** The components of what is matched, and what was given; null when it is no URL. */
function partsOf(input, base) {
  if (typeof input === "object" && input !== null && !(input instanceof URL)) {
    if (base !== undefined) throw new TypeError("URLPattern: a base URL goes into the init object");
    const parts = native.urlPatternInit(listOf(input), input.baseURL === undefined ? undefined : usv(input.baseURL));
    return parts && [parts, [input]];
  }
  const text = usv(input);
  const url = base === undefined ? URL.parse(text) : URL.parse(text, usv(base));
  if (!url) return null;
  const { protocol, username, password, hostname, port, pathname, search, hash } = url;
  const parts = [protocol.slice(0, -1), username, password, hostname, port, pathname, search.slice(1), hash.slice(1)];
  return [parts, base === undefined ? [text] : [text, usv(base)]];
}

export class URLPattern {
  #rows;
  #expressions;

  constructor(input = {}, base, options) {
    if (typeof base === "object" && base !== null) [base, options] = [undefined, base];
    if (typeof input === "object" && input !== null && !(input instanceof URL)) {
      if (base !== undefined) throw new TypeError("URLPattern: a base URL goes into the init object");
      const baseURL = input.baseURL === undefined ? undefined : usv(input.baseURL);
      this.#rows = native.urlPattern(undefined, listOf(input), baseURL, matches);
    } else {
      this.#rows = native.urlPattern(usv(input), undefined, base === undefined ? undefined : usv(base), matches);
    }
    const ignoreCase = Boolean(options?.ignoreCase);
    this.#expressions = this.#rows.map((row, i) => {
      try {
        // The case of a scheme, a user or a host is not the pattern's to ignore.
        return new RegExp(row[SOURCE], ignoreCase && i >= 5 ? `${FLAGS}i` : FLAGS);
      } catch (cause) {
        throw new TypeError(`URLPattern: the ${COMPONENTS[i]}'s pattern ${JSON.stringify(row[PATTERN])} has a malformed regular expression`, { cause });
      }
    });
  }

  test(input = {}, base) {
    const found = partsOf(input, base);
    return found !== null && found !== undefined && this.#expressions.every((expression, i) => expression.test(found[0][i]));
  }

  exec(input = {}, base) {
    const found = partsOf(input, base);
    if (!found) return null;
    const result = { inputs: found[1] };
    for (let i = 0; i < COMPONENTS.length; i++) {
      const match = this.#expressions[i].exec(found[0][i]);
      if (!match) return null;
      const groups = {};
      this.#rows[i].slice(NAMES).forEach((name, place) => (groups[name] = match[place + 1]));
      result[COMPONENTS[i]] = { input: found[0][i], groups };
    }
    return result;
  }

  get hasRegExpGroups() {
    return this.#rows.some((row) => row[HAS_GROUPS]);
  }

  static {
    COMPONENTS.forEach((name, i) => {
      const get = function () {
        return this.#rows[i][PATTERN];
      };
      Object.defineProperty(URLPattern.prototype, name, { get, enumerable: true, configurable: true });
    });
  }
}
