import { MiddlewareHandler } from "../../types.js";
//#region src/middleware/trailing-slash/index.d.ts
type TrimTrailingSlashOptions = {
  alwaysRedirect?: boolean;
};
export declare const trimTrailingSlash: (options?: TrimTrailingSlashOptions) => MiddlewareHandler;
type AppendTrailingSlashOptions = {
  alwaysRedirect?: boolean;
  skip?: (path: string) => boolean;
};
export declare const appendTrailingSlash: (options?: AppendTrailingSlashOptions) => MiddlewareHandler;
//#endregion
export {};
