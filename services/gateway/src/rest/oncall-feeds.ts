import { createApiKey, hashApiKey, isApiKey } from "@sightline/auth/api-key";
import { AppError } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import { uuid7 } from "@sightline/model/uuid7";
import { findFeed, insertFeed, listFeeds, revokeFeed } from "@sightline/postgres/oncall-feeds";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";
import { type Caller, maySeeTo, mayUse } from "../auth/caller.ts";
import type { Oncall } from "../clients.ts";
import { moment } from "../json/scalars.ts";
import { documentRoute, type Route, readRoute, writeRoute } from "./route.ts";

const nothing = z.strictObject({});
const tag = "on-call";
const MAX_FEEDS = 1000;

const feedKind = z.enum(["schedule", "user"]);

const feedForm = z.object({
  feedId: z.string(),
  kind: feedKind,
  name: z.string().describe("Of the schedule, or the user"),
  prefix: z.string(),
  created: moment,
  createdBy: z.string(),
  revoked: moment.nullable(),
});

export interface FeedRouteOptions {
  readonly oncall: Oncall;
  readonly sql: Sql;
  readonly clock: Clock;
}

/**
 * Calendars for programs that can send no key: the address is the secret. Each has a token of its own, of which only
 * the hash is kept.
 */
export function feedRoutes(options: FeedRouteOptions): Route[] {
  return [...managingRoutes(options), calendarRoute(options)];
}

function managingRoutes({ oncall, sql, clock }: FeedRouteOptions): Route[] {
  return [
    readRoute({
      method: "get",
      path: "/v1/oncall/feeds",
      operation: "listFeeds",
      summary: "List addresses of calendars: all for editors, else one's own",
      tag,
      access: "query",
      query: nothing,
      answer: z.object({ feeds: z.array(feedForm) }),
      call: async ({ caller }) => {
        const feeds = await listFeeds(sql, caller.tenant);
        return {
          feeds: feeds
            .filter((feed) => mayManage(caller, feed))
            .map(({ createdAt, revokedAt, ...feed }) => ({
              ...feed,
              created: createdAt.toISOString(),
              revoked: revokedAt?.toISOString() ?? null,
            })),
        };
      },
    }),
    writeRoute({
      method: "post",
      path: "/v1/oncall/feeds",
      operation: "createFeed",
      summary: "Create the address of a calendar, as no editor only one's own; only this answer ever shows it",
      tag,
      access: "query",
      query: nothing,
      body: z.strictObject({ kind: feedKind, name: z.string().min(1).max(128) }),
      answer: z.object({ feedId: z.string(), path: z.string(), prefix: z.string() }),
      call: async ({ body: { kind, name }, caller, signal }) => {
        assertMayManage(caller, { kind, name });
        // There must be something to show.
        await oncall.call("getCalendar", { of: { $case: kind, value: name } }, { tenant: caller.tenant, signal });
        const { key, prefix, hash } = createApiKey("calendar");
        const feedId = uuid7(clock());
        const feed = { feedId, tenant: caller.tenant, kind, name, prefix, tokenHash: hash, createdBy: caller.name };
        if (!(await insertFeed(sql, feed, MAX_FEEDS))) {
          throw new AppError("resource_exhausted", `cannot create a calendar: got ${MAX_FEEDS} already, want fewer`);
        }
        return { feedId, path: `/v1/oncall/calendars/${key}.ics`, prefix };
      },
    }),
    readRoute({
      method: "delete",
      path: "/v1/oncall/feeds/:id",
      operation: "revokeFeed",
      summary: "Revoke the address of a calendar",
      tag,
      access: "query",
      query: nothing,
      answer: nothing,
      call: async ({ param, caller }) => {
        const feedId = param("id");
        const feed = (await listFeeds(sql, caller.tenant)).find((one) => one.feedId === feedId);
        if (feed !== undefined) assertMayManage(caller, feed);
        if (feed === undefined || !(await revokeFeed(sql, caller.tenant, feedId))) {
          throw new AppError("not_found", `cannot revoke the calendar ${feedId}: there is none`);
        }
        return {};
      },
    }),
  ];
}

interface FeedOf {
  readonly kind: "schedule" | "user";
  readonly name: string;
}

function mayManage(caller: Caller, { kind, name }: FeedOf): boolean {
  return kind === "user" ? maySeeTo(caller, name) : mayUse(caller, "edit");
}

function assertMayManage(caller: Caller, of: FeedOf): void {
  if (mayManage(caller, of)) return;
  throw new AppError(
    "permission_denied",
    `cannot change calendars of the ${of.kind} ${of.name}: got ${caller.name}, want the role editor or admin`,
  );
}

function calendarRoute({ oncall, sql }: FeedRouteOptions): Route {
  return documentRoute({
    method: "get",
    path: "/v1/oncall/calendars/:token.ics",
    operation: "getCalendar",
    summary: "Read a calendar of who is on call (RFC 5545) by the token in its address",
    tag,
    access: "public",
    query: nothing,
    contentTypes: ["text/calendar"],
    call: async ({ param, signal }) => {
      const token = param("token");
      const feed = isApiKey(token) ? await findFeed(sql, hashApiKey(token)) : undefined;
      if (feed === undefined)
        throw new AppError("not_found", "cannot find the calendar: there is none of that address");
      const request = { of: { $case: feed.kind, value: feed.name } };
      const { contentType, body, etag, cacheControl } = await oncall.call("getCalendar", request, {
        tenant: feed.tenant,
        signal,
      });
      return { contentType, content: body, caching: { etag, cacheControl } };
    },
  });
}
