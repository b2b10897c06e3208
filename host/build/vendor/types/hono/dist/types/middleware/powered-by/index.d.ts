import { MiddlewareHandler } from "../../types.js";
//#region src/middleware/powered-by/index.d.ts
type PoweredByOptions = {
  serverName?: string;
};
export declare const poweredBy: (options?: PoweredByOptions) => MiddlewareHandler;
//#endregion
export {};
