//#region src/client/fetch-result-please.d.ts
export declare function fetchRP(fetchRes: Response | Promise<Response>): Promise<any>;
export declare class DetailedError extends Error {
  detail?: any;
  code?: any;
  log?: any;
  statusCode?: any;
  constructor(message: string, options?: {
    detail?: any;
    code?: any;
    statusCode?: number;
    log?: any;
  });
}
//#endregion