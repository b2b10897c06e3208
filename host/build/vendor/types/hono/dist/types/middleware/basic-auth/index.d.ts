import { MiddlewareHandler } from "../../types.js";
import { Context } from "../../context.js";
//#region src/middleware/basic-auth/index.d.ts
type MessageFunction = (c: Context) => string | object | Promise<string | object>;
type BasicAuthOptions = {
  username: string;
  password: string;
  realm?: string;
  hashFunction?: Function;
  invalidUserMessage?: string | object | MessageFunction;
  onAuthSuccess?: (c: Context, username: string) => void | Promise<void>;
} | {
  verifyUser: (username: string, password: string, c: Context) => boolean | Promise<boolean>;
  realm?: string;
  hashFunction?: Function;
  invalidUserMessage?: string | object | MessageFunction;
  onAuthSuccess?: (c: Context, username: string) => void | Promise<void>;
};
export declare const basicAuth: (options: BasicAuthOptions, ...users: {
  username: string;
  password: string;
}[]) => MiddlewareHandler;
//#endregion
export {};
