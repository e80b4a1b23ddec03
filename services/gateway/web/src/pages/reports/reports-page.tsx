import { Button, Select } from "@mantine/core";
import { IconDownload, IconExternalLink, IconFileAnalytics, IconFilePlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import {
  makeReport,
  type ReportKind,
  reportHtmlQuery,
  reportKinds,
  reportPath,
  reportsKey,
  reportsQuery,
} from "../../api/reports.ts";
import type { Report } from "../../api/types.ts";
import { tellFailed } from "../../components/notify.ts";
import { Page } from "../../components/page.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../components/states.tsx";
import { formatDayClock, msOf } from "../../time/format-time.ts";
import type { TimeRange } from "../../time/time-range.ts";
import { TimeRangePicker } from "../../time/time-range-picker.tsx";
import { Timestamp } from "../../time/timestamp.tsx";
import classes from "./reports-page.module.css";

const lastDay: TimeRange = { start: "-24h", end: "now" };

/** The reports that were made, one of them opened, and a button to make another. */
export function ReportsPage() {
  const { reportId } = useParams();
  const reports = useQuery(reportsQuery);
  const all = reports.data ?? [];
  const shown = all.find((report) => report.reportId === reportId) ?? (reportId === undefined ? all[0] : undefined);
  return (
    <Page title="Reports" controls={<MakeReport />}>
      {reports.isPending ? <SkeletonRows rows={8} /> : null}
      {reports.isError && reports.data === undefined ? (
        <ErrorState error={reports.error} onRetry={() => void reports.refetch()} />
      ) : null}
      {reports.data?.length === 0 ? (
        <EmptyState icon={<IconFileAnalytics size={34} stroke={1.4} aria-hidden />} title="No report yet">
          A report says how things were in a time of your choice: the health of the fleet, security, operations,
          compliance, or everything. Choose a kind and a range above and make the first.
        </EmptyState>
      ) : null}
      {all.length === 0 ? null : (
        <div className={classes.layout}>
          <ul className={classes.list}>
            {all.map((report) => (
              <ReportItem key={report.reportId} report={report} current={report.reportId === shown?.reportId} />
            ))}
          </ul>
          {shown === undefined ? (
            <EmptyState title="There is no such report">Choose one of the list.</EmptyState>
          ) : (
            <ReportView key={shown.reportId} report={shown} />
          )}
        </div>
      )}
    </Page>
  );
}

function MakeReport() {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [range, setRange] = useState(lastDay);
  const [kind, setKind] = useState<ReportKind>("health");
  const make = useMutation({
    mutationFn: () => makeReport(kind, range),
    onSuccess: async ({ reportId }) => {
      await queryClient.invalidateQueries({ queryKey: reportsKey, exact: true });
      void navigate(`/reports/${encodeURIComponent(reportId)}`);
    },
    onError: (error) => tellFailed("Could not make the report", error),
  });
  return (
    <>
      <Select
        size="sm"
        w={150}
        aria-label="Kind of report"
        data-testid="report-kind"
        allowDeselect={false}
        data={[...reportKinds]}
        value={kind}
        onChange={(value) => setKind(reportKinds.find((one) => one.value === value)?.value ?? kind)}
      />
      <TimeRangePicker range={range} onChange={setRange} />
      <Button
        size="sm"
        leftSection={<IconFilePlus size={15} aria-hidden />}
        loading={make.isPending}
        data-testid="report-make"
        onClick={() => make.mutate()}
      >
        Make a report
      </Button>
    </>
  );
}

function ReportItem({ report, current }: { report: Report; current: boolean }) {
  const now = Date.now();
  const end = (moment: string | null) => (moment === null ? "–" : formatDayClock(msOf(moment), now));
  return (
    <li>
      <Link
        to={`/reports/${encodeURIComponent(report.reportId)}`}
        className={classes.item}
        aria-current={current ? "true" : undefined}
        data-testid="report-row"
      >
        {report.fleetHealthScore === null ? (
          <span className={classes.score}>
            <IconFileAnalytics size={20} stroke={1.4} aria-hidden />
          </span>
        ) : (
          <span className={classes.score} data-tone={toneOf(report.fleetHealthScore)}>
            {Math.round(report.fleetHealthScore)}
          </span>
        )}
        <span className={classes.words}>
          <span className={classes.title}>{report.title}</span>
          <span className="dim">
            {end(report.start)} – {end(report.end)}
          </span>
          <span className={`dim ${classes.headline}`}>
            {report.headline === "" ? `${report.healthySystems} of ${report.totalSystems} healthy` : report.headline}
          </span>
          <span className="dim">
            made <Timestamp value={report.created} style="ago" />
          </span>
        </span>
      </Link>
    </li>
  );
}

function ReportView({ report }: { report: Report }) {
  const html = useQuery(reportHtmlQuery(report.reportId));
  return (
    <section className={classes.view} aria-label={report.title}>
      <div className={classes.tools}>
        <h2 className={classes.title}>{report.title}</h2>
        <span className={classes.toolsEnd}>
          <Button
            component="a"
            variant="default"
            href={reportPath(report.reportId, "html")}
            target="_blank"
            rel="noreferrer"
            leftSection={<IconExternalLink size={14} aria-hidden />}
          >
            Open in a tab
          </Button>
          <Button
            component="a"
            variant="default"
            href={reportPath(report.reportId, "json")}
            download={`sightline-report-${report.reportId}.json`}
            leftSection={<IconDownload size={14} aria-hidden />}
          >
            JSON
          </Button>
        </span>
      </div>
      {html.isPending ? <SkeletonRows rows={10} /> : null}
      {html.isError ? <ErrorState error={html.error} onRetry={() => void html.refetch()} /> : null}
      {html.data === undefined ? null : (
        <iframe title={report.title} sandbox="" srcDoc={html.data} className={classes.frame} />
      )}
    </section>
  );
}

function toneOf(score: number): "healthy" | "degraded" | "unhealthy" {
  if (score >= 80) return "healthy";
  return score >= 50 ? "degraded" : "unhealthy";
}
