import {
  LinearRouter
} from "hono/_chunk/OHZONDJO";
import {
  SmartRouter
} from "hono/_chunk/KO5JDNQZ";
import {
  Hono
} from "hono/_chunk/EPIDU4BP";
import "hono/_chunk/GIM35NWP";
import "hono/_chunk/2IS6CXYV";
import "hono/_chunk/5VZVQNYI";
import "hono/_chunk/3OWOL42O";
import "hono/_chunk/5MRLUDL7";
import "hono/_chunk/ZER2A7C3";
import "hono/_chunk/HBJIWEKV";
import {
  TrieRouter
} from "hono/_chunk/HTHLBJ4O";
import "hono/_chunk/TMQPR7VK";
import "hono/_chunk/3NLEC3HK";
import "hono/_chunk/X24R7NE2";
import "hono/_chunk/RM3FOUTQ";

// node_modules/hono/dist/preset/quick.js
var Hono2 = class extends Hono {
  constructor(options = {}) {
    super(options);
    this.router = new SmartRouter({ routers: [new LinearRouter(), new TrieRouter()] });
  }
};
export {
  Hono2 as Hono
};
