import {
  GET_MATCH_RESULT
} from "hono/_chunk/5VZVQNYI";
import {
  getPattern,
  splitRoutingPath
} from "hono/_chunk/RM3FOUTQ";

// node_modules/hono/dist/helper/route/index.js
var matchedRoutes = (c) => c.req[GET_MATCH_RESULT][0].map(([[, route]]) => route);
var routePath = (c, index) => matchedRoutes(c).at(index ?? c.req.routeIndex)?.path ?? "";
var baseRoutePath = (c, index) => matchedRoutes(c).at(index ?? c.req.routeIndex)?.basePath ?? "";
var basePathCacheMap = /* @__PURE__ */ new WeakMap();
var basePath = (c, index) => {
  index ??= c.req.routeIndex;
  const cache = basePathCacheMap.get(c) || [];
  if (typeof cache[index] === "string") return cache[index];
  let result;
  const rp = baseRoutePath(c, index);
  if (!/[:*]/.test(rp)) result = rp;
  else {
    const paths = splitRoutingPath(rp);
    const reqPath = c.req.path;
    let basePathLength = 0;
    for (let i = 0, len = paths.length; i < len; i++) {
      const pattern = getPattern(paths[i], paths[i + 1]);
      if (pattern) {
        const re = pattern[2] === true || pattern === "*" ? /[^\/]+/ : pattern[2];
        const restPath = reqPath.substring(basePathLength + 1);
        const segment = restPath.split("/", 1)[0];
        basePathLength += (restPath.match(re)?.[0] ?? (re.test(segment) ? segment : "")).length;
      } else basePathLength += paths[i].length;
      basePathLength += 1;
    }
    result = reqPath.substring(0, basePathLength);
  }
  cache[index] = result;
  basePathCacheMap.set(c, cache);
  return result;
};

export {
  matchedRoutes,
  routePath,
  baseRoutePath,
  basePath
};
