import { MiddlewareHandler } from "../../types.js";
import { Context } from "../../context.js";
//#region src/middleware/request-id/request-id.d.ts
export type RequestIdVariables = {
  requestId: string;
};
export type RequestIdOptions = {
  limitLength?: number;
  headerName?: string;
  generator?: (c: Context) => string;
};
export declare const requestId: ({ limitLength, headerName, generator }?: RequestIdOptions) => MiddlewareHandler;
//#endregion