import {
  decodeBase64
} from "hono/_chunk/EIBSD5BI";
import {
  timingSafeEqual
} from "hono/_chunk/ZER2A7C3";
import {
  HTTPException
} from "hono/_chunk/HBJIWEKV";

// node_modules/hono/dist/utils/basic-auth.js
var CREDENTIALS_REGEXP = /^ *(?:[Bb][Aa][Ss][Ii][Cc]) +([A-Za-z0-9._~+/-]+=*) *$/;
var USER_PASS_REGEXP = /^([^:]*):(.*)$/;
var utf8Decoder = new TextDecoder();
var auth = (req) => {
  const match = CREDENTIALS_REGEXP.exec(req.headers.get("Authorization") || "");
  if (!match) return;
  let userPass = void 0;
  try {
    userPass = USER_PASS_REGEXP.exec(utf8Decoder.decode(decodeBase64(match[1])));
  } catch {
  }
  if (!userPass) return;
  return {
    username: userPass[1],
    password: userPass[2]
  };
};

// node_modules/hono/dist/middleware/basic-auth/index.js
var basicAuth = (options, ...users) => {
  const usernamePasswordInOptions = "username" in options && "password" in options;
  const verifyUserInOptions = "verifyUser" in options;
  if (!(usernamePasswordInOptions || verifyUserInOptions)) throw new Error('basic auth middleware requires options for "username and password" or "verifyUser"');
  if (!options.realm) options.realm = "Secure Area";
  if (!options.invalidUserMessage) options.invalidUserMessage = "Unauthorized";
  if (usernamePasswordInOptions) users.unshift({
    username: options.username,
    password: options.password
  });
  return async function basicAuth2(ctx, next) {
    const requestUser = auth(ctx.req.raw);
    if (requestUser) {
      if (verifyUserInOptions) {
        if (await options.verifyUser(requestUser.username, requestUser.password, ctx)) {
          if (options.onAuthSuccess) await options.onAuthSuccess(ctx, requestUser.username);
          await next();
          return;
        }
      } else for (const user of users) {
        const [usernameEqual, passwordEqual] = await Promise.all([timingSafeEqual(user.username, requestUser.username, options.hashFunction), timingSafeEqual(user.password, requestUser.password, options.hashFunction)]);
        if (usernameEqual && passwordEqual) {
          if (options.onAuthSuccess) await options.onAuthSuccess(ctx, requestUser.username);
          await next();
          return;
        }
      }
    }
    const status = 401;
    const headers = { "WWW-Authenticate": 'Basic realm="' + options.realm?.replace(/[\\"]/g, "\\$&") + '"' };
    const responseMessage = typeof options.invalidUserMessage === "function" ? await options.invalidUserMessage(ctx) : options.invalidUserMessage;
    const res = typeof responseMessage === "string" ? new Response(responseMessage, {
      status,
      headers
    }) : new Response(JSON.stringify(responseMessage), {
      status,
      headers: {
        ...headers,
        "content-type": "application/json"
      }
    });
    throw new HTTPException(status, { res });
  };
};
export {
  basicAuth
};
