import { IconHistory } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { resolvedAlertsQuery } from "../../api/alerts.ts";
import { Panel } from "../../components/panel.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../components/states.tsx";
import type { TimeRange } from "../../time/time-range.ts";
import { TimeRangePicker } from "../../time/time-range-picker.tsx";
import { useTimeRange } from "../../time/use-time-range.ts";
import { AlertRow } from "./alert-row.tsx";
import classes from "./alerts.module.css";

const lastWeek: TimeRange = { start: "-7d", end: "now" };

/** Alerts that have ended, newest first. */
export function AlertHistory() {
  const [range, setRange] = useTimeRange(lastWeek);
  const alerts = useQuery(resolvedAlertsQuery(range));
  return (
    <>
      <div className={classes.toolbar}>
        <p>Alerts that ended, with how long they lasted.</p>
        <div className={classes.end}>
          <TimeRangePicker range={range} onChange={setRange} />
        </div>
      </div>
      {alerts.isPending ? <SkeletonRows rows={8} /> : null}
      {alerts.isError && alerts.data === undefined ? (
        <ErrorState error={alerts.error} onRetry={() => void alerts.refetch()} />
      ) : null}
      {alerts.data?.length === 0 ? (
        <EmptyState icon={<IconHistory size={34} stroke={1.4} aria-hidden />} title="No alert ended in this time" />
      ) : null}
      {alerts.data === undefined || alerts.data.length === 0 ? null : (
        <Panel flush>
          <ul className={classes.list}>
            {alerts.data.map((alert) => (
              <AlertRow key={alert.alertId} alert={alert} />
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}
