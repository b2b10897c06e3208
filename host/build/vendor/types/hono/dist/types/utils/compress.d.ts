//#region src/utils/compress.d.ts
export declare const COMPRESSIBLE_CONTENT_TYPE_REGEX: RegExp;
//#endregion