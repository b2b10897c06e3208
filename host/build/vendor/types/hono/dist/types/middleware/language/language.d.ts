import { MiddlewareHandler } from "../../types.js";
import { Context } from "../../context.js";
//#region src/middleware/language/language.d.ts
export type DetectorType = 'path' | 'querystring' | 'cookie' | 'header';
export type CacheType = 'cookie';
export interface DetectorOptions {
  order: DetectorType[];
  lookupQueryString: string;
  lookupCookie: string;
  lookupFromPathIndex: number;
  lookupFromHeaderKey: string;
  caches: CacheType[] | false;
  cookieOptions?: {
    domain?: string;
    path?: string;
    sameSite?: 'Strict' | 'Lax' | 'None';
    secure?: boolean;
    maxAge?: number;
    httpOnly?: boolean;
  };
  ignoreCase: boolean;
  fallbackLanguage: string;
  supportedLanguages: string[];
  convertDetectedLanguage?: (lang: string) => string;
  debug?: boolean;
}
export interface LanguageVariables {
  language: string;
}
export declare const DEFAULT_OPTIONS: DetectorOptions;
export declare function parseAcceptLanguage(header: string): Array<{
  lang: string;
  q: number;
}>;
export declare const normalizeLanguage: (lang: string | null | undefined, options: DetectorOptions) => string | undefined;
export declare const detectFromQuery: (c: Context, options: DetectorOptions) => string | undefined;
export declare const detectFromCookie: (c: Context, options: DetectorOptions) => string | undefined;
export declare function detectFromHeader(c: Context, options: DetectorOptions): string | undefined;
export declare function detectFromPath(c: Context, options: DetectorOptions): string | undefined;
export declare const detectors: {
  readonly querystring: (c: Context, options: DetectorOptions) => string | undefined;
  readonly cookie: (c: Context, options: DetectorOptions) => string | undefined;
  readonly header: typeof detectFromHeader;
  readonly path: typeof detectFromPath;
};
export type DetectorFunction = (c: Context, options: DetectorOptions) => string | undefined;
export type Detectors = Record<keyof typeof detectors, DetectorFunction>;
export declare function validateOptions(options: DetectorOptions): void;
export declare const languageDetector: (userOptions: Partial<DetectorOptions>) => MiddlewareHandler;
//#endregion