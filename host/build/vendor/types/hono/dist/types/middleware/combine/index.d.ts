import { MiddlewareHandler } from "../../types.js";
import { Context } from "../../context.js";
//#region src/middleware/combine/index.d.ts
type Condition = (c: Context) => boolean;
export declare const some: (...middleware: (MiddlewareHandler | Condition)[]) => MiddlewareHandler;
export declare const every: (...middleware: (MiddlewareHandler | Condition)[]) => MiddlewareHandler;
export declare const except: (condition: string | Condition | (string | Condition)[], ...middleware: MiddlewareHandler[]) => MiddlewareHandler;
//#endregion
export {};
