import { invalid } from "@sightline/errors/app-error";
import { parseJsonEvent } from "@sightline/events/parse-json";
import type { Clock } from "@sightline/model/time";
import { uuid7 } from "@sightline/model/uuid7";
import type { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { z } from "zod";
import type { RuleTrials } from "../clients.ts";
import { eventTrialForm, eventTrialToJson, ruleTestForm, ruleTestToJson } from "../json/rule-trials.ts";
import { labels } from "../json/scalars.ts";
import { type Route, writeRoute } from "./route.ts";

const nothing = z.strictObject({});
const tag = "rules";
const MAX_EVENTS = 1000;
/** Each receiver is told twice, and may take 20 s. */
const deadlineMs = 60_000;

/** Rules that are tried: nothing that is in force is changed by it. */
export function ruleTrialRoutes(trials: RuleTrials, clock: Clock): Route[] {
  return [
    writeRoute({
      method: "post",
      path: "/v1/rule-trials",
      operation: "tryEvents",
      summary:
        "Try events with the rules in force, or with those of a file: which count, and which alerts they make; nobody is told",
      tag,
      access: "query",
      query: nothing,
      body: z.strictObject({
        events: z.array(z.unknown()).min(1).max(MAX_EVENTS).describe("As they are sent to ingest"),
        source: z.string().optional().describe("A rule file as YAML. Default: the files in force"),
        files: z.array(z.string()).default([]).describe("Of those in force only these"),
        rules: z.array(z.string()).default([]).describe("Only rules of these names"),
      }),
      answer: eventTrialForm,
      call: async ({ body, caller, signal }) => {
        const events = readEvents(body.events, clock);
        const options = { tenant: caller.tenant, signal, deadlineMs };
        return eventTrialToJson(await trials.call("tryEvents", { ...body, events, source: body.source }, options));
      },
    }),
    writeRoute({
      method: "post",
      path: "/v1/rule-tests",
      operation: "testRule",
      summary:
        "Say who would be told of an alert of a rule; with send they are told that it is a test, and at once that it is over",
      tag,
      access: "edit",
      query: nothing,
      body: z.strictObject({
        rule: z.string().min(1).max(1024).describe("Its name"),
        file: z.string().default("").describe("Where several files have a rule of the name"),
        group: z.string().default(""),
        labels: labels.default({}).describe("Of the series or the events that the alert would be about"),
        send: z.boolean().default(false).describe("Whether they are told"),
      }),
      answer: ruleTestForm,
      call: async ({ body, caller, signal }) => {
        const options = { tenant: caller.tenant, signal, deadlineMs };
        return ruleTestToJson(await trials.call("testRule", { ...body, userId: caller.name }, options));
      },
    }),
  ];
}

/** As ingest would take them. Throws invalid_argument, naming the first that it would not. */
function readEvents(given: readonly unknown[], clock: Clock): SystemEvent[] {
  const received = { receivedUnixNano: BigInt(Math.round(clock())) * 1_000_000n, newId: () => uuid7(clock()) };
  return given.map((value, place) => {
    const read = parseJsonEvent(value, received);
    if ("reason" in read) throw invalid(`cannot try events: event ${place}: ${read.reason}`);
    return read.event;
  });
}
