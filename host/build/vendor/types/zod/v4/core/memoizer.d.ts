import type { $ZodMemoizer, $ZodType } from "./schemas.js";
export declare class $ZodCyclicError extends Error {
    constructor();
}
export declare function isRecursiveSchema(inst: $ZodType): boolean;
export declare function memoizer(): $ZodMemoizer;
export declare function isBackEdge(ctx: object, value: unknown): boolean;
