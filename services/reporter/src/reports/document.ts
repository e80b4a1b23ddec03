import { invalid } from "@sightline/errors/app-error";
import { type ExportReportResponse, ReportFormat } from "@sightline/proto/sightline/report/v1/report_service";
import type { KeptReport } from "./store.ts";

/** A report in one of its formats; JSON when none is named. Throws `invalid_argument` for a format that is not known. */
export function documentOf({ kind, document }: KeptReport, format: ReportFormat): ExportReportResponse {
  const name = `sightline-${kind.word}-${document.time_range.end.slice(0, 10)}-${document.report_id.slice(-8)}`;
  switch (format) {
    case ReportFormat.HTML:
      return {
        contentType: "text/html; charset=utf-8",
        fileName: `${name}.html`,
        content: Buffer.from(kind.toHtml(document)),
      };
    case ReportFormat.UNSPECIFIED:
    case ReportFormat.JSON:
      return {
        contentType: "application/json",
        fileName: `${name}.json`,
        content: Buffer.from(`${JSON.stringify(document, null, 2)}\n`),
      };
    default:
      throw invalid(`cannot export a report: got format ${format}, want REPORT_FORMAT_JSON or REPORT_FORMAT_HTML`);
  }
}
