// node_modules/hono/dist/router.js
var METHOD_NAME_ALL = "ALL";
var METHOD_NAME_ALL_LOWERCASE = "all";
var METHODS = [
  "get",
  "post",
  "put",
  "delete",
  "options",
  "patch",
  "query"
];
var MESSAGE_MATCHER_IS_ALREADY_BUILT = "Can not add a route since the matcher is already built.";
var UnsupportedPathError = class extends Error {
};

export {
  METHOD_NAME_ALL,
  METHOD_NAME_ALL_LOWERCASE,
  METHODS,
  MESSAGE_MATCHER_IS_ALREADY_BUILT,
  UnsupportedPathError
};
