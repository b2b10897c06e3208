import { MiddlewareHandler } from "../../types.js";
import { Context } from "../../context.js";
//#region src/middleware/body-limit/index.d.ts
type OnError = (c: Context) => Response | Promise<Response>;
type BodyLimitOptions = {
  maxSize: number;
  onError?: OnError;
};
export declare const bodyLimit: (options: BodyLimitOptions) => MiddlewareHandler;
//#endregion
export {};
