import { invalid } from "@sightline/errors/app-error";
import { type Clock, msOfNanos } from "@sightline/model/time";
import { z } from "zod";
import { maySeeTo } from "../auth/caller.ts";
import type { Clients } from "../clients.ts";
import {
  decisionForm,
  decisionToJson,
  pagingForm,
  pagingToJson,
  silencePreviewForm,
  silencePreviewToJson,
} from "../json/alert-explain.ts";
import { momentFromText, rangeFrom, rangeQuery, timeText } from "./parse.ts";
import { type Route, readRoute, writeRoute } from "./route.ts";

const nothing = z.strictObject({});
const deadlineMs = 30_000;
/** A page comes a little before or after the time that somebody remembers. */
const aroundMs = 10 * 60_000;

const pagingQuestion = z.strictObject({
  user: z.string().min(1).max(256),
  time: timeText.describe("About when: ten minutes before and after it are looked at"),
  ...rangeQuery,
});

const silenceDraft = z.strictObject({
  matchers: z
    .array(
      z.strictObject({
        name: z.string(),
        value: z.string(),
        isRegex: z.boolean().default(false),
        isEqual: z.boolean().default(true),
      }),
    )
    .min(1)
    .max(1000)
    .describe("As Alertmanager's API has them"),
  days: z.int().min(1).max(90).default(30),
});

/** Why somebody was told or not, and what nobody would have been told of. */
export function alertExplainRoutes(alertmanager: Clients["alertmanager"], clock: Clock): Route[] {
  return [
    readRoute({
      method: "get",
      path: "/v1/alerts/:id/explain",
      alsoAt: "/api/v1/alerts/:id/explain",
      operation: "explainAlert",
      summary: "Read why somebody was told of an alert, or was not",
      tag: "alerts",
      access: "query",
      query: z.strictObject({ ...rangeQuery }),
      answer: z.object({ decisions: z.array(decisionForm) }),
      call: async ({ param, query, caller, signal }) => {
        const id = param("id");
        const isFingerprint = /^[0-9a-f]{16}$/.test(id);
        const alert = isFingerprint
          ? { $case: "fingerprint" as const, value: id }
          : { $case: "alertId" as const, value: id };
        const { startUnixNano, endUnixNano } = rangeFrom(query, clock());
        const range = { startUnixMs: unixMs(startUnixNano), endUnixMs: unixMs(endUnixNano) };
        const options = { tenant: caller.tenant, signal, deadlineMs };
        const { decisions } = await alertmanager.call("explainAlert", { alert, ...range }, options);
        return { decisions: decisions.map(decisionToJson) };
      },
    }),
    writeRoute({
      method: "post",
      path: "/v1/explain",
      alsoAt: "/api/v1/explain",
      operation: "explainPaging",
      summary: "Read why a user was paged at a time, or was not",
      tag: "alerts",
      access: "query",
      query: nothing,
      body: pagingQuestion,
      answer: pagingForm,
      call: async ({ body, caller, signal }) => {
        const request = { user: body.user, ...timesOf(body, clock()) };
        const options = { tenant: caller.tenant, signal, deadlineMs };
        const found = await alertmanager.call("explainPaging", request, options);
        // Where people can be reached is not for everybody.
        const sentences = found.sentences.filter(({ kind }) => kind !== "contacts" || maySeeTo(caller, body.user));
        return pagingToJson({ ...found, sentences });
      },
    }),
    writeRoute({
      method: "post",
      path: "/v1/silences/preview",
      operation: "previewSilence",
      summary: "Read what a silence would have hidden of the last days",
      tag: "alerts",
      access: "query",
      query: nothing,
      body: silenceDraft,
      answer: silencePreviewForm,
      call: async ({ body, caller, signal }) =>
        silencePreviewToJson(
          await alertmanager.call("previewSilence", body, { tenant: caller.tenant, signal, deadlineMs }),
        ),
    }),
  ];
}

function timesOf({ time, start, end }: z.infer<typeof pagingQuestion>, nowMs: number) {
  if (time !== undefined && (start !== undefined || end !== undefined)) {
    throw invalid("cannot read the body: got time and a range, want either time, or start and end");
  }
  if (time !== undefined) {
    const atMs = msOfNanos(momentFromText("time", time, nowMs));
    return { startUnixMs: BigInt(atMs - aroundMs), endUnixMs: BigInt(atMs + aroundMs) };
  }
  const { startUnixNano, endUnixNano } = rangeFrom({ start, end }, nowMs);
  if (startUnixNano === 0n) throw invalid("cannot read the body: got no time, want time, or start and end");
  return { startUnixMs: unixMs(startUnixNano), endUnixMs: endUnixNano === 0n ? BigInt(nowMs) : unixMs(endUnixNano) };
}

function unixMs(unixNano: bigint): bigint {
  return unixNano / 1_000_000n;
}
