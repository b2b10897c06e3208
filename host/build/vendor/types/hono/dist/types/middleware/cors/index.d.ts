import { MiddlewareHandler } from "../../types.js";
import { Context } from "../../context.js";
//#region src/middleware/cors/index.d.ts
type CORSOptions = {
  origin?: string | string[] | ((origin: string, c: Context) => Promise<string | undefined | null> | string | undefined | null);
  allowMethods?: string[] | ((origin: string, c: Context) => Promise<string[]> | string[]);
  allowHeaders?: string[];
  maxAge?: number;
  credentials?: boolean;
  exposeHeaders?: string[];
};
export declare const cors: (options?: CORSOptions) => MiddlewareHandler;
//#endregion
export {};
