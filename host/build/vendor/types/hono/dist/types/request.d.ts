import { GET_MATCH_RESULT } from "./request/constants.js";
import { Result } from "./router.js";
import { CustomHeader, RequestHeader } from "./utils/headers.js";
import { Simplify, UnionToIntersection } from "./utils/types.js";
import { Input, InputToDataByTarget, ParamKeyToRecord, ParamKeys, RemoveQuestion, RouterRoute, ValidationTargets } from "./types.js";
import { BodyData, ParseBodyOptions } from "./utils/body.js";
//#region src/request.d.ts
type Body = {
  json: any;
  text: string;
  arrayBuffer: ArrayBuffer;
  blob: Blob;
  formData: FormData;
};
type BodyCache = Partial<Body>;
export declare class HonoRequest<P extends string = '/', I extends Input['out'] = {}> {
  
  raw: Request;
  routeIndex: number;
  path: string;
  bodyCache: BodyCache;
  constructor(request: Request, path?: string, matchResult?: Result<[unknown, RouterRoute]>);
  param<P2 extends ParamKeys<P> = ParamKeys<P>>(key: string extends P ? never : P2 extends `${infer _}?` ? never : P2): string;
  param<P2 extends RemoveQuestion<ParamKeys<P>> = RemoveQuestion<ParamKeys<P>>>(key: P2): string | undefined;
  param(key: string): string | undefined;
  param<P2 extends string = P>(): Simplify<UnionToIntersection<ParamKeyToRecord<ParamKeys<P2>>>>;
  query(key: string): string | undefined;
  query(): Record<string, string>;
  queries(key: string): string[] | undefined;
  queries(): Record<string, string[]>;
  header(name: RequestHeader): string | undefined;
  header(name: string): string | undefined;
  header(): Record<RequestHeader | (string & CustomHeader), string>;
  parseBody<Options extends Partial<ParseBodyOptions>, T extends BodyData<Options>>(options?: Options): Promise<T>;
  parseBody<T extends BodyData>(options?: Partial<ParseBodyOptions>): Promise<T>;
  json<T = any>(): Promise<T>;
  text(): Promise<string>;
  arrayBuffer(): Promise<ArrayBuffer>;
  bytes(): Promise<Uint8Array>;
  blob(): Promise<Blob>;
  formData(): Promise<FormData>;
  addValidatedData(target: keyof ValidationTargets, data: {}): void;
  valid<T extends keyof I & keyof ValidationTargets>(target: T): InputToDataByTarget<I, T>;
  get url(): string;
  get method(): string;
  get [GET_MATCH_RESULT](): Result<[unknown, RouterRoute]>;
  get matchedRoutes(): RouterRoute[];
  get routePath(): string;
}
export declare const cloneRawRequest: (req: HonoRequest) => Promise<Request>;
//#endregion
export {};
