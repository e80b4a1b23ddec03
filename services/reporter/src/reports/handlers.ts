import { AppError, invalid } from "@sightline/errors/app-error";
import { type Clock, nanosOfMs } from "@sightline/model/time";
import { isUuid, uuid7 } from "@sightline/model/uuid7";
import type { Sql } from "@sightline/postgres/pool";
import type { ReportServiceServer } from "@sightline/proto/sightline/report/v1/report_service";
import { internalUnary } from "@sightline/rpc/handlers";
import type { Clients } from "../clients.ts";
import type { Announce } from "./announce.ts";
import { documentOf } from "./document.ts";
import { kindOfNumber } from "./kinds.ts";
import { reportRange } from "./range.ts";
import { findReport, insertReport, listReports, summaryOf } from "./store.ts";

export interface HandlerOptions {
  readonly internalToken: string;
  readonly sql: Sql;
  readonly clients: Clients;
  readonly announce: Announce;
  readonly clock: Clock;
  readonly log: { warn(fields: object, message: string): void };
  /** Told of each report made, with how long it took. */
  made(seconds: number): void;
}

/** ReportService. */
export function createReportHandlers(options: HandlerOptions) {
  const { sql, clock, clients, announce, log } = options;
  const internal = internalUnary(options.internalToken);
  return {
    generateReport: internal(async ({ kind: number, startUnixNano, endUnixNano }, { tenant, signal }) => {
      const kind = kindOfNumber(number);
      const started = performance.now();
      const nowMs = clock();
      const range = reportRange({ startUnixNano, endUnixNano }, nowMs);
      const reportId = uuid7(nowMs);
      const document = await kind.gather({
        clients,
        tenant,
        range,
        reportId,
        nowUnixNano: nanosOfMs(nowMs),
        signal,
      });
      const report = { kind, document };
      await insertReport(sql, tenant, report);
      options.made((performance.now() - started) / 1000);
      // The report is kept; that nobody hears of it now is no reason to say it failed.
      await announce(tenant, report, signal).catch((thrown: unknown) => {
        log.warn({ reportId, error: AppError.from(thrown).message }, "report made but not announced");
      });
      return { report: summaryOf(report) };
    }),
    listReports: internal(async ({ limit }, { tenant }) => {
      if (limit > 500) throw invalid(`cannot list reports: got limit ${limit}, want at most 500`);
      return { reports: await listReports(sql, tenant, limit === 0 ? 50 : limit) };
    }),
    exportReport: internal(async ({ reportId, format }, { tenant }) => {
      if (!isUuid(reportId)) throw invalid(`cannot export a report: got id ${JSON.stringify(reportId)}, want a UUID`);
      return documentOf(await findReport(sql, tenant, reportId), format);
    }),
  } satisfies Pick<ReportServiceServer, "generateReport" | "listReports" | "exportReport">;
}
