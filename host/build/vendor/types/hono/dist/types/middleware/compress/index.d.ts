import { MiddlewareHandler } from "../../types.js";
import { COMPRESSIBLE_CONTENT_TYPE_REGEX } from "../../utils/compress.js";
//#region src/middleware/compress/index.d.ts
declare const ENCODING_TYPES: readonly ["gzip", "deflate"];
type Encoding = (typeof ENCODING_TYPES)[number];
type ContentTypeFilter = RegExp | ((contentType: string) => boolean);
interface CompressionOptions {
  encoding?: Encoding;
  threshold?: number;
  contentTypeFilter?: ContentTypeFilter;
}
export declare const compress: (options?: CompressionOptions) => MiddlewareHandler;
//#endregion
export { COMPRESSIBLE_CONTENT_TYPE_REGEX };
export {};
