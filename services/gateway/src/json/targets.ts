import { type Target, TargetHealth, TargetKind } from "@sightline/proto/sightline/collector/v1/target_service";
import { z } from "zod";
import { enumWords, labels, momentOf, momentOrNull, uint32 } from "./scalars.ts";

const kinds = enumWords(["http", "tcp", "scrape"], [TargetKind.HTTP, TargetKind.TCP, TargetKind.SCRAPE]);
const healths = enumWords(["unknown", "up", "down"], [TargetHealth.UNSPECIFIED, TargetHealth.UP, TargetHealth.DOWN]);

/** A target as it is sent; its name is in the path. */
export const targetInput = z.strictObject({
  kind: kinds.schema,
  address: z.string().min(1),
  intervalMs: uint32.default(0),
  timeoutMs: uint32.default(0),
  labels: labels.default({}),
});

export const targetForm = targetInput.extend({
  name: z.string(),
  kind: kinds.schema.or(z.literal("unspecified")),
  readOnly: z.boolean(),
  status: z.object({
    health: healths.schema,
    lastVisit: momentOrNull,
    lastDurationMs: z.number(),
    lastError: z.string(),
    since: momentOrNull,
  }),
});

export function targetFromJson(name: string, form: z.infer<typeof targetInput>): Target {
  return { ...form, name, kind: kinds.toNumber(form.kind), readOnly: false, status: undefined };
}

export function targetToJson(target: Target): z.infer<typeof targetForm> {
  const { kind, status, ...rest } = target;
  return {
    ...rest,
    kind: kinds.toWord(kind) ?? "unspecified",
    status: {
      health: healths.toWord(status?.health ?? TargetHealth.UNSPECIFIED) ?? "unknown",
      lastVisit: momentOf(status?.lastVisitUnixNano ?? 0n),
      lastDurationMs: status?.lastDurationMs ?? 0,
      lastError: status?.lastError ?? "",
      since: momentOf(status?.sinceUnixNano ?? 0n),
    },
  };
}
