import { MiddlewareHandler } from "../../types.js";
import { Context } from "../../context.js";
import { HTTPException } from "../../http-exception.js";
//#region src/middleware/timeout/index.d.ts
export type HTTPExceptionFunction = (context: Context) => HTTPException;
export declare const timeout: (duration: number, exception?: HTTPExceptionFunction | HTTPException) => MiddlewareHandler;
//#endregion