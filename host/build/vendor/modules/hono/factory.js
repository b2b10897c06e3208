import {
  Hono
} from "hono/_chunk/UXNAYMZD";
import "hono/_chunk/QRQUT2GX";
import "hono/_chunk/KO5JDNQZ";
import "hono/_chunk/EPIDU4BP";
import "hono/_chunk/GIM35NWP";
import "hono/_chunk/2IS6CXYV";
import "hono/_chunk/5VZVQNYI";
import "hono/_chunk/3OWOL42O";
import "hono/_chunk/5MRLUDL7";
import "hono/_chunk/ZER2A7C3";
import "hono/_chunk/HBJIWEKV";
import "hono/_chunk/HTHLBJ4O";
import "hono/_chunk/TMQPR7VK";
import "hono/_chunk/3NLEC3HK";
import "hono/_chunk/X24R7NE2";
import "hono/_chunk/RM3FOUTQ";

// node_modules/hono/dist/helper/factory/index.js
var Factory = class {
  initApp;
  #defaultAppOptions;
  constructor(init) {
    this.initApp = init?.initApp;
    this.#defaultAppOptions = init?.defaultAppOptions;
  }
  createApp = (options) => {
    const app = new Hono(options && this.#defaultAppOptions ? {
      ...this.#defaultAppOptions,
      ...options
    } : options ?? this.#defaultAppOptions);
    if (this.initApp) this.initApp(app);
    return app;
  };
  createMiddleware = (middleware) => middleware;
  createHandlers = (...handlers) => {
    return handlers.filter((handler) => handler !== void 0);
  };
};
var createFactory = (init) => new Factory(init);
var createMiddleware = (middleware) => middleware;
export {
  Factory,
  createFactory,
  createMiddleware
};
