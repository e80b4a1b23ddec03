import { queryOptions } from "@tanstack/react-query";
import * as z from "zod/mini";
import { isUnauthenticated } from "./api-error.ts";
import { call } from "./client.ts";
import { anySchema, type Session, sessionSchema } from "./types.ts";

/** Where the session is kept in the query cache; null there means: logged out. */
export const sessionKey = ["session"] as const;

/** A session, or no content: nobody is logged in. */
const maybeSessionSchema = z.union([sessionSchema, z.undefined()]);

/** Who is logged in; null when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: sessionKey,
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      return (await call(maybeSessionSchema, "/v1/session", { signal })) ?? null;
    } catch (thrown) {
      if (isUnauthenticated(thrown)) return null;
      throw thrown;
    }
  },
  staleTime: 5 * 60_000,
});

/** Starts a session: the cookie comes with the answer. Fails with `unauthenticated` on a wrong name or password. */
export function login(username: string, password: string): Promise<Session> {
  return call(sessionSchema, "/v1/session", { method: "POST", body: { username, password } });
}

/** Ends the session. */
export async function logout(): Promise<void> {
  await call(anySchema, "/v1/session", { method: "DELETE" });
}
