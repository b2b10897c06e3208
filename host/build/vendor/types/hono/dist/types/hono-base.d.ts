import { Router } from "./router.js";
import { Env, ErrorHandler, H, HandlerInterface, MergePath, MergeSchemaPath, MiddlewareHandlerInterface, NotFoundHandler, OnHandlerInterface, RouterRoute, Schema } from "./types.js";
import { Context, ExecutionContext } from "./context.js";
//#region src/hono-base.d.ts
type GetPath<E extends Env> = (request: Request, options?: {
  env?: E['Bindings'];
}) => string;
export type HonoOptions<E extends Env> = {
  router?: Router<[H, RouterRoute]>;
} & ({
  strict?: true;
  getPath?: GetPath<E>;
} | {
  strict: false;
  getPath?: never;
});
type MountOptionHandler = (c: Context) => unknown;
type MountReplaceRequest = (originalRequest: Request) => Request;
type MountOptions = MountOptionHandler | {
  optionHandler?: MountOptionHandler;
  replaceRequest?: MountReplaceRequest | false;
};
declare class Hono<E extends Env = Env, S extends Schema = {}, BasePath extends string = '/', CurrentPath extends string = BasePath> {
  
  get: HandlerInterface<E, 'get', S, BasePath, CurrentPath>;
  post: HandlerInterface<E, 'post', S, BasePath, CurrentPath>;
  put: HandlerInterface<E, 'put', S, BasePath, CurrentPath>;
  delete: HandlerInterface<E, 'delete', S, BasePath, CurrentPath>;
  options: HandlerInterface<E, 'options', S, BasePath, CurrentPath>;
  patch: HandlerInterface<E, 'patch', S, BasePath, CurrentPath>;
  query: HandlerInterface<E, 'query', S, BasePath, CurrentPath>;
  all: HandlerInterface<E, 'all', S, BasePath, CurrentPath>;
  on: OnHandlerInterface<E, S, BasePath>;
  use: MiddlewareHandlerInterface<E, S, BasePath>;
  router: Router<[H, RouterRoute]>;
  readonly getPath: GetPath<E>;
  private _basePath;
  routes: RouterRoute[];
  constructor(options?: HonoOptions<E>);
  private errorHandler;
  route<SubPath extends string, SubEnv extends Env, SubSchema extends Schema, SubBasePath extends string, SubCurrentPath extends string>(path: SubPath, app: Hono<SubEnv, SubSchema, SubBasePath, SubCurrentPath>): Hono<E, MergeSchemaPath<SubSchema, MergePath<BasePath, SubPath>> | S, BasePath, CurrentPath>;
  basePath<SubPath extends string>(path: SubPath): Hono<E, S, MergePath<BasePath, SubPath>, MergePath<BasePath, SubPath>>;
  onError: (handler: ErrorHandler<E>) => Hono<E, S, BasePath, CurrentPath>;
  notFound: (handler: NotFoundHandler<E>) => Hono<E, S, BasePath, CurrentPath>;
  mount(path: string, applicationHandler: (request: Request, ...args: any) => Response | Promise<Response>, options?: MountOptions): Hono<E, S, BasePath, CurrentPath>;
  fetch: (request: Request, env?: E['Bindings'] | {}, executionCtx?: ExecutionContext) => Response | Promise<Response>;
  request: (input: Request | string | URL, requestInit?: RequestInit, Env?: E["Bindings"] | {}, executionCtx?: ExecutionContext) => Response | Promise<Response>;
  fire: () => void;
}
//#endregion
export { Hono as HonoBase };
export {};
