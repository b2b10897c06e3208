import { MiddlewareHandler } from "../../types.js";
//#region src/middleware/etag/index.d.ts
type ETagOptions = {
  retainedHeaders?: string[];
  weak?: boolean;
  generateDigest?: (body: Uint8Array<ArrayBuffer>) => ArrayBuffer | Promise<ArrayBuffer>;
};
export declare const RETAINED_304_HEADERS: string[];
export declare const etag: (options?: ETagOptions) => MiddlewareHandler;
//#endregion
export {};
