import {
  RegExpRouter
} from "hono/_chunk/QRQUT2GX";
import {
  SmartRouter
} from "hono/_chunk/KO5JDNQZ";
import {
  Hono
} from "hono/_chunk/EPIDU4BP";
import {
  TrieRouter
} from "hono/_chunk/HTHLBJ4O";

// node_modules/hono/dist/hono.js
var Hono2 = class extends Hono {
  /**
  * Creates an instance of the Hono class.
  *
  * @param options - Optional configuration options for the Hono instance.
  */
  constructor(options = {}) {
    super(options);
    this.router = options.router ?? new SmartRouter({ routers: [new RegExpRouter(), new TrieRouter()] });
  }
};

export {
  Hono2 as Hono
};
