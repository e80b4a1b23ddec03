import { AppError } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import { z } from "zod";
import type { Reporter } from "../clients.ts";
import { reportForm, reportFormats, reportKinds, reportToJson } from "../json/reports.ts";
import { count, rangeFrom, rangeQuery } from "./parse.ts";
import { documentRoute, type Route, readRoute, writeRoute } from "./route.ts";

/** A report may read a month of everything, a comprehensive one of all kinds. */
const generateDeadlineMs = { one: 60_000, all: 240_000 } as const;

export function reportRoutes(reporter: Reporter, clock: Clock): Route[] {
  return [
    readRoute({
      method: "get",
      path: "/v1/reports",
      operation: "listReports",
      summary: "List reports, newest first",
      tag: "reports",
      access: "query",
      query: z.strictObject({ limit: count }),
      answer: z.object({ reports: z.array(reportForm) }),
      call: async ({ query, caller, signal }) => {
        const found = await reporter.call("listReports", { limit: query.limit }, { tenant: caller.tenant, signal });
        return { reports: found.reports.map(reportToJson) };
      },
    }),
    writeRoute({
      method: "post",
      path: "/v1/reports",
      operation: "generateReport",
      summary: "Generate a report of a time range: one kind, or all of them (comprehensive)",
      tag: "reports",
      access: "edit",
      query: z.strictObject({}),
      body: z.strictObject({ kind: reportKinds.schema.default("health"), ...rangeQuery }),
      answer: z.object({ report: reportForm }),
      call: async ({ body, caller, signal }) => {
        const request = { kind: reportKinds.toNumber(body.kind), ...rangeFrom(body, clock()) };
        const call = {
          tenant: caller.tenant,
          signal,
          deadlineMs: generateDeadlineMs[body.kind === "comprehensive" ? "all" : "one"],
        };
        const { report } = await reporter.call("generateReport", request, call);
        if (report === undefined) throw new AppError("internal", "cannot answer the report: reporter answered none");
        return { report: reportToJson(report) };
      },
    }),
    documentRoute({
      method: "get",
      path: "/v1/reports/:id",
      operation: "exportReport",
      summary: "Read a report as JSON or as one self-contained HTML file",
      tag: "reports",
      access: "query",
      query: z.strictObject({
        format: reportFormats.schema.default("json"),
        download: z.enum(["true", "false"]).default("false"),
      }),
      contentTypes: ["application/json", "text/html"],
      call: async ({ param, query, caller, signal }) => {
        const request = { reportId: param("id"), format: reportFormats.toNumber(query.format) };
        const found = await reporter.call("exportReport", request, { tenant: caller.tenant, signal });
        return {
          contentType: found.contentType,
          content: found.content,
          ...(query.download === "true" && { fileName: found.fileName }),
        };
      },
    }),
  ];
}
