import { invalid } from "@sightline/errors/app-error";
import { type ExportReportResponse, ReportFormat } from "@sightline/proto/sightline/report/v1/report_service";
import type { HealthReport } from "../health/report.ts";
import { healthReportToHtml } from "../health/to-html.ts";

/** A report in one of its formats; JSON when none is named. Throws `invalid_argument` for a format that is not known. */
export function documentOf(report: HealthReport, format: ReportFormat): ExportReportResponse {
  const name = `sightline-${report.kind}-${report.time_range.end.slice(0, 10)}-${report.report_id.slice(-8)}`;
  switch (format) {
    case ReportFormat.HTML:
      return {
        contentType: "text/html; charset=utf-8",
        fileName: `${name}.html`,
        content: Buffer.from(healthReportToHtml(report)),
      };
    case ReportFormat.UNSPECIFIED:
    case ReportFormat.JSON:
      return {
        contentType: "application/json",
        fileName: `${name}.json`,
        content: Buffer.from(`${JSON.stringify(report, null, 2)}\n`),
      };
    default:
      throw invalid(`cannot export a report: got format ${format}, want REPORT_FORMAT_JSON or REPORT_FORMAT_HTML`);
  }
}
