import { MiddlewareHandler } from "../../types.js";
import { Context } from "../../context.js";
//#region src/middleware/csrf/index.d.ts
type IsAllowedOriginHandler = (origin: string, context: Context) => boolean | Promise<boolean>;
declare const secFetchSiteValues: readonly ["same-origin", "same-site", "none", "cross-site"];
type SecFetchSite = (typeof secFetchSiteValues)[number];
type IsAllowedSecFetchSiteHandler = (secFetchSite: SecFetchSite, context: Context) => boolean | Promise<boolean>;
interface CSRFOptions {
  origin?: string | string[] | IsAllowedOriginHandler;
  secFetchSite?: SecFetchSite | SecFetchSite[] | IsAllowedSecFetchSiteHandler;
}
export declare const csrf: (options?: CSRFOptions) => MiddlewareHandler;
//#endregion
export {};
