import { RouterRoute } from "../../types.js";
import { Context } from "../../context.js";
//#region src/helper/route/index.d.ts
export declare const matchedRoutes: (c: Context) => RouterRoute[];
export declare const routePath: (c: Context, index?: number) => string;
export declare const baseRoutePath: (c: Context, index?: number) => string;
export declare const basePath: (c: Context, index?: number) => string;
//#endregion