import { HonoRequest } from "../request.js";
//#region src/utils/body.d.ts
type BodyDataValueDot = {
  [x: string]: string | File | BodyDataValueDot;
};
type BodyDataValueDotAll = {
  [x: string]: string | File | (string | File)[] | BodyDataValueDotAll;
};
type SimplifyBodyData<T> = { [K in keyof T]: string | File | (string | File)[] | BodyDataValueDotAll extends T[K] ? string | File | (string | File)[] | BodyDataValueDotAll : string | File | BodyDataValueDot extends T[K] ? string | File | BodyDataValueDot : string | File | (string | File)[] extends T[K] ? string | File | (string | File)[] : string | File; } & {};
type BodyDataValueComponent<T> = string | File | (T extends {
  all: false;
} ? never : T extends {
  all: true;
} | {
  all: boolean;
} ? (string | File)[] : never);
type BodyDataValueObject<T> = {
  [key: string]: BodyDataValueComponent<T> | BodyDataValueObject<T>;
};
type BodyDataValue<T> = BodyDataValueComponent<T> | (T extends {
  dot: false;
} ? never : T extends {
  dot: true;
} | {
  dot: boolean;
} ? BodyDataValueObject<T> : never);
export type BodyData<T extends Partial<ParseBodyOptions> = {}> = SimplifyBodyData<Record<string, BodyDataValue<T>>>;
export type ParseBodyOptions = {
  all: boolean;
  dot: boolean;
};
interface ParseBody {
  <Options extends Partial<ParseBodyOptions>, T extends BodyData<Options>>(request: HonoRequest | Request, options?: Options): Promise<T>;
  <T extends BodyData>(request: HonoRequest | Request, options?: Partial<ParseBodyOptions>): Promise<T>;
}
export declare const parseBody: ParseBody;
//#endregion
export {};
