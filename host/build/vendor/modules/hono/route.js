import {
  basePath,
  baseRoutePath,
  matchedRoutes,
  routePath
} from "hono/_chunk/2IS6CXYV";
import "hono/_chunk/5VZVQNYI";
import "hono/_chunk/RM3FOUTQ";
export {
  basePath,
  baseRoutePath,
  matchedRoutes,
  routePath
};
