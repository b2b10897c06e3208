import { MiddlewareHandler } from "../../types.js";
//#region src/middleware/logger/index.d.ts
type PrintFunc = (str: string, ...rest: string[]) => void;
export declare const logger: (fn?: PrintFunc) => MiddlewareHandler;
//#endregion
export {};
