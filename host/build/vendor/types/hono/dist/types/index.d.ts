import { Env, ErrorHandler, Handler, Input, MiddlewareHandler, Next, NotFoundHandler, NotFoundResponse, Schema, ToSchema, TypedResponse, ValidationTargets } from "./types.js";
import { HonoRequest } from "./request.js";
import { Context, ContextRenderer, ContextVariableMap, ExecutionContext } from "./context.js";
import { Hono } from "./hono.js";
import { ClientRequestOptions, InferRequestType, InferResponseType } from "./client/index.js";
export { type ClientRequestOptions, Context, type ContextRenderer, type ContextVariableMap, type Env, type ErrorHandler, type ExecutionContext, type Handler, Hono, type HonoRequest, type InferRequestType, type InferResponseType, type Input, type MiddlewareHandler, type Next, type NotFoundHandler, type NotFoundResponse, type Schema, type ToSchema, type TypedResponse, type ValidationTargets };