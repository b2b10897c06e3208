import { ContentfulStatusCode } from "./utils/http-status.js";
//#region src/http-exception.d.ts
type HTTPExceptionOptions = {
  res?: Response;
  message?: string;
  cause?: unknown;
};
export declare class HTTPException extends Error {
  readonly res?: Response;
  readonly status: ContentfulStatusCode;
  constructor(status?: ContentfulStatusCode, options?: HTTPExceptionOptions);
  getResponse(): Response;
}
//#endregion
export {};
