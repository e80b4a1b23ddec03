import { AppError } from "@sightline/errors/app-error";
import { Silence, SilenceState } from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { z } from "zod";
import { alerterCall, type Endpoint, timeText } from "./endpoint.ts";
import { flagOf, readBody, time } from "./parameters.ts";
import { withSetBy } from "./set-by.ts";

const postedSilence = z.object({
  id: z.string().max(64).nullish(),
  matchers: z
    .array(
      z.object({
        name: z.string(),
        value: z.string(),
        isRegex: z.boolean(),
        isEqual: z.boolean().nullish(),
      }),
    )
    .min(1)
    .max(1000),
  startsAt: time,
  endsAt: time,
  createdBy: z.string().max(1024),
  comment: z.string().max(8192),
  annotations: z.record(z.string(), z.string()).nullish(),
});

const STATE_NAMES = [
  ["active", SilenceState.ACTIVE],
  ["pending", SilenceState.PENDING],
  ["expired", SilenceState.EXPIRED],
] as const;

/** What `amtool silence` and Grafana speak (api/v2/openapi.yaml). */
export const silenceEndpoints: readonly Endpoint[] = [
  {
    method: "get",
    path: "/silences",
    access: "query",
    answer: async (request, { alertmanager }) => {
      const states = STATE_NAMES.filter(([name]) => flagOf(request.parameters, name)).map(([, state]) => state);
      if (states.length === 0) return [];
      const asked = { matchers: [...request.parameters.all("filter")], states };
      const { silences } = await alertmanager.call("listSilences", asked, alerterCall(request));
      return silences.map(silenceJson);
    },
  },
  {
    method: "post",
    path: "/silences",
    access: "edit",
    answer: async (request, { alertmanager }) => {
      const { id, matchers, startsAt, endsAt, createdBy, comment, annotations } = readBody(postedSilence, request.body);
      const silence = Silence.fromPartial({
        silenceId: id ?? "",
        matchers: matchers.map(({ isEqual, ...matcher }) => ({ ...matcher, isEqual: isEqual ?? true })),
        startsAtUnixMs: startsAt,
        endsAtUnixMs: endsAt,
        createdBy,
        comment,
        annotations: withSetBy(annotations ?? {}, createdBy, request.caller.name),
      });
      const { silenceId } = await alertmanager.call("putSilence", { silence }, alerterCall(request));
      return { silenceID: silenceId };
    },
  },
  {
    method: "get",
    path: "/silence/:id",
    access: "query",
    answer: async (request, { alertmanager }) => {
      const silenceId = request.pathPart("id");
      const { silence } = await alertmanager.call("getSilence", { silenceId }, alerterCall(request));
      if (silence === undefined) throw new AppError("not_found", `cannot find silence ${silenceId.slice(0, 64)}`);
      return silenceJson(silence);
    },
  },
  {
    method: "delete",
    path: "/silence/:id",
    access: "edit",
    answer: async (request, { alertmanager }) => {
      await alertmanager.call("expireSilence", { silenceId: request.pathPart("id") }, alerterCall(request));
    },
  },
];

function silenceJson(silence: Silence): object {
  const [state = "expired"] = STATE_NAMES.find(([, number]) => number === silence.state) ?? [];
  return {
    id: silence.silenceId,
    status: { state },
    updatedAt: timeText(silence.updatedAtUnixMs),
    comment: silence.comment,
    createdBy: silence.createdBy,
    endsAt: timeText(silence.endsAtUnixMs),
    matchers: silence.matchers.map(({ name, value, isRegex, isEqual }) => ({ isEqual, isRegex, name, value })),
    startsAt: timeText(silence.startsAtUnixMs),
    annotations: silence.annotations,
  };
}
