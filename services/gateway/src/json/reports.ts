import { type Report, ReportFormat, ReportKind } from "@sightline/proto/sightline/report/v1/report_service";
import { z } from "zod";
import { enumWords, momentOf, momentOrNull } from "./scalars.ts";

export const reportKinds = enumWords(
  ["health", "security", "operational", "compliance", "comprehensive"],
  [ReportKind.HEALTH, ReportKind.SECURITY, ReportKind.OPERATIONAL, ReportKind.COMPLIANCE, ReportKind.COMPREHENSIVE],
);
export const reportFormats = enumWords(["json", "html"], [ReportFormat.JSON, ReportFormat.HTML]);

export const reportForm = z.object({
  reportId: z.string(),
  kind: reportKinds.schema,
  title: z.string(),
  start: momentOrNull,
  end: momentOrNull,
  created: momentOrNull,
  /** Of health and comprehensive reports; null in others. */
  fleetHealthScore: z.number().nullable(),
  healthySystems: z.number().nullable(),
  totalSystems: z.number().nullable(),
  /** What it comes to, in one line; "" in health reports. */
  headline: z.string(),
});

export function reportToJson(report: Report): z.infer<typeof reportForm> {
  const { kind, startUnixNano, endUnixNano, createdUnixNano, fleetHealthScore, healthySystems, totalSystems, ...rest } =
    report;
  const tellsHealth = kind !== ReportKind.SECURITY && kind !== ReportKind.OPERATIONAL && kind !== ReportKind.COMPLIANCE;
  return {
    ...rest,
    ...(tellsHealth
      ? { fleetHealthScore, healthySystems, totalSystems }
      : { fleetHealthScore: null, healthySystems: null, totalSystems: null }),
    kind: reportKinds.toWord(kind) ?? "health",
    start: momentOf(startUnixNano),
    end: momentOf(endUnixNano),
    created: momentOf(createdUnixNano),
  };
}
