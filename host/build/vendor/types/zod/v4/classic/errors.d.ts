import * as core from "../core/index.js";
import { $ZodError } from "../core/index.js";
export type ZodIssue = core.$ZodIssue;
export interface ZodError<T = unknown> extends $ZodError<T> {
    format(): core.$ZodFormattedError<T>;
    format<U>(mapper: (issue: core.$ZodIssue) => U): core.$ZodFormattedError<T, U>;
    flatten(): core.$ZodFlattenedError<T>;
    flatten<U>(mapper: (issue: core.$ZodIssue) => U): core.$ZodFlattenedError<T, U>;
    addIssue(issue: core.$ZodIssue): void;
    addIssues(issues: core.$ZodIssue[]): void;
    isEmpty: boolean;
}
export declare const ZodError: core.$constructor<ZodError>;
export declare const ZodRealError: core.$constructor<ZodError>;
export type ZodFlattenedError<T, U = string> = core.$ZodFlattenedError<T, U>;
export type ZodFormattedError<T, U = string> = core.$ZodFormattedError<T, U>;
export type ZodErrorMap<T extends core.$ZodIssueBase = core.$ZodIssue> = core.$ZodErrorMap<T>;
export type IssueData = core.$ZodRawIssue;
