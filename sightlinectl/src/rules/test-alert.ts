import { AppError } from "@sightline/errors/app-error";
import { formatLabels, labelsOf } from "@sightline/query/promql/labels";
import { z } from "zod";
import type { Context } from "../context.ts";
import { createGatewayClient } from "../gateway-client.ts";
import { counted } from "../print/table.ts";
import { UsageError } from "../usage-error.ts";

export interface TestAlertOptions {
  readonly file: string;
  readonly group: string;
  /** Such as `host=web-1`. */
  readonly labels: readonly string[];
  /** Whether they are told, and not only named. */
  readonly send: boolean;
}

const integrations = z.array(z.string());
const answerForm = z.looseObject({
  labels: z.record(z.string(), z.string()),
  routing: z
    .looseObject({ sentence: z.string(), routes: z.array(z.looseObject({ receiver: z.string(), integrations })) })
    .nullable(),
  recipients: z.array(z.object({ recipient: z.string(), receiver: z.string(), integrations })),
  channels: z.array(z.string()),
  told: z.array(
    z.looseObject({
      receiver: z.string(),
      resolved: z.boolean(),
      integrations: z.array(
        z.looseObject({ integration: z.string(), delivered: z.boolean(), outcome: z.string(), sentence: z.string() }),
      ),
      problem: z.string(),
    }),
  ),
});
type Answer = z.infer<typeof answerForm>;

/** `sightlinectl rules test-alert`: who is told of an alert of a rule. Throws AppError when one of them did not take the test. */
export async function testAlert(
  { settings, out, signal }: Context,
  rule: string,
  { file, group, labels, send }: TestAlertOptions,
): Promise<void> {
  const body = { rule, file, group, labels: Object.fromEntries(labels.map(readLabel)), send };
  const answer = await createGatewayClient(settings(), signal).post("/v1/rule-tests", body, answerForm);
  out.value(answer, linesOf(answer));
  if (!send) out.note("nobody was told: --send tells them");
  const failed = answer.told.filter(({ problem, integrations: tested }) => problem !== "" || tested.some(isFailure));
  if (failed.length > 0) {
    throw new AppError("failed_precondition", `${counted(failed.length, "notification")} not delivered`);
  }
}

/** An escalation is left out: a test calls nobody who is on call. */
function isFailure({ integration, delivered }: Answer["told"][number]["integrations"][number]): boolean {
  return !delivered && !integration.startsWith("escalation[");
}

function readLabel(text: string): readonly [string, string] {
  const at = text.indexOf("=");
  if (at < 1) throw new UsageError(`cannot read --label: got ${text}, want a name and a value such as host=web-1`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function linesOf({ labels, routing, recipients, channels, told }: Answer): readonly string[] {
  const ways = (receiver: string, names: readonly string[]) => `${receiver} (${names.join(", ") || "tells nobody"})`;
  return [
    formatLabels(labelsOf(Object.entries(labels))),
    ...(routing?.routes.map((route) => `route: ${ways(route.receiver, route.integrations)}`) ?? []),
    ...recipients.map(({ recipient, receiver, integrations: names }) =>
      receiver === ""
        ? `recipient ${recipient}: nobody can tell them`
        : `recipient ${recipient}: ${ways(receiver, names)}`,
    ),
    ...channels.map((channel) => `channel: ${channel}`),
    ...(routing === null ? [] : [routing.sentence]),
    ...told.flatMap(({ receiver, resolved, integrations: tested, problem }) => {
      const about = `${receiver}${resolved ? ", that it is over" : ""}`;
      return problem === "" ? tested.map(({ sentence }) => `${about}: ${sentence}`) : [`${about}: ${problem}`];
    }),
  ];
}
