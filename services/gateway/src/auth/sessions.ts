import { randomBytes } from "node:crypto";
import { hashApiKey } from "@sightline/auth/api-key";
import { verifyPassword } from "@sightline/auth/password";
import { AppError } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { Sql } from "@sightline/postgres/pool";
import { deleteSession, findSession, insertSession, type LoginSession } from "@sightline/postgres/sessions";
import { findUser } from "@sightline/postgres/users";
import { createThrottle } from "./throttle.ts";

/** The cookie that holds a session's token. */
export const SESSION_COOKIE = "sightline_session";

export interface SessionsOptions {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly ttlMs: number;
  readonly secureCookie: boolean;
}

/** Logins of people. */
export interface Sessions {
  /**
   * Throws `unauthenticated` without saying whether name or password is wrong, and `resource_exhausted` when too many
   * attempts came for the name or from the address.
   */
  login(username: string, password: string, address: string): Promise<{ cookie: string; session: LoginSession }>;
  find(token: string): Promise<LoginSession | undefined>;
  /** Ends the session; returns the cookie that makes a browser forget it. */
  logout(token: string | undefined): Promise<string>;
}

export function createSessions({ sql, clock, ttlMs, secureCookie }: SessionsOptions): Sessions {
  const perMinute = { windowMs: 60_000, maxKeys: 10_000, clock };
  const ofName = createThrottle({ ...perMinute, maxAttempts: 5 });
  // Bounds guessing through many names, and the work that checking a password is.
  const ofAddress = createThrottle({ ...perMinute, maxAttempts: 30 });
  const cookie = (value: string, maxAgeSeconds: number) =>
    `${SESSION_COOKIE}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}${secureCookie ? "; Secure" : ""}`;

  return {
    login: async (username, password, address) => {
      const name = `${address} ${username.toLowerCase()}`;
      ofName.attempt(name);
      ofAddress.attempt(address);
      const user = await findUser(sql, username);
      if (!(await verifyPassword(password, user?.passwordHash)) || user === undefined) {
        throw new AppError("unauthenticated", "cannot log in: the name or the password is wrong");
      }
      ofName.clear(name);
      ofAddress.takeBack(address);
      const token = randomBytes(32).toString("base64url");
      const expiresAt = new Date(clock() + ttlMs);
      await insertSession(sql, { tokenHash: hashApiKey(token), userId: user.userId, expiresAt });
      const { userId, tenant, role } = user;
      const session = { userId, tenant, username: user.username, role, expiresAt };
      return { cookie: cookie(token, Math.floor(ttlMs / 1000)), session };
    },
    find: (token) => findSession(sql, hashApiKey(token), new Date(clock())),
    logout: async (token) => {
      if (token !== undefined) await deleteSession(sql, hashApiKey(token));
      return cookie("", 0);
    },
  };
}

/** The session token among a request's cookies. */
export function tokenOfCookies(header: string | undefined): string | undefined {
  for (const pair of (header ?? "").split(";")) {
    const [name, value] = pair.trim().split("=", 2);
    if (name === SESSION_COOKIE && value !== undefined && value !== "") return value;
  }
  return undefined;
}
