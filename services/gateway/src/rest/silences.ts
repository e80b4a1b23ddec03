import { AppError, invalid } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import {
  PutSilenceRequest,
  type Silence,
  SilenceState,
} from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { z } from "zod";
import type { Clients } from "../clients.ts";
import { enumWords, momentInput, momentOfMs, momentOrNull, msOfMoment } from "../json/scalars.ts";
import { list } from "./parse.ts";
import { type Route, readRoute, writeRoute } from "./route.ts";

type Alertmanager = Clients["alertmanager"];

const nothing = z.strictObject({});
const tag = "alerts";
const states = enumWords(
  ["active", "pending", "expired"],
  [SilenceState.ACTIVE, SilenceState.PENDING, SilenceState.EXPIRED],
);

const matcher = z.strictObject({
  name: z.string().min(1),
  value: z.string(),
  isRegex: z.boolean().default(false),
  isEqual: z.boolean().default(true),
});

/** A silence as it is sent: nobody may hide alerts without saying until when and why. */
const silenceInput = z.strictObject({
  matchers: z.array(matcher).min(1).max(1000).describe("As Alertmanager's API has them; alerts have to fulfil all"),
  start: momentInput.optional().describe("Default: now; of one that has begun: when it began"),
  end: momentInput.optional(),
  forSeconds: z.int().min(1).optional().describe("In place of end: for how long from its start"),
  reason: z
    .string()
    .max(8192)
    .refine((text) => text.trim() !== "", "want why"),
});

const silenceForm = z.object({
  silenceId: z.string(),
  state: states.schema,
  matchers: z.array(matcher),
  start: momentOrNull,
  end: momentOrNull,
  updated: momentOrNull,
  author: z.string(),
  reason: z.string(),
});
const silenceAnswer = z.object({ silence: silenceForm });

/** Silences as people make them; Alertmanager's API has the same ones. */
export function silenceRoutes(alertmanager: Alertmanager, clock: Clock): Route[] {
  return [...readingRoutes(alertmanager), ...changingRoutes(alertmanager, clock)];
}

function readingRoutes(alertmanager: Alertmanager): Route[] {
  return [
    readRoute({
      method: "get",
      path: "/v1/silences",
      operation: "listSilences",
      summary: "List silences: active ones first, then those to come, then those that are over",
      tag,
      access: "query",
      query: z.strictObject({
        state: list.pipe(z.array(states.schema)),
        filter: list.describe('Matchers that the silence has, as in alertmanager.yml: team="a"'),
      }),
      answer: z.object({ silences: z.array(silenceForm) }),
      call: async ({ query, caller, signal }) => {
        const request = { matchers: query.filter, states: query.state.map((one) => states.toNumber(one)) };
        const { silences } = await alertmanager.call("listSilences", request, { tenant: caller.tenant, signal });
        return { silences: silences.map(silenceToJson) };
      },
    }),
    readRoute({
      method: "get",
      path: "/v1/silences/:id",
      operation: "getSilence",
      summary: "Read a silence",
      tag,
      access: "query",
      query: nothing,
      answer: silenceAnswer,
      call: ({ param, caller, signal }) => read(alertmanager, param("id"), { tenant: caller.tenant, signal }),
    }),
  ];
}

function changingRoutes(alertmanager: Alertmanager, clock: Clock): Route[] {
  const put = async (request: PutSilenceRequest, call: Call) => {
    const { silenceId } = await alertmanager.call("putSilence", request, call);
    return read(alertmanager, silenceId, call);
  };
  return [
    writeRoute({
      method: "post",
      path: "/v1/silences",
      operation: "createSilence",
      summary: "Silence alerts until a time",
      tag,
      access: "edit",
      query: nothing,
      body: silenceInput,
      answer: silenceAnswer,
      call: ({ body, caller, signal }) =>
        put(silenceRequestOf(body, { silenceId: "", createdBy: caller.name }, clock()), {
          tenant: caller.tenant,
          signal,
        }),
    }),
    writeRoute({
      method: "put",
      path: "/v1/silences/:id",
      operation: "editSilence",
      summary: "Change a silence: where that would change its past, it ends and another one takes its place",
      tag,
      access: "edit",
      query: nothing,
      body: silenceInput,
      answer: silenceAnswer,
      call: ({ param, body, caller, signal }) =>
        put(silenceRequestOf(body, { silenceId: param("id"), createdBy: caller.name }, clock()), {
          tenant: caller.tenant,
          signal,
        }),
    }),
    readRoute({
      method: "delete",
      path: "/v1/silences/:id",
      operation: "expireSilence",
      summary: "End a silence",
      tag,
      access: "edit",
      query: nothing,
      answer: silenceAnswer,
      call: async ({ param, caller, signal }) => {
        const call = { tenant: caller.tenant, signal };
        await alertmanager.call("expireSilence", { silenceId: param("id") }, call);
        return read(alertmanager, param("id"), call);
      },
    }),
  ];
}

interface Call {
  readonly tenant: string;
  readonly signal: AbortSignal;
}

async function read(alertmanager: Alertmanager, silenceId: string, call: Call) {
  const { silence } = await alertmanager.call("getSilence", { silenceId }, call);
  if (silence === undefined) throw new AppError("not_found", `cannot find silence ${silenceId.slice(0, 64)}`);
  return { silence: silenceToJson(silence) };
}

/**
 * What the alerter is asked for a silence that somebody sent. What was left out is for the alerter to say: it goes by another clock. The end of one
 * that lasts so long is said as well, for an alerter of the version before, which knows no other. Throws invalid_argument.
 */
export function silenceRequestOf(
  { matchers, start, end, forSeconds, reason }: z.output<typeof silenceInput>,
  whose: Pick<Silence, "silenceId" | "createdBy">,
  nowMs: number,
): PutSilenceRequest {
  if ((end === undefined) === (forSeconds === undefined)) {
    throw invalid("cannot set silence: want either end or forSeconds: none is for ever");
  }
  const startsAtUnixMs = start === undefined ? 0n : msOfMoment(start);
  const lastsMs = forSeconds === undefined ? undefined : BigInt(forSeconds) * 1000n;
  const endsAtUnixMs = end === undefined ? (startsAtUnixMs || BigInt(nowMs)) + (lastsMs ?? 0n) : msOfMoment(end);
  return PutSilenceRequest.fromPartial({
    silence: { ...whose, matchers, startsAtUnixMs, endsAtUnixMs, comment: reason },
    ...(lastsMs !== undefined && { lastsMs }),
  });
}

function silenceToJson(silence: Silence): z.infer<typeof silenceForm> {
  const { silenceId, matchers, createdBy, comment } = silence;
  return {
    silenceId,
    state: states.toWord(silence.state) ?? "expired",
    matchers: matchers.map(({ name, value, isRegex, isEqual }) => ({ name, value, isRegex, isEqual })),
    start: momentOfMs(silence.startsAtUnixMs),
    end: momentOfMs(silence.endsAtUnixMs),
    updated: momentOfMs(silence.updatedAtUnixMs),
    author: createdBy,
    reason: comment,
  };
}
