import type { IncomingHttpHeaders } from "node:http";
import { keyOfHeaders } from "@sightline/auth/credentials";
import type { KeyVerifier } from "@sightline/auth/verify-key";
import { AppError } from "@sightline/errors/app-error";
import type { Role } from "@sightline/postgres/users";
import type { Caller, Level } from "./caller.ts";
import { type Sessions, tokenOfCookies } from "./sessions.ts";

/** Who sends a request. Throws `unauthenticated`, or `unavailable` when that cannot be found out now. */
export type Authenticate = (headers: IncomingHttpHeaders) => Promise<Caller>;

const levelOf: Readonly<Record<Role, Level>> = { viewer: "query", editor: "edit", admin: "admin" };

/** By API key where there is one, else by the login's cookie. */
export function createAuthenticate(keys: KeyVerifier, sessions: Pick<Sessions, "find">): Authenticate {
  return async (headers) => {
    const key = keyOfHeaders((name) => {
      const value = headers[name];
      return typeof value === "string" ? value : undefined;
    });
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
