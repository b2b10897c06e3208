import {
  TrieRouter
} from "hono/_chunk/HTHLBJ4O";
import "hono/_chunk/TMQPR7VK";
import {
  compose
} from "hono/_chunk/3NLEC3HK";
import "hono/_chunk/X24R7NE2";
import "hono/_chunk/RM3FOUTQ";

// node_modules/hono/dist/middleware/combine/index.js
var some = (...middleware) => {
  return async function some2(c, next) {
    let isNextCalled = false;
    const wrappedNext = () => {
      isNextCalled = true;
      return next();
    };
    let lastError;
    let response;
    for (const handler of middleware) try {
      const result = await handler(c, wrappedNext);
      if (result === true && !c.finalized) await wrappedNext();
      else if (result === false) {
        lastError = /* @__PURE__ */ new Error("No successful middleware found");
        continue;
      } else if (result && result !== true) response = result;
      lastError = void 0;
      break;
    } catch (error) {
      lastError = error;
      if (isNextCalled) break;
    }
    if (lastError) throw lastError;
    return response;
  };
};
var every = (...middleware) => {
  return async function every2(c, next) {
    const currentRouteIndex = c.req.routeIndex;
    await compose(middleware.map((m) => [[async (c2, next2) => {
      c2.req.routeIndex = currentRouteIndex;
      const res = await m(c2, next2);
      if (res === false) throw new Error("Unmet condition");
      if (res === true) {
        if (!c2.finalized) await next2();
        return;
      }
      return res;
    }]]))(c, next);
  };
};
var except = (condition, ...middleware) => {
  let router = void 0;
  const conditions = (Array.isArray(condition) ? condition : [condition]).map((condition2) => {
    if (typeof condition2 === "string") {
      router ||= new TrieRouter();
      router.add("ALL", condition2, true);
    } else return condition2;
  }).filter(Boolean);
  if (router) conditions.unshift((c) => !!router?.match("ALL", c.req.path)?.[0]?.[0]?.[0]);
  const handler = some((c) => conditions.some((cond) => cond(c)), every(...middleware));
  return async function except2(c, next) {
    await handler(c, next);
  };
};
export {
  every,
  except,
  some
};
