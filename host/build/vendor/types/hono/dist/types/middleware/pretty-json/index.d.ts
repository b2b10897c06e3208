import { MiddlewareHandler } from "../../types.js";
//#region src/middleware/pretty-json/index.d.ts
interface PrettyOptions {
  space?: number;
  query?: string;
  force?: boolean;
}
export declare const prettyJSON: (options?: PrettyOptions) => MiddlewareHandler;
//#endregion
export {};
