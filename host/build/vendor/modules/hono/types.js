// node_modules/hono/dist/types.js
var FetchEventLike = class {
};
export {
  FetchEventLike
};
