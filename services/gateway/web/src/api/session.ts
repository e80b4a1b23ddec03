import { queryOptions } from "@tanstack/react-query";
import { isUnauthenticated } from "./api-error.ts";
import { call } from "./client.ts";
import { anySchema, type Session, sessionSchema } from "./types.ts";

/** Where the session is kept in the query cache; null there means: logged out. */
export const sessionKey = ["session"] as const;

/** Says in the browser's storage whether there may be a session: without it nobody need be asked. */
const hintName = "sightline-logged-in";

/** Whether somebody was logged in here and has not logged out. */
export function wasLoggedIn(): boolean {
  return localStorage.getItem(hintName) !== null;
}

/** Who is logged in; null when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: sessionKey,
  queryFn: async ({ signal }): Promise<Session | null> => {
    if (!wasLoggedIn()) return null;
    try {
      return await call(sessionSchema, "/v1/session", { signal });
    } catch (thrown) {
      if (!isUnauthenticated(thrown)) throw thrown;
      localStorage.removeItem(hintName);
      return null;
    }
  },
  staleTime: 5 * 60_000,
});

/** Starts a session: the cookie comes with the answer. Fails with `unauthenticated` on a wrong name or password. */
export async function login(username: string, password: string): Promise<Session> {
  const session = await call(sessionSchema, "/v1/session", { method: "POST", body: { username, password } });
  localStorage.setItem(hintName, "1");
  return session;
}

/** Ends the session. */
export async function logout(): Promise<void> {
  localStorage.removeItem(hintName);
  await call(anySchema, "/v1/session", { method: "DELETE" });
}
