import { createApiKey } from "@sightline/auth/api-key";
import { AppError, invalid } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import { isUuid, uuid7 } from "@sightline/model/uuid7";
import {
  deleteSource,
  insertSource,
  type ListedSource,
  listSources,
  renewSource,
  type SourceStore,
  updateSource,
} from "@sightline/postgres/inbound-sources";
import type { Sql } from "@sightline/postgres/pool";
import { z } from "zod";
import { INBOUND_KIND_NAMES, INBOUND_KINDS, inboundKindOf } from "../inbound/kinds.ts";
import { tellOf } from "../inbound/receive.ts";
import { type Settings, settings } from "../inbound/settings.ts";
import { DROP_REASONS } from "../inbound/told.ts";
import { labels, moment, momentOrNull, severityName } from "../json/scalars.ts";
import { type Route, readRoute, writeRoute } from "./route.ts";

const nothing = z.strictObject({});
const tag = "inbound sources";
const MAX_SOURCES = 500;

const kind = z.enum(INBOUND_KIND_NAMES);
const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ._:/-]{0,99}$/, "want 1 to 100 letters, digits and . _ : / - between them");
const secret = z
  .string()
  .max(512)
  .regex(/^[\x20-\x7e]*$/, "want printable ASCII")
  .describe("With what the sender signs, or the key that it sends; empty: its address is enough. Never shown again");

const sourceForm = z.object({
  sourceId: z.string(),
  name: z.string(),
  kind: z.string(),
  settings: z.unknown(),
  hasSecret: z.boolean(),
  prefix: z.string(),
  created: moment,
  createdBy: z.string(),
  lastReceived: momentOrNull,
  lastProblem: z.string().describe("What was wrong with what it sent last; empty for nothing"),
});

const addressForm = z.object({ sourceId: z.string(), path: z.string(), prefix: z.string() });

const status = z.enum(["firing", "resolved"]);
const toldForm = z.object({
  deliveryId: z.string().nullable(),
  alerts: z.array(
    z.object({ status, labels, annotations: labels, startsAt: momentOrNull, endsAt: momentOrNull, link: z.string() }),
  ),
  events: z.array(
    z.object({
      eventType: z.string(),
      severity: severityName,
      category: z.string(),
      target: z.string(),
      title: z.string(),
      description: z.string(),
      details: z.record(z.string(), z.unknown()),
      time: momentOrNull,
    }),
  ),
  dropped: z.array(z.object({ reason: z.enum(DROP_REASONS), what: z.string(), count: z.number() })),
});

export interface InboundSourceRouteOptions extends SourceStore {
  readonly clock: Clock;
}

/** Who may send alerts and events in a format of its own: each has an address, whose token only the answer that makes it shows. */
export function inboundSourceRoutes(options: InboundSourceRouteOptions): Route[] {
  return [...readingRoutes(options), ...changingRoutes(options), tokenRoute(options), tryRoute(options)];
}

function readingRoutes({ sql }: InboundSourceRouteOptions): Route[] {
  return [
    readRoute({
      method: "get",
      path: "/v1/inbound-sources",
      operation: "listInboundSources",
      summary: "List who may send alerts and events in a format of its own",
      tag,
      access: "query",
      query: nothing,
      answer: z.object({ sources: z.array(sourceForm) }),
      call: async ({ caller }) => ({ sources: (await listSources(sql, caller.tenant)).map(sourceToJson) }),
    }),
    readRoute({
      method: "get",
      path: "/v1/inbound-sources/:id",
      operation: "getInboundSource",
      summary: "Read an inbound source",
      tag,
      access: "query",
      query: nothing,
      answer: sourceForm,
      call: async ({ param, caller }) => sourceToJson(await theSource(sql, caller.tenant, param("id"))),
    }),
    readRoute({
      method: "delete",
      path: "/v1/inbound-sources/:id",
      operation: "deleteInboundSource",
      summary: "Delete an inbound source: its address is nobody's from then on",
      tag,
      access: "edit",
      query: nothing,
      answer: nothing,
      call: async ({ param, caller }) => {
        const { sourceId } = await theSource(sql, caller.tenant, param("id"));
        await deleteSource(sql, { tenant: caller.tenant, sourceId });
        return {};
      },
    }),
  ];
}

function changingRoutes({ sql, seal, clock }: InboundSourceRouteOptions): Route[] {
  return [
    writeRoute({
      method: "post",
      path: "/v1/inbound-sources",
      operation: "createInboundSource",
      summary: "Create an inbound source; only this answer ever shows its address",
      tag,
      access: "edit",
      query: nothing,
      body: z.strictObject({ name, kind, secret: secret.default(""), settings: settings.prefault({}) }),
      answer: addressForm,
      call: async ({ body, caller }) => {
        wantFitting(body.kind, body.settings);
        wantSecret(body.kind, body.secret);
        const { key, prefix, hash } = createApiKey("inbound");
        const nowMs = clock();
        const sourceId = uuid7(nowMs);
        const made = { createdAt: new Date(nowMs), createdBy: caller.name };
        const source = { ...body, ...made, tenant: caller.tenant, sourceId, prefix, tokenHash: hash };
        if (!(await insertSource({ sql, seal }, source, MAX_SOURCES).catch(rethrowTaken(body.name)))) {
          const message = `cannot create an inbound source: got ${MAX_SOURCES} already, want fewer`;
          throw new AppError("resource_exhausted", message);
        }
        return { sourceId, path: addressOf(body.kind, key), prefix };
      },
    }),
    writeRoute({
      method: "put",
      path: "/v1/inbound-sources/:id",
      operation: "putInboundSource",
      summary: "Change an inbound source; without a secret it keeps the one that it has",
      tag,
      access: "edit",
      query: nothing,
      body: z.strictObject({ name, secret: secret.optional(), settings }),
      answer: sourceForm,
      call: async ({ param, body, caller: { tenant } }) => {
        const { sourceId, kind: known } = await theSource(sql, tenant, param("id"));
        wantFitting(known, body.settings);
        if (body.secret !== undefined) wantSecret(known, body.secret);
        const changed = { tenant, sourceId, ...body, secret: body.secret };
        await updateSource({ sql, seal }, changed).catch(rethrowTaken(body.name));
        return sourceToJson(await theSource(sql, tenant, sourceId));
      },
    }),
  ];
}

