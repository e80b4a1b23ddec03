import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import { parseRfc3339 } from "@sightline/model/rfc3339";
import type { Sql } from "@sightline/postgres/pool";
import { Report, ReportKind } from "@sightline/proto/sightline/report/v1/report_service";
import { z } from "zod";
import { type KindOfReport, kindOfWord, type ReportDocument } from "./kinds.ts";

const insertSql = readFileSync(new URL("./sql/insert-report.sql", import.meta.url), "utf8");
const listSql = readFileSync(new URL("./sql/list-reports.sql", import.meta.url), "utf8");
const findSql = readFileSync(new URL("./sql/find-report.sql", import.meta.url), "utf8");

const unixNano = z.string().transform(BigInt);

const listedRow = z
  .object({
    report_id: z.string(),
    kind: z.string(),
    headline: z.string(),
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
      kind: kindOfWord(row.kind)?.number ?? ReportKind.UNSPECIFIED,
      headline: row.headline,
      title: row.title,
      startUnixNano: row.start_unix_nano,
      endUnixNano: row.end_unix_nano,
      createdUnixNano: row.created_unix_nano,
      fleetHealthScore: row.fleet_health_score,
      healthySystems: row.healthy_systems,
      totalSystems: row.total_systems,
    }),
  );

/** A report that is kept, or about to be. */
export interface KeptReport {
  readonly kind: KindOfReport;
  readonly document: ReportDocument;
}

/** A report without its contents. */
export function summaryOf({ kind, document }: KeptReport): Report {
  const figures = kind.figures(document);
  return Report.fromPartial({
    reportId: document.report_id,
    kind: kind.number,
    title: document.title,
    headline: document.headline ?? "",
    startUnixNano: nanosOf(document.time_range.start),
    endUnixNano: nanosOf(document.time_range.end),
    createdUnixNano: nanosOf(document.generated_at),
    fleetHealthScore: figures?.fleet_health_score ?? 0,
    healthySystems: figures?.healthy_systems ?? 0,
    totalSystems: figures?.total_systems ?? 0,
  });
}

function nanosOf(moment: string): bigint {
  return parseRfc3339(moment) ?? 0n;
}

/** Keeps a report. */
export async function insertReport(sql: Sql, tenant: string, report: KeptReport): Promise<void> {
  const summary = summaryOf(report);
  await sql.execute(insertSql, [
    tenant,
    summary.reportId,
    report.kind.word,
    summary.title,
    summary.startUnixNano,
    summary.endUnixNano,
    summary.createdUnixNano,
    summary.fleetHealthScore,
    summary.healthySystems,
    summary.totalSystems,
    JSON.stringify(report.document),
  ]);
}

/** The newest reports of a tenant. */
export function listReports(sql: Sql, tenant: string, limit: number): Promise<Report[]> {
  return sql.query(listSql, [tenant, limit], listedRow);
}

/** Throws `not_found` when the tenant has no such report, `failed_precondition` when its kind is not known here. */
export async function findReport(sql: Sql, tenant: string, reportId: string): Promise<KeptReport> {
  const [row] = await sql.query(findSql, [tenant, reportId], z.object({ kind: z.string(), document: z.unknown() }));
  if (row === undefined) throw new AppError("not_found", `cannot find report ${reportId}`);
  const kind = kindOfWord(row.kind);
  if (kind === undefined) {
    throw new AppError(
      "failed_precondition",
      `cannot read report ${reportId}: got kind ${row.kind}, want one that is known`,
    );
  }
  return { kind, document: kind.parse(row.document) };
}
