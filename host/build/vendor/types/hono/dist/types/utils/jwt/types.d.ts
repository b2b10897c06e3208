import { HonoJsonWebKey } from "./jws.js";
//#region src/utils/jwt/types.d.ts
export declare class JwtAlgorithmNotImplemented extends Error {
  constructor(alg: string);
}
export declare class JwtAlgorithmRequired extends Error {
  constructor();
}
export declare class JwtAlgorithmMismatch extends Error {
  constructor(expected: string, actual: string);
}
export declare class JwtTokenInvalid extends Error {
  constructor(token: string);
}
export declare class JwtTokenNotBefore extends Error {
  constructor(token: string);
}
export declare class JwtTokenExpired extends Error {
  constructor(token: string);
}
export declare class JwtTokenIssuedAt extends Error {
  constructor(currentTimestamp: number, iat: number);
}
export declare class JwtTokenIssuer extends Error {
  constructor(expected: string | RegExp, iss: string | null);
}
export declare class JwtHeaderInvalid extends Error {
  constructor(header: object);
}
export declare class JwtHeaderRequiresKid extends Error {
  constructor(header: object);
}
export declare class JwtSymmetricAlgorithmNotAllowed extends Error {
  constructor(alg: string);
}
export declare class JwtAlgorithmNotAllowed extends Error {
  constructor(alg: string, allowedAlgorithms: readonly string[]);
}
export declare class JwtTokenSignatureMismatched extends Error {
  constructor(token: string);
}
export declare class JwtPayloadRequiresAud extends Error {
  constructor(payload: object);
}
export declare class JwtTokenAudience extends Error {
  constructor(expected: string | string[] | RegExp, aud: string | string[]);
}
export declare enum CryptoKeyUsage {
  Encrypt = "encrypt",
  Decrypt = "decrypt",
  Sign = "sign",
  Verify = "verify",
  DeriveKey = "deriveKey",
  DeriveBits = "deriveBits",
  WrapKey = "wrapKey",
  UnwrapKey = "unwrapKey"
}
export type JWTPayload = {
  [key: string]: unknown;
  exp?: number;
  nbf?: number;
  iat?: number;
  iss?: string;
  aud?: string | string[];
};
//#endregion
export type { HonoJsonWebKey };