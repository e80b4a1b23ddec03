import { z } from "zod";
import { mapping } from "./generic/mapping.ts";

const labels = z.record(z.string().min(1).max(128), z.string().max(1024));

/** What people decide about a source. */
export const settings = z.strictObject({
  /** Labels that its alerts get where they do not have them. */
  labels: labels.refine((all) => Object.keys(all).length <= 32, "want at most 32 labels").default({}),
  /** How long an alert fires of which nothing more is heard. */
  alertsLastSeconds: z
    .int()
    .min(60)
    .max(365 * 86_400)
    .default(3 * 86_400),
  /** Of GitHub's issues, those with one of these labels are alerts. */
  issueLabels: z.array(z.string().min(1).max(128)).max(32).default([]),
  /** What a generic source's JSON means. */
  mapping: mapping.optional(),
});
export type Settings = z.infer<typeof settings>;
