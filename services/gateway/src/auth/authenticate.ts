import type { IncomingHttpHeaders } from "node:http";
import { keyOfHeaders } from "@sightline/auth/credentials";
import type { KeyVerifier } from "@sightline/auth/verify-key";
import { AppError } from "@sightline/errors/app-error";
import type { Role } from "@sightline/postgres/users";
import { type Caller, type Level, mayUse } from "./caller.ts";
import { type Sessions, tokenOfCookies } from "./sessions.ts";

/** Who sends a request. Throws `unauthenticated`, or `unavailable` when that cannot be found out now. */
export type Authenticate = (headers: IncomingHttpHeaders) => Promise<Caller>;

const levelOf: Readonly<Record<Role, Level>> = { viewer: "query", editor: "edit", admin: "admin" };

/** By API key where there is one, else by the login's cookie. */
export function createAuthenticate(keys: KeyVerifier, sessions: Pick<Sessions, "find">): Authenticate {
  return async (headers) => {
    const key = sentKey(headers);
    if (key !== undefined) return callerOfKey(keys, key);
    const token = tokenOfCookies(headers.cookie);
    const session = token === undefined ? undefined : await sessions.find(token);
    if (session === undefined) {
      throw new AppError(
        "unauthenticated",
        "cannot tell who is calling: log in, or send authorization: Bearer <API key>",
      );
    }
    return { tenant: session.tenant, name: session.username, level: levelOf[session.role], byCookie: true };
  };
}

/**
 * Who sends data to the gateway: a key with the scope ingest, or whoever may edit. Throws as {@link Authenticate}, and
 * `permission_denied` for those who may only read.
 */
export function createAuthenticateSender(keys: KeyVerifier, authenticate: Authenticate): Authenticate {
  return async (headers) => {
    const key = sentKey(headers);
    const caller = await authenticate(headers).catch((thrown: unknown) => {
      // A key that may send need not be one that may read.
      if (key === undefined || AppError.from(thrown).code !== "permission_denied") throw thrown;
      return undefined;
    });
    if (caller !== undefined && mayUse(caller, "edit")) return caller;
    if (key !== undefined) {
      const { tenant, keyId } = await keys.verify(key, "ingest");
      return { tenant, name: `key:${keyId}`, level: "query", byCookie: false };
    }
    throw new AppError("permission_denied", `cannot send: got ${caller?.name}, want the role editor or admin`);
  };
}

function sentKey(headers: IncomingHttpHeaders): string | undefined {
  return keyOfHeaders((name) => {
    const value = headers[name];
    return typeof value === "string" ? value : undefined;
  });
}

/** A key with the scope admin may do everything, one with the scope query may read. */
export async function callerOfKey(keys: KeyVerifier, key: string | undefined): Promise<Caller> {
  try {
    const { tenant, keyId } = await keys.verify(key, "admin");
    return { tenant, name: `key:${keyId}`, level: "admin", byCookie: false };
  } catch (thrown) {
    if (AppError.from(thrown).code !== "permission_denied") throw thrown;
  }
  const { tenant, keyId } = await keys.verify(key, "query");
  return { tenant, name: `key:${keyId}`, level: "query", byCookie: false };
}
