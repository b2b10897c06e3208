import {
  parseAccept
} from "hono/_chunk/QD4JZJD5";

// node_modules/hono/dist/helper/accepts/accepts.js
var matchType = (acceptType, supportedType) => {
  const accept = acceptType.toLowerCase();
  const supported = supportedType.toLowerCase();
  if (accept === supported) return true;
  if (accept === "*/*" || accept === "*") return false;
  if (accept.endsWith("/*")) {
    const [acceptMain] = accept.split("/");
    const [supportedMain] = supported.split("/");
    return acceptMain === supportedMain;
  }
  return false;
};
var getSpecificity = (type) => {
  if (type === "*/*" || type === "*") return 1;
  if (type.endsWith("/*")) return 2;
  return 3;
};
var defaultMatch = (accepts2, config) => {
  const { supports, default: defaultSupport } = config;
  const exactTypes = new Set(accepts2.filter((accept) => getSpecificity(accept.type) === 3).map((accept) => accept.type.toLowerCase()));
  const sortedAccepts = accepts2.filter((accept) => accept.q > 0).sort((a, b) => {
    if (b.q !== a.q) return b.q - a.q;
    return getSpecificity(b.type) - getSpecificity(a.type);
  });
  for (const accept of sortedAccepts) {
    const matched = supports.find((supported) => matchType(accept.type, supported) && (getSpecificity(accept.type) !== 2 || !exactTypes.has(supported.toLowerCase())));
    if (matched) return matched;
  }
  return defaultSupport;
};
var accepts = (c, options) => {
  const acceptHeader = c.req.header(options.header);
  if (!acceptHeader) return options.default;
  const accepts2 = parseAccept(acceptHeader);
  return (options.match || defaultMatch)(accepts2, options);
};
export {
  accepts
};