function tokenRoute({ sql }: InboundSourceRouteOptions): Route {
  return readRoute({
    method: "post",
    path: "/v1/inbound-sources/:id/token",
    operation: "renewInboundSource",
    summary: "Give an inbound source another address; only this answer ever shows it, and the one before is nobody's",
    tag,
    access: "edit",
    query: nothing,
    answer: addressForm,
    call: async ({ param, caller: { tenant } }) => {
      const { sourceId, kind: known } = await theSource(sql, tenant, param("id"));
      const { key, prefix, hash } = createApiKey("inbound");
      if (!(await renewSource(sql, { tenant, sourceId }, { prefix, tokenHash: hash }))) throw noSource(sourceId);
      return { sourceId, path: addressOf(known, key), prefix };
    },
  });
}

function tryRoute({ clock }: InboundSourceRouteOptions): Route {
  return writeRoute({
    method: "post",
    path: "/v1/inbound-sources/try",
    operation: "tryInboundSource",
    summary: "Say what a payload would become; nothing is kept and nobody told",
    tag,
    access: "query",
    query: nothing,
    body: z.strictObject({
      kind,
      name: name.default("try"),
      settings: settings.prefault({}),
      headers: z.record(z.string(), z.string()).default({}).describe("Such as X-GitHub-Event"),
      payload: z.unknown(),
    }),
    answer: toldForm,
    call: async ({ body }) => {
      wantFitting(body.kind, body.settings);
      const headers = new Map(Object.entries(body.headers).map(([each, value]) => [each.toLowerCase(), value]));
      const request = {
        header: (each: string) => headers.get(each.toLowerCase()),
        body: Buffer.from(JSON.stringify(body.payload ?? null)),
      };
      return toldToJson(tellOf({ ...body, speaks: INBOUND_KINDS[body.kind] }, request, clock()));
    },
  });
}

/** What only some kinds have, and need. */
function wantFitting(of: string, { mapping, issueLabels }: Settings): void {
  if (of === "generic" && mapping === undefined) {
    throw invalid("cannot use the settings: mapping: got none, want one for the kind generic");
  }
  if (of !== "generic" && mapping !== undefined) {
    throw invalid(`cannot use the settings: mapping: got one for the kind ${of}, want one only for generic`);
  }
  if (of !== "github" && issueLabels.length > 0) {
    throw invalid(`cannot use the settings: issueLabels: got some for the kind ${of}, want them only for github`);
  }
}

function wantSecret(of: string, given: string): void {
  if (given !== "" || inboundKindOf(of)?.isAlwaysSigned !== true) return;
  throw invalid(`cannot use the source: secret: got none, want the one by which ${of} signs`);
}

function addressOf(of: string, key: string): string {
  return `/v1/inbound/${of}/${key}`;
}

async function theSource(sql: Sql, tenant: string, sourceId: string): Promise<ListedSource> {
  const [source] = isUuid(sourceId) ? await listSources(sql, tenant, sourceId) : [];
  if (source !== undefined) return source;
  throw noSource(sourceId);
}

function noSource(sourceId: string): AppError {
  return new AppError("not_found", `cannot find the inbound source ${JSON.stringify(sourceId.slice(0, 64))}`);
}

function rethrowTaken(wanted: string): (thrown: unknown) => never {
  return (thrown) => {
    const error = AppError.from(thrown);
    if (error.code !== "already_exists") throw error;
    throw new AppError("already_exists", `cannot use the name ${wanted}: another inbound source has it`);
  };
}

function sourceToJson({ createdAt, lastReceivedAt, ...source }: ListedSource): z.input<typeof sourceForm> {
  return { ...source, created: createdAt.toISOString(), lastReceived: lastReceivedAt?.toISOString() ?? null };
}

function toldToJson({ deliveryId, alerts, events, dropped }: ReturnType<typeof tellOf>): z.input<typeof toldForm> {
  const time = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());
  return {
    deliveryId: deliveryId ?? null,
    alerts: alerts.map(({ startsAtMs, endsAtMs, link, ...alert }) => ({
      ...alert,
      startsAt: time(startsAtMs),
      endsAt: time(endsAtMs),
      link: link ?? "",
    })),
    events: events.map(({ key: _, timeMs, traceId: __, description, ...event }) => ({
      ...event,
      description: description ?? "",
      time: time(timeMs),
    })),
    dropped: dropped.map((one) => ({ ...one, count: one.count ?? 1 })),
  };
}
