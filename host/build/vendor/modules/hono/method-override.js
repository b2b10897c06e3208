import {
  parseBody
} from "hono/_chunk/3OWOL42O";
import "hono/_chunk/ZER2A7C3";

// node_modules/hono/dist/middleware/method-override/index.js
var DEFAULT_METHOD_FORM_NAME = "_method";
var isBodylessMethod = (method) => /^(?:GET|HEAD)$/i.test(method);
var withoutBodyHeaders = (headers) => {
  const newHeaders = new Headers(headers);
  newHeaders.delete("content-type");
  newHeaders.delete("content-length");
  return newHeaders;
};
var methodOverride = (options) => async function methodOverride2(c, next) {
  if (c.req.method === "GET") return await next();
  const app = options.app;
  if (!(options.header || options.query)) {
    const contentType = c.req.header("content-type");
    const methodFormName = options.form || DEFAULT_METHOD_FORM_NAME;
    const clonedRequest = c.req.raw.clone();
    const newRequest = clonedRequest.clone();
    if (contentType?.startsWith("multipart/form-data")) {
      const method = (await clonedRequest.formData()).get(methodFormName);
      if (method) {
        const newHeaders = withoutBodyHeaders(clonedRequest.headers);
        let request;
        if (isBodylessMethod(method)) request = new Request(c.req.url, {
          headers: newHeaders,
          method
        });
        else {
          const newForm = await newRequest.formData();
          newForm.delete(methodFormName);
          request = new Request(c.req.url, {
            body: newForm,
            headers: newHeaders,
            method
          });
        }
        return app.fetch(request, c.env, getExecutionCtx(c));
      }
    }
    if (contentType?.startsWith("application/x-www-form-urlencoded")) {
      const params = await parseBody(clonedRequest);
      const method = params[methodFormName];
      if (method) {
        delete params[methodFormName];
        const newHeaders = new Headers(newRequest.headers);
        newHeaders.delete("content-length");
        const request = isBodylessMethod(method) ? new Request(c.req.url, {
          headers: withoutBodyHeaders(newHeaders),
          method
        }) : new Request(newRequest, {
          body: new URLSearchParams(params),
          headers: newHeaders,
          method
        });
        return app.fetch(request, c.env, getExecutionCtx(c));
      }
    }
  } else if (options.header) {
    const headerName = options.header;
    const method = c.req.header(headerName);
    if (method) {
      const newHeaders = new Headers(c.req.raw.headers);
      newHeaders.delete(headerName);
      const request = isBodylessMethod(method) ? new Request(c.req.url, {
        headers: withoutBodyHeaders(newHeaders),
        method
      }) : new Request(c.req.raw, {
        headers: newHeaders,
        method
      });
      return app.fetch(request, c.env, getExecutionCtx(c));
    }
  } else if (options.query) {
    const queryName = options.query;
    const method = c.req.query(queryName);
    if (method) {
      const url = new URL(c.req.url);
      url.searchParams.delete(queryName);
      const requestInit = isBodylessMethod(method) ? {
        headers: withoutBodyHeaders(c.req.raw.headers),
        method
      } : {
        body: c.req.raw.body,
        headers: c.req.raw.headers,
        method,
        duplex: c.req.raw.body ? "half" : void 0
      };
      const request = new Request(url.toString(), requestInit);
      return app.fetch(request, c.env, getExecutionCtx(c));
    }
  }
  await next();
};
var getExecutionCtx = (c) => {
  let executionCtx;
  try {
    executionCtx = c.executionCtx;
  } catch {
  }
  return executionCtx;
};
export {
  methodOverride
};
