import { Env, MiddlewareHandler } from "../../types.js";
import { Context } from "../../context.js";
//#region src/middleware/bearer-auth/index.d.ts
type MessageValue = string | object | Response;
type MessageFunction = (c: Context) => MessageValue | Promise<MessageValue>;
type CustomizedErrorResponseOptions = {
  wwwAuthenticateHeader?: string | object | MessageFunction;
  message?: string | object | MessageFunction;
};
type BearerAuthOptions<E extends Env = Env> = {
  token: string | string[];
  realm?: string;
  prefix?: string;
  headerName?: string;
  hashFunction?: Function;
  noAuthenticationHeaderMessage?: string | object | MessageFunction;
  noAuthenticationHeader?: CustomizedErrorResponseOptions;
  invalidAuthenticationHeaderMessage?: string | object | MessageFunction;
  invalidAuthenticationHeader?: CustomizedErrorResponseOptions;
  invalidTokenMessage?: string | object | MessageFunction;
  invalidToken?: CustomizedErrorResponseOptions;
} | {
  realm?: string;
  prefix?: string;
  headerName?: string;
  verifyToken: (token: string, c: Context<E>) => boolean | Promise<boolean>;
  hashFunction?: Function;
  noAuthenticationHeaderMessage?: string | object | MessageFunction;
  noAuthenticationHeader?: CustomizedErrorResponseOptions;
  invalidAuthenticationHeaderMessage?: string | object | MessageFunction;
  invalidAuthenticationHeader?: CustomizedErrorResponseOptions;
  invalidTokenMessage?: string | object | MessageFunction;
  invalidToken?: CustomizedErrorResponseOptions;
};
export declare const bearerAuth: <E extends Env = Env>(options: BearerAuthOptions<E>) => MiddlewareHandler<E>;
//#endregion
export {};
