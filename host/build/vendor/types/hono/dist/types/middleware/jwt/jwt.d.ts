import { MiddlewareHandler } from "../../types.js";
import { CookiePrefixOptions } from "../../utils/cookie.js";
import { AsymmetricAlgorithm, SignatureAlgorithm } from "../../utils/jwt/jwa.js";
import { HonoJsonWebKey, SignatureKey } from "../../utils/jwt/jws.js";
import { JWTPayload } from "../../utils/jwt/types.js";
import { TokenHeader, VerifyOptions, VerifyOptionsWithAlg } from "../../utils/jwt/jwt.js";
//#region src/middleware/jwt/jwt.d.ts
export type JwtVariables<T = any> = {
  jwtPayload: T;
};
export declare const jwt: (options: {
  secret: SignatureKey;
  cookie?: string | {
    key: string;
    secret?: string | BufferSource;
    prefixOptions?: CookiePrefixOptions;
  };
  alg: SignatureAlgorithm;
  headerName?: string;
  realm?: string;
  verification?: VerifyOptions;
}) => MiddlewareHandler;
export declare const verifyWithJwks: (token: string, options: {
  keys?: HonoJsonWebKey[];
  jwks_uri?: string;
  verification?: VerifyOptions;
  allowedAlgorithms: readonly AsymmetricAlgorithm[];
}, init?: RequestInit) => Promise<JWTPayload>;
export declare const verify: (token: string, publicKey: SignatureKey, algOrOptions: SignatureAlgorithm | VerifyOptionsWithAlg) => Promise<JWTPayload>;
export declare const decode: (token: string) => {
  header: TokenHeader;
  payload: JWTPayload;
};
export declare const sign: (payload: JWTPayload, privateKey: SignatureKey, alg?: SignatureAlgorithm) => Promise<string>;
//#endregion