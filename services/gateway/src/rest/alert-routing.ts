import { z } from "zod";
import type { Clients } from "../clients.ts";
import {
  matchForm,
  matchToJson,
  routeTreeForm,
  routeTreeToJson,
  testedForm,
  testedToJson,
} from "../json/alert-routing.ts";
import { labels, momentOfMs, momentOrNull } from "../json/scalars.ts";
import { type Route, readRoute, writeRoute } from "./route.ts";

const nothing = z.strictObject({});
const maxSourceChars = 1024 * 1024;
const maxFileChars = 64 * 1024;
const deadlineMs = 30_000;
/** Longer than all of a receiver's integrations may take together. */
const testDeadlineMs = 60_000;

const draft = z.strictObject({
  source: z.string().max(maxSourceChars).describe("alertmanager.yml"),
  templates: z
    .record(z.string().min(1).max(255), z.string().max(maxSourceChars))
    .default({})
    .describe("The files that it names as templates: name to text"),
  files: z
    .record(z.string().min(1).max(4096), z.string().max(maxFileChars))
    .optional()
    .describe(
      "The other files that it names, such as `api_key_file`: path to text, as written there. Left out: those in force",
    ),
});
type Draft = z.infer<typeof draft>;

/** As the alerter takes it. */
function draftMessage({ source, templates, files }: Draft) {
  return { source, templates, files: files && { texts: files } };
}

const putDraft = draft.extend({
  source: draft.shape.source.describe(
    "alertmanager.yml. Where a secret is `<secret>`, or the password of a URL `xxxxx`, it is the one in the configuration in force",
  ),
  templates: draft.shape.templates
    .unwrap()
    .optional()
    .describe("The files that it names. Left out: they stay as they are"),
  expectedVersion: z
    .number()
    .int()
    .min(0)
    .optional()
    .describe(
      "The version that is changed, 0 while nobody has put one: where another one is in force it is refused with 409",
    ),
  onlyCheck: z.boolean().default(false).describe("Say what is wrong with it, change nothing"),
});

const optionalDraft = draft.optional().describe("Default: the configuration in force");

const matchQuestion = z.strictObject({
  labels: z.array(labels).min(1).max(100).describe("Of each alert that is asked about"),
  draft: optionalDraft,
});

const receiverTest = z
  .strictObject({
    draft: optionalDraft,
    labels: labels.default({}).describe("Of the alert that is told of, over those that say that it is a test"),
    annotations: labels.default({}),
    resolved: z.boolean().default(false).describe("Tells that the test before is over, to whom that is told"),
  })
  .prefault({});

/** Whom alerts are told to: the tenant's alertmanager.yml, what it does with an alert, and whether its receivers can be reached. */
export function alertRoutingRoutes(alertmanager: Clients["alertmanager"]): Route[] {
  return [...configurationRoutes(alertmanager), ...treeRoutes(alertmanager)];
}

function configurationRoutes(alertmanager: Clients["alertmanager"]): Route[] {
  return [
    readRoute({
      method: "get",
      path: "/v1/alert-routing",
      operation: "getAlertRouting",
      summary: "Read the configuration of routes and receivers as it was put, secrets hidden",
      tag: "alerts",
      access: "query",
      query: nothing,
      answer: z.object({
        version: z.number().describe("0 while nobody has put one"),
        source: z.string().describe("With `<secret>` in place of secrets, and `xxxxx` of the passwords of URLs"),
        templates: z.record(z.string(), z.string()).describe("The files that it names: name to text"),
        files: z
          .array(z.string())
          .describe("The paths of the other files that are kept with it; their texts are secrets"),
        author: z.string(),
        created: momentOrNull,
      }),
      call: async ({ caller, signal }) => {
        const found = await alertmanager.call("getConfiguration", {}, { tenant: caller.tenant, signal });
        const { version, source, templates, files, author, createdAtUnixMs } = found;
        return { version: Number(version), source, templates, files, author, created: momentOfMs(createdAtUnixMs) };
      },
    }),
    writeRoute({
      method: "put",
      path: "/v1/alert-routing",
      operation: "putAlertRouting",
      summary: "Check a configuration of routes and receivers, and put it in force",
      tag: "alerts",
      access: "edit",
      query: nothing,
      body: putDraft,
      answer: z.object({ version: z.number(), receivers: z.array(z.string()) }),
      call: async ({ body, caller, signal }) => {
        const { templates, expectedVersion, onlyCheck } = body;
        const request = {
          ...draftMessage({ ...body, templates: templates ?? {} }),
          ...{ keepTemplates: templates === undefined, onlyCheck },
          ...{
            author: caller.name,
            expectedVersion: expectedVersion === undefined ? undefined : BigInt(expectedVersion),
          },
        };
        const put = await alertmanager.call("putConfiguration", request, { tenant: caller.tenant, signal });
        return { version: Number(put.version), receivers: put.receivers };
      },
    }),
  ];
}

function treeRoutes(alertmanager: Clients["alertmanager"]): Route[] {
  return [
    readRoute({
      method: "get",
      path: "/v1/alert-routing/tree",
      operation: "getRouteTree",
      summary: "Read the tree of routes of the configuration in force",
      tag: "alerts",
      access: "query",
      query: nothing,
      answer: routeTreeForm,
      call: async ({ caller, signal }) => {
        const options = { tenant: caller.tenant, signal, deadlineMs };
        return routeTreeToJson(await alertmanager.call("getRouteTree", { draft: undefined }, options));
      },
    }),
    writeRoute({
      method: "post",
      path: "/v1/alert-routing/tree",
      operation: "previewRouteTree",
      summary: "Read the tree of routes of a configuration that is not in force",
      tag: "alerts",
      access: "query",
      query: nothing,
      body: z.strictObject({ draft }),
      answer: routeTreeForm,
      call: async ({ body, caller, signal }) => {
        const request = { draft: draftMessage(body.draft) };
        const options = { tenant: caller.tenant, signal, deadlineMs };
        return routeTreeToJson(await alertmanager.call("getRouteTree", request, options));
      },
    }),
    writeRoute({
      method: "post",
      path: "/v1/alert-routing/match",
      operation: "previewRouting",
      summary: "Read what would become of alerts that were sent now: routes, receivers, and what hides them",
      tag: "alerts",
      access: "query",
      query: nothing,
      body: matchQuestion,
      answer: z.object({ alerts: z.array(matchForm).describe("In the order in which they were asked about") }),
      call: async ({ body, caller, signal }) => {
        const request = {
          alerts: body.labels.map((given) => ({ labels: given })),
          draft: body.draft && draftMessage(body.draft),
        };
        const options = { tenant: caller.tenant, signal, deadlineMs };
        const { alerts } = await alertmanager.call("previewRouting", request, options);
        return { alerts: alerts.map(matchToJson) };
      },
    }),
    writeRoute({
      method: "post",
      path: "/v1/alert-routing/receivers/:name/test",
      operation: "testReceiver",
      summary: "Tell each integration of a receiver that this is a test, and read what came of it",
      tag: "alerts",
      access: "edit",
      query: nothing,
      body: receiverTest,
      answer: z.object({ integrations: z.array(testedForm) }),
      call: async ({ param, body, caller, signal }) => {
        const request = {
          receiver: param("name"),
          userId: caller.name,
          ...body,
          draft: body.draft && draftMessage(body.draft),
        };
        const options = { tenant: caller.tenant, signal, deadlineMs: testDeadlineMs };
        const { integrations } = await alertmanager.call("testReceiver", request, options);
        return { integrations: integrations.map(testedToJson) };
      },
    }),
  ];
}
