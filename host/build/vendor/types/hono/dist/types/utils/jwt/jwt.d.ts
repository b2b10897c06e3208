import { AsymmetricAlgorithm, SignatureAlgorithm } from "./jwa.js";
import { HonoJsonWebKey, SignatureKey } from "./jws.js";
import { JWTPayload } from "./types.js";
//#region src/utils/jwt/jwt.d.ts
export interface TokenHeader {
  alg: SignatureAlgorithm;
  typ?: string;
  kid?: string;
}
export declare function isTokenHeader(obj: unknown, typ?: string | string[]): obj is TokenHeader;
export declare const sign: (payload: JWTPayload, privateKey: SignatureKey, alg?: SignatureAlgorithm) => Promise<string>;
export type VerifyOptions = {
  iss?: string | RegExp;
  nbf?: boolean;
  exp?: boolean;
  iat?: boolean;
  aud?: string | string[] | RegExp;
  typ?: string | string[];
};
export type VerifyOptionsWithAlg = {
  alg: SignatureAlgorithm;
} & VerifyOptions;
export declare const verify: (token: string, publicKey: SignatureKey, algOrOptions: SignatureAlgorithm | VerifyOptionsWithAlg) => Promise<JWTPayload>;
export declare const verifyWithJwks: (token: string, options: {
  keys?: HonoJsonWebKey[];
  jwks_uri?: string;
  verification?: VerifyOptions;
  allowedAlgorithms: readonly AsymmetricAlgorithm[];
}, init?: RequestInit) => Promise<JWTPayload>;
export declare const decode: (token: string) => {
  header: TokenHeader;
  payload: JWTPayload;
};
export declare const decodeHeader: (token: string) => TokenHeader;
//#endregion