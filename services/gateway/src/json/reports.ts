import { type Report, ReportFormat, ReportKind } from "@sightline/proto/sightline/report/v1/report_service";
import { z } from "zod";
import { enumWords, momentOf, momentOrNull } from "./scalars.ts";

export const reportKinds = enumWords(["health"], [ReportKind.HEALTH]);
export const reportFormats = enumWords(["json", "html"], [ReportFormat.JSON, ReportFormat.HTML]);

export const reportForm = z.object({
  reportId: z.string(),
  kind: reportKinds.schema,
  title: z.string(),
  start: momentOrNull,
  end: momentOrNull,
  created: momentOrNull,
  fleetHealthScore: z.number(),
  healthySystems: z.number(),
  totalSystems: z.number(),
});

export function reportToJson(report: Report): z.infer<typeof reportForm> {
  const { kind, startUnixNano, endUnixNano, createdUnixNano, ...rest } = report;
  return {
    ...rest,
    kind: reportKinds.toWord(kind) ?? "health",
    start: momentOf(startUnixNano),
    end: momentOf(endUnixNano),
    created: momentOf(createdUnixNano),
  };
}
