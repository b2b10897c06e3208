import { Result } from "./router.js";
import { ResponseHeader } from "./utils/headers.js";
import { ContentfulStatusCode, RedirectStatusCode, StatusCode } from "./utils/http-status.js";
import { InvalidJSONValue, IsAny, JSONParsed, JSONValue } from "./utils/types.js";
import { Env, FetchEventLike, H, Input, NotFoundHandler, RouterRoute, TypedResponse } from "./types.js";
import { HonoRequest } from "./request.js";
import { BaseMime } from "./utils/mime.js";
//#region src/context.d.ts
type HeaderRecord = Record<'Content-Type', BaseMime> | Record<ResponseHeader, string | string[]> | Record<string, string | string[]>;
export type Data = string | ArrayBuffer | Blob | ReadableStream | Uint8Array<ArrayBuffer>;
export interface ExecutionContext {
  waitUntil(promise: Promise<unknown>): void;
  passThroughOnException(): void;
  props: any;
  exports?: any;
}
export interface ContextVariableMap {}
export interface ContextRenderer {}
interface DefaultRenderer {
  (content: string | Promise<string>): Response | Promise<Response>;
}
export type Renderer = ContextRenderer extends Function ? ContextRenderer : DefaultRenderer;
export type PropsForRenderer = [...Required<Parameters<Renderer>>] extends [unknown, infer Props] ? Props : unknown;
export type Layout<T = Record<string, any>> = (props: T) => any;
interface Get<E extends Env> {
  <Key extends keyof E['Variables']>(key: Key): E['Variables'][Key];
  <Key extends keyof ContextVariableMap>(key: Key): ContextVariableMap[Key];
}
interface Set<E extends Env> {
  <Key extends keyof E['Variables']>(key: Key, value: E['Variables'][Key]): void;
  <Key extends keyof ContextVariableMap>(key: Key, value: ContextVariableMap[Key]): void;
}
interface NewResponse {
  (data: Data | null, status?: StatusCode, headers?: HeaderRecord): Response;
  (data: Data | null, init?: ResponseOrInit): Response;
}
interface BodyRespond {
  <T extends Data, U extends ContentfulStatusCode>(data: T, status?: U, headers?: HeaderRecord): Response & TypedResponse<T, U, 'body'>;
  <T extends Data, U extends ContentfulStatusCode>(data: T, init?: ResponseOrInit<U>): Response & TypedResponse<T, U, 'body'>;
  <T extends null, U extends StatusCode>(data: T, status?: U, headers?: HeaderRecord): Response & TypedResponse<null, U, 'body'>;
  <T extends null, U extends StatusCode>(data: T, init?: ResponseOrInit<U>): Response & TypedResponse<null, U, 'body'>;
}
interface TextRespond {
  <T extends string, U extends ContentfulStatusCode = ContentfulStatusCode>(text: T, status?: U, headers?: HeaderRecord): Response & TypedResponse<T, U, 'text'>;
  <T extends string, U extends ContentfulStatusCode = ContentfulStatusCode>(text: T, init?: ResponseOrInit<U>): Response & TypedResponse<T, U, 'text'>;
}
interface JSONRespond {
  <T extends JSONValue | {} | InvalidJSONValue, U extends ContentfulStatusCode = ContentfulStatusCode>(object: T, status?: U, headers?: HeaderRecord): JSONRespondReturn<T, U>;
  <T extends JSONValue | {} | InvalidJSONValue, U extends ContentfulStatusCode = ContentfulStatusCode>(object: T, init?: ResponseOrInit<U>): JSONRespondReturn<T, U>;
}
type JSONRespondReturn<T extends JSONValue | {} | InvalidJSONValue, U extends ContentfulStatusCode> = Response & TypedResponse<JSONParsed<T>, U, 'json'>;
interface HTMLRespond {
  <T extends string | Promise<string>>(html: T, status?: ContentfulStatusCode, headers?: HeaderRecord): T extends string ? Response : Promise<Response>;
  <T extends string | Promise<string>>(html: T, init?: ResponseOrInit<ContentfulStatusCode>): T extends string ? Response : Promise<Response>;
}
type ContextOptions<E extends Env> = {
  env: E['Bindings'];
  executionCtx?: FetchEventLike | ExecutionContext | undefined;
  notFoundHandler?: NotFoundHandler<E>;
  matchResult?: Result<[H, RouterRoute]>;
  path?: string;
};
interface SetHeadersOptions {
  append?: boolean;
}
interface SetHeaders {
  (name: 'Content-Type', value?: BaseMime, options?: SetHeadersOptions): void;
  (name: ResponseHeader, value?: string, options?: SetHeadersOptions): void;
  (name: string, value?: string, options?: SetHeadersOptions): void;
}
type ResponseHeadersInit = [string, string][] | Record<'Content-Type', BaseMime> | Record<ResponseHeader, string> | Record<string, string> | Headers;
interface ResponseInit<T extends StatusCode = StatusCode> {
  headers?: ResponseHeadersInit;
  status?: T;
  statusText?: string;
}
type ResponseOrInit<T extends StatusCode = StatusCode> = ResponseInit<T> | Response;
export declare const TEXT_PLAIN = "text/plain; charset=UTF-8";
export declare class Context<E extends Env = any, P extends string = any, I extends Input = {}> {
  
  env: E['Bindings'];
  finalized: boolean;
  error: Error | undefined;
  constructor(req: Request, options?: ContextOptions<E>);
  get req(): HonoRequest<P, I['out']>;
  get event(): FetchEventLike;
  get executionCtx(): ExecutionContext;
  get res(): Response;
  set res(_res: Response | undefined);
  render: Renderer;
  setLayout: (layout: Layout<PropsForRenderer & {
    Layout: Layout;
  }>) => Layout<PropsForRenderer & {
    Layout: Layout;
  }>;
  getLayout: () => Layout<PropsForRenderer & {
    Layout: Layout;
  }> | undefined;
  setRenderer: (renderer: Renderer) => void;
  header: SetHeaders;
  status: (status: StatusCode) => void;
  set: Set<IsAny<E> extends true ? {
    Variables: ContextVariableMap & Record<PropertyKey, any>;
  } : E>;
  get: Get<IsAny<E> extends true ? {
    Variables: ContextVariableMap & Record<PropertyKey, any>;
  } : E>;
  get var(): Readonly<ContextVariableMap & (IsAny<E['Variables']> extends true ? Record<string, any> : E['Variables'])>;
  newResponse: NewResponse;
  body: BodyRespond;
  text: TextRespond;
  json: JSONRespond;
  html: HTMLRespond;
  redirect: <T extends RedirectStatusCode = 302>(location: string | URL, status?: T) => Response & TypedResponse<undefined, T, "redirect">;
  notFound: () => ReturnType<NotFoundHandler>;
}
//#endregion
export {};
