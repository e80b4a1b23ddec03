import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import { parseRfc3339 } from "@sightline/model/rfc3339";
import type { Sql } from "@sightline/postgres/pool";
import { Report, ReportKind } from "@sightline/proto/sightline/report/v1/report_service";
import { z } from "zod";
import { type HealthReport, healthReport } from "../health/report.ts";

const insertSql = readFileSync(new URL("./sql/insert-report.sql", import.meta.url), "utf8");
const listSql = readFileSync(new URL("./sql/list-reports.sql", import.meta.url), "utf8");
const findSql = readFileSync(new URL("./sql/find-report.sql", import.meta.url), "utf8");

const unixNano = z.string().transform(BigInt);

const listedRow = z
  .object({
    report_id: z.string(),
    title: z.string(),
    start_unix_nano: unixNano,
    end_unix_nano: unixNano,
    created_unix_nano: unixNano,
    fleet_health_score: z.number(),
    healthy_systems: z.number(),
    total_systems: z.number(),
  })
  .transform(
    (row): Report => ({
      reportId: row.report_id,
      kind: ReportKind.HEALTH,
      title: row.title,
      startUnixNano: row.start_unix_nano,
      endUnixNano: row.end_unix_nano,
      createdUnixNano: row.created_unix_nano,
      fleetHealthScore: row.fleet_health_score,
      healthySystems: row.healthy_systems,
      totalSystems: row.total_systems,
    }),
  );

/** A report without its contents. */
export function summaryOf(report: HealthReport): Report {
  return Report.fromPartial({
    reportId: report.report_id,
    kind: ReportKind.HEALTH,
    title: report.title,
    startUnixNano: nanosOf(report.time_range.start),
    endUnixNano: nanosOf(report.time_range.end),
    createdUnixNano: nanosOf(report.generated_at),
    fleetHealthScore: report.fleet_health_score,
    healthySystems: report.healthy_systems,
    totalSystems: report.total_systems,
  });
}

function nanosOf(moment: string): bigint {
  return parseRfc3339(moment) ?? 0n;
}

/** Keeps a report. */
export async function insertReport(sql: Sql, tenant: string, report: HealthReport): Promise<void> {
  const summary = summaryOf(report);
  await sql.execute(insertSql, [
    tenant,
    report.report_id,
    report.kind,
    report.title,
    summary.startUnixNano,
    summary.endUnixNano,
    summary.createdUnixNano,
    report.fleet_health_score,
    report.healthy_systems,
    report.total_systems,
    JSON.stringify(report),
  ]);
}

/** The newest reports of a tenant. */
export function listReports(sql: Sql, tenant: string, limit: number): Promise<Report[]> {
  return sql.query(listSql, [tenant, limit], listedRow);
}

/** Throws `not_found` when the tenant has no such report. */
export async function findReport(sql: Sql, tenant: string, reportId: string): Promise<HealthReport> {
  const [row] = await sql.query(findSql, [tenant, reportId], z.object({ document: healthReport }));
  if (row === undefined) throw new AppError("not_found", `cannot find report ${reportId}`);
  return row.document;
}
