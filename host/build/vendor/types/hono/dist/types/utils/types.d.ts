//#region src/utils/types.d.ts
export type Expect<T extends true> = T;
export type Equal<X, Y> = (<T>() => T extends X ? 1 : 2) extends (<T>() => T extends Y ? 1 : 2) ? true : false;
export type NotEqual<X, Y> = true extends Equal<X, Y> ? false : true;
export type UnionToIntersection<U> = (U extends any ? (k: U) => void : never) extends ((k: infer I) => void) ? I : never;
export type RemoveBlankRecord<T> = T extends Record<infer K, unknown> ? (K extends string ? T : never) : never;
export type IfAnyThenEmptyObject<T> = 0 extends 1 & T ? {} : T;
export type JSONPrimitive = string | boolean | number | null;
export type JSONArray = (JSONPrimitive | JSONObject | JSONArray)[];
export type JSONObject = {
  [key: string]: JSONPrimitive | JSONArray | JSONObject | object | InvalidJSONValue;
};
export type InvalidJSONValue = undefined | symbol | ((...args: unknown[]) => unknown);
type InvalidToNull<T> = T extends InvalidJSONValue ? null : T;
type IsInvalid<T> = T extends InvalidJSONValue ? true : false;
type OmitSymbolKeys<T> = { [K in keyof T as K extends symbol ? never : K]: T[K]; };
export type JSONValue = JSONObject | JSONArray | JSONPrimitive;
export type JSONParsed<T, TError = bigint | ReadonlyArray<bigint>> = JSONParsedInner<T, TError, never>;
type IsSeen<T, TSeen> = TSeen extends unknown ? (<G>() => G extends [T] ? 1 : 2) extends (<G>() => G extends TSeen ? 1 : 2) ? true : never : never;
type JSONParsedInner<T, TError, TSeen> = [IsSeen<T, TSeen>] extends [never] ? JSONParsedStep<T, TError, TSeen | [T]> : JSONValue;
type JSONParsedStep<T, TError, TSeen> = T extends {
  toJSON(): infer J;
} ? (() => J) extends (() => JSONPrimitive) ? J : (() => J) extends (() => {
  toJSON(): unknown;
}) ? {} : JSONParsedInner<J, TError, TSeen> : T extends JSONPrimitive ? T : T extends InvalidJSONValue ? never : T extends ReadonlyArray<unknown> ? { [K in keyof T]: JSONParsedInner<InvalidToNull<T[K]>, TError, TSeen>; } extends (infer A) ? A extends ReadonlyArray<unknown> ? A : JSONParsedInner<InvalidToNull<T[number]>, TError, TSeen>[] : never : T extends Set<unknown> | Map<unknown, unknown> | Record<string, never> ? {} : T extends object ? T[keyof T] extends TError ? never : { [K in keyof OmitSymbolKeys<T> as IsInvalid<T[K]> extends true ? never : K]: boolean extends IsInvalid<T[K]> ? JSONParsedInner<T[K], TError, TSeen> | undefined : JSONParsedInner<T[K], TError, TSeen>; } : T extends unknown ? T extends TError ? never : JSONValue : never;
export type Simplify<T> = { [KeyType in keyof T]: T[KeyType]; } & {};
export type SimplifyDeepArray<T> = T extends any[] ? { [E in keyof T]: SimplifyDeepArray<T[E]>; } : Simplify<T>;
export type InterfaceToType<T> = T extends Function ? T : { [K in keyof T]: InterfaceToType<T[K]>; };
export type RequiredKeysOf<BaseType extends object> = Exclude<{ [Key in keyof BaseType]: BaseType extends Record<Key, BaseType[Key]> ? Key : never; }[keyof BaseType], undefined>;
export type HasRequiredKeys<BaseType extends object> = RequiredKeysOf<BaseType> extends never ? false : true;
export type IsAny<T> = boolean extends (T extends never ? true : false) ? true : false;
export type StringLiteralUnion<T> = T | (string & Record<never, never>);
//#endregion
export {};
