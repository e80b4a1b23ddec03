import { queryOptions } from "@tanstack/react-query";
import * as z from "zod/mini";
import { rangeQuery, type TimeRange } from "../time/time-range.ts";
import { call, callText } from "./client.ts";
import { type Report, reportListSchema, reportSchema } from "./types.ts";

export const reportsKey = ["reports"] as const;

/** All reports, newest first. */
export const reportsQuery = queryOptions({
  queryKey: reportsKey,
  queryFn: async ({ signal }) => (await call(reportListSchema, "/v1/reports", { signal })).reports,
});

const madeSchema = z.object({ report: reportSchema });

/** The kinds of reports that can be made, by what people call them. */
export const reportKinds = [
  { value: "health", label: "Health" },
  { value: "security", label: "Security" },
  { value: "operational", label: "Operations" },
  { value: "compliance", label: "Compliance" },
  { value: "comprehensive", label: "Everything" },
] as const;
export type ReportKind = (typeof reportKinds)[number]["value"];

/** Makes a report of a range. */
export async function makeReport(kind: ReportKind, range: TimeRange): Promise<Report> {
  const body = { kind, ...rangeQuery(range) };
  return (await call(madeSchema, "/v1/reports", { method: "POST", body, timeoutMs: 90_000 })).report;
}

/** The address of a report's document. */
export function reportPath(reportId: string, format: "html" | "json"): string {
  return `/v1/reports/${encodeURIComponent(reportId)}?format=${format}`;
}

/** A report as one self-contained HTML document. */
export function reportHtmlQuery(reportId: string) {
  return queryOptions({
    queryKey: [...reportsKey, "html", reportId],
    queryFn: ({ signal }) => callText(reportPath(reportId, "html"), { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
