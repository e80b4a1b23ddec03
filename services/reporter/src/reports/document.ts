import { type ExportReportResponse, ReportFormat } from "@sightline/proto/sightline/report/v1/report_service";
import type { HealthReport } from "../health/report.ts";
import { healthReportToHtml } from "../health/to-html.ts";

/** A report in one of its formats. */
export function documentOf(report: HealthReport, format: ReportFormat): ExportReportResponse {
  const name = `sightline-${report.kind}-${report.time_range.end.slice(0, 10)}-${report.report_id.slice(-8)}`;
  if (format === ReportFormat.HTML) {
    return {
      contentType: "text/html; charset=utf-8",
      fileName: `${name}.html`,
      content: Buffer.from(healthReportToHtml(report)),
    };
  }
  return {
    contentType: "application/json",
    fileName: `${name}.json`,
    content: Buffer.from(`${JSON.stringify(report, null, 2)}\n`),
  };
}
