import type * as core from "./core.js";
import type { SomeType } from "./schemas.js";
export declare const INVALID: unique symbol;
export type INVALID = typeof INVALID;
interface CompileFnOptions {
    debug?: boolean | undefined;
    assertOnly?: boolean | undefined;
}
type CompiledFn<T> = ((input: unknown) => T | INVALID) & {
    code?: string | undefined;
    definite?: boolean | undefined;
};
export declare class ZodCompileAsyncError extends Error {
    constructor(message?: string);
}
export declare class ZodCompileUnsupportedError extends Error {
    readonly islandable: boolean;
    constructor(feature: string, islandable?: boolean);
}
export interface CompileOptions {
    strict?: boolean | undefined;
}
export declare function compile<T extends SomeType>(schema: T, options?: CompileOptions): T;
export declare function withParser<T extends SomeType>(schema: T, parser: (input: unknown) => core.output<T> | INVALID): T;
export declare function compileFn<T extends SomeType>(schema: T, options?: CompileFnOptions): CompiledFn<core.output<T>>;
export {};
