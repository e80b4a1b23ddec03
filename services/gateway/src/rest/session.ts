import { AppError } from "@sightline/errors/app-error";
import { z } from "zod";
import type { Sessions } from "../auth/sessions.ts";
import { moment } from "../json/scalars.ts";
import { type Route, readRoute, writeRoute } from "./route.ts";

const nothing = z.strictObject({});

const loginForm = z.object({
  user: z.object({ username: z.string(), role: z.enum(["admin", "editor", "viewer"]), tenant: z.string() }),
  expires: moment,
});

type Login = NonNullable<Awaited<ReturnType<Sessions["find"]>>>;

function loginToJson({ username, role, tenant, expiresAt }: Login): z.infer<typeof loginForm> {
  return { user: { username, role, tenant }, expires: expiresAt.toISOString() };
}

export interface SessionRouteOptions {
  readonly sessions: Sessions;
  /** Told of every login, for logs and counters. */
  attempted(outcome: "succeeded" | "failed", username: string, address: string): void;
}

export function sessionRoutes({ sessions, attempted }: SessionRouteOptions): Route[] {
  return [
    writeRoute({
      method: "post",
      path: "/v1/session",
      operation: "login",
      summary: "Log in",
      tag: "session",
      access: "public",
      query: nothing,
      body: z.strictObject({ username: z.string().min(1).max(128), password: z.string().min(1).max(1024) }),
      answer: loginForm,
      call: async ({ body, address, setCookie }) => {
        try {
          const { cookie, session } = await sessions.login(body.username, body.password, address);
          attempted("succeeded", body.username, address);
          setCookie(cookie);
          return loginToJson(session);
        } catch (thrown) {
          if (AppError.from(thrown).code === "unauthenticated") attempted("failed", body.username, address);
          throw thrown;
        }
      },
    }),
    readRoute({
      method: "get",
      path: "/v1/session",
      operation: "getSession",
      summary: "Read who is logged in",
      tag: "session",
      access: "public",
      query: nothing,
      answer: loginForm,
      call: async ({ sessionToken }) => {
        const session = sessionToken === undefined ? undefined : await sessions.find(sessionToken);
        if (session === undefined) throw new AppError("unauthenticated", "nobody is logged in");
        return loginToJson(session);
      },
    }),
    readRoute({
      method: "delete",
      path: "/v1/session",
      operation: "logout",
      summary: "Log out",
      tag: "session",
      access: "public",
      query: nothing,
      answer: nothing,
      call: async ({ sessionToken, setCookie }) => {
        setCookie(await sessions.logout(sessionToken));
        return {};
      },
    }),
  ];
}
