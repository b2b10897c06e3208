import { MiddlewareHandler } from "../../types.js";
import { Context } from "../../context.js";
import { PermissionsPolicyDirective } from "./permissions-policy.js";
//#region src/middleware/secure-headers/secure-headers.d.ts
export type SecureHeadersVariables = {
  secureHeadersNonce?: string;
};
export type ContentSecurityPolicyOptionHandler = (ctx: Context, directive: string) => string;
type ContentSecurityPolicyOptionValue = (string | ContentSecurityPolicyOptionHandler)[];
interface ContentSecurityPolicyOptions {
  defaultSrc?: ContentSecurityPolicyOptionValue;
  baseUri?: ContentSecurityPolicyOptionValue;
  childSrc?: ContentSecurityPolicyOptionValue;
  connectSrc?: ContentSecurityPolicyOptionValue;
  fontSrc?: ContentSecurityPolicyOptionValue;
  formAction?: ContentSecurityPolicyOptionValue;
  frameAncestors?: ContentSecurityPolicyOptionValue;
  frameSrc?: ContentSecurityPolicyOptionValue;
  imgSrc?: ContentSecurityPolicyOptionValue;
  manifestSrc?: ContentSecurityPolicyOptionValue;
  mediaSrc?: ContentSecurityPolicyOptionValue;
  objectSrc?: ContentSecurityPolicyOptionValue;
  reportTo?: string;
  reportUri?: string | string[];
  sandbox?: ContentSecurityPolicyOptionValue;
  scriptSrc?: ContentSecurityPolicyOptionValue;
  scriptSrcAttr?: ContentSecurityPolicyOptionValue;
  scriptSrcElem?: ContentSecurityPolicyOptionValue;
  styleSrc?: ContentSecurityPolicyOptionValue;
  styleSrcAttr?: ContentSecurityPolicyOptionValue;
  styleSrcElem?: ContentSecurityPolicyOptionValue;
  upgradeInsecureRequests?: ContentSecurityPolicyOptionValue;
  workerSrc?: ContentSecurityPolicyOptionValue;
  requireTrustedTypesFor?: ContentSecurityPolicyOptionValue;
  trustedTypes?: ContentSecurityPolicyOptionValue;
}
interface ReportToOptions {
  group: string;
  max_age: number;
  endpoints: ReportToEndpoint[];
}
interface ReportToEndpoint {
  url: string;
}
interface ReportingEndpointOptions {
  name: string;
  url: string;
}
type PermissionsPolicyValue = '*' | 'self' | 'src' | 'none' | string;
type PermissionsPolicyOptions = Partial<Record<PermissionsPolicyDirective, PermissionsPolicyValue[] | boolean>>;
type overridableHeader = boolean | string;
interface SecureHeadersOptions {
  contentSecurityPolicy?: ContentSecurityPolicyOptions;
  contentSecurityPolicyReportOnly?: ContentSecurityPolicyOptions;
  crossOriginEmbedderPolicy?: overridableHeader;
  crossOriginResourcePolicy?: overridableHeader;
  crossOriginOpenerPolicy?: overridableHeader;
  originAgentCluster?: overridableHeader;
  referrerPolicy?: overridableHeader;
  reportingEndpoints?: ReportingEndpointOptions[];
  reportTo?: ReportToOptions[];
  strictTransportSecurity?: overridableHeader;
  xContentTypeOptions?: overridableHeader;
  xDnsPrefetchControl?: overridableHeader;
  xDownloadOptions?: overridableHeader;
  xFrameOptions?: overridableHeader;
  xPermittedCrossDomainPolicies?: overridableHeader;
  xXssProtection?: overridableHeader;
  removePoweredBy?: boolean;
  permissionsPolicy?: PermissionsPolicyOptions;
  overwrite?: boolean;
}
export declare const NONCE: ContentSecurityPolicyOptionHandler;
export declare const secureHeaders: (customOptions?: SecureHeadersOptions) => MiddlewareHandler;
//#endregion
export {};
