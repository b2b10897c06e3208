import {
  Hono
} from "hono/_chunk/UXNAYMZD";
import "hono/_chunk/QRQUT2GX";
import "hono/_chunk/KO5JDNQZ";
import "hono/_chunk/EPIDU4BP";
import {
  Context
} from "hono/_chunk/GIM35NWP";
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
export {
  Context,
  Hono
};
