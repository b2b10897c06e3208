import { MiddlewareHandler } from "../../types.js";
import { Hono } from "../../hono.js";
//#region src/middleware/method-override/index.d.ts
type MethodOverrideOptions = {
  app: Hono<any, any, any>;
} & ({
  form?: string;
  header?: never;
  query?: never;
} | {
  form?: never;
  header: string;
  query?: never;
} | {
  form?: never;
  header?: never;
  query: string;
});
export declare const methodOverride: (options: MethodOverrideOptions) => MiddlewareHandler;
//#endregion
export {};
