import { AppError } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { Escalation } from "@sightline/proto/sightline/alert/v1/escalation_service";
import { z } from "zod";
import type { Caller } from "../auth/caller.ts";
import type { Clients } from "../clients.ts";
import {
  escalationEventForm,
  escalationEventToJson,
  escalationForm,
  escalationStatuses,
  escalationToJson,
} from "../json/escalations.ts";
import { count, list } from "./parse.ts";
import { type Route, readRoute, writeRoute } from "./route.ts";
import { snoozeFields, snoozeTime } from "./snooze.ts";

type EscalationClient = Clients["escalations"];

const nothing = z.strictObject({});
const tag = "on-call";
const note = z.string().max(4096).default("");
const exact = z.string().default("");

/** What follows when somebody was told of a group of alerts, until somebody acknowledges it. */
export function escalationStateRoutes(escalations: EscalationClient, clock: Clock): Route[] {
  return [...readingRoutes(escalations), ...changingRoutes(escalations, clock)];
}

function readingRoutes(escalations: EscalationClient): Route[] {
  return [
    readRoute({
      method: "get",
      path: "/v1/escalations",
      operation: "listEscalations",
      summary: "List escalations, those that are open, the newest first",
      tag,
      access: "query",
      query: z.strictObject({
        status: list.pipe(z.array(escalationStatuses.schema)),
        policy: exact,
        receiver: exact,
        groupKey: exact,
        user: exact.describe("Who was told of it or has it"),
        withEnded: z.stringbool().default(false).describe("Those that are over, too"),
        limit: count,
        cursor: exact.describe("The answer's next, for the following page"),
      }),
      answer: z.object({ escalations: z.array(escalationForm), next: z.string() }),
      call: async ({ query, caller, signal }) => {
        const { status, ...rest } = query;
        const request = { ...rest, statuses: status.map((word) => escalationStatuses.toNumber(word)) };
        const found = await escalations.call("listEscalations", request, { tenant: caller.tenant, signal });
        return { escalations: found.escalations.map(escalationToJson), next: found.next };
      },
    }),
    readRoute({
      method: "get",
      path: "/v1/escalations/:id",
      operation: "getEscalation",
      summary: "Read an escalation with all that was decided and done about it, oldest first",
      tag,
      access: "query",
      query: nothing,
      answer: z.object({ escalation: escalationForm, timeline: z.array(escalationEventForm) }),
      call: async ({ param, caller, signal }) => {
        const request = { escalationId: param("id") };
        const found = await escalations.call("getEscalation", request, { tenant: caller.tenant, signal });
        return { ...answered(found), timeline: found.timeline.map(escalationEventToJson) };
      },
    }),
  ];
}

interface Verb<Body> {
  readonly verb: string;
  readonly summary: string;
  readonly body: z.ZodType<Body>;
  call(about: About, body: Body): Promise<Answer>;
}

interface Answer {
  readonly escalation: Escalation | undefined;
}

/** Which escalation, and who does something about it. */
interface About {
  readonly escalationId: string;
  readonly userId: string;
  readonly options: { readonly tenant: Caller["tenant"]; readonly signal: AbortSignal };
}

function changingRoutes(escalations: EscalationClient, clock: Clock): Route[] {
  const noted = z.strictObject({ note });
  return [
    route({
      verb: "acknowledge",
      summary: "Acknowledge an escalation and its group: no further step comes",
      body: noted,
      call: ({ options, ...about }, body) => escalations.call("acknowledgeEscalation", { ...about, ...body }, options),
    }),
    route({
      verb: "snooze",
      summary: "Snooze an escalation and its group; after that the steps begin again",
      body: noted.extend(snoozeFields),
      async call({ options, ...about }, { note: said, ...sent }) {
        const request = { ...about, note: said, ...snoozeTime(sent, clock()) };
        return escalations.call("snoozeEscalation", request, options);
      },
    }),
    route({
      verb: "reassign",
      summary: "Give an escalation to a user, who is told at once, or to another policy",
      body: z.strictObject({
        to: z.discriminatedUnion("kind", [
          z.strictObject({ kind: z.literal("user"), user: z.string().min(1) }),
          z.strictObject({ kind: z.literal("policy"), policy: z.string().min(1) }),
        ]),
        note,
      }),
      call({ options, ...about }, { to, note: said }) {
        const whom =
          to.kind === "user"
            ? ({ $case: "user", value: to.user } as const)
            : ({ $case: "policy", value: to.policy } as const);
        return escalations.call("reassignEscalation", { ...about, note: said, to: whom }, options);
      },
    }),
    route({
      verb: "resume",
      summary: "Let the steps of an escalation begin again",
      body: noted,
      call: ({ options, ...about }, body) => escalations.call("resumeEscalation", { ...about, ...body }, options),
    }),
    route({
      verb: "resolve",
      summary: "End an escalation for everybody who was told; another one begins when its group is told again",
      body: noted,
      call: ({ options, ...about }, body) => escalations.call("resolveEscalation", { ...about, ...body }, options),
    }),
  ];
}

function route<Body>({ verb, summary, body, call }: Verb<Body>): Route {
  return writeRoute({
    method: "post",
    path: `/v1/escalations/:id/${verb}`,
    operation: `${verb}Escalation`,
    summary,
    tag,
    access: "edit",
    query: nothing,
    body,
    answer: z.object({ escalation: escalationForm }),
    call: async ({ param, body: sent, caller, signal }) => {
      const options = { tenant: caller.tenant, signal };
      return answered(await call({ escalationId: param("id"), userId: caller.name, options }, sent));
    },
  });
}

function answered({ escalation }: Answer): { escalation: z.infer<typeof escalationForm> } {
  if (escalation === undefined) throw new AppError("internal", "cannot answer the escalation: alerter answered none");
  return { escalation: escalationToJson(escalation) };
}
