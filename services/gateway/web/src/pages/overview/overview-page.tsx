import { Page } from "../../components/page.tsx";
import { TimeRangePicker } from "../../time/time-range-picker.tsx";
import { useTimeRange } from "../../time/use-time-range.ts";
import { AlertsPanel } from "./alerts-panel.tsx";
import { AnomaliesPanel } from "./anomalies-panel.tsx";
import { EventsPanel } from "./events-panel.tsx";
import { HealthPanel } from "./health-panel.tsx";
import { HostsPanel } from "./hosts-panel.tsx";
import { NewestEventsPanel } from "./newest-events-panel.tsx";
import classes from "./overview-page.module.css";
import { StatusLine } from "./status-line.tsx";

/** How the fleet is, at a glance: health, alerts, events, hosts, and the platform itself in one line. */
export function OverviewPage() {
  const [range, setRange] = useTimeRange();
  return (
    <Page title="Overview" controls={<TimeRangePicker range={range} onChange={setRange} />}>
      <div className={classes.grid}>
        <div className={classes.health}>
          <HealthPanel />
        </div>
        <div className={classes.alerts}>
          <AlertsPanel />
        </div>
        <div className={classes.events}>
          <EventsPanel range={range} onZoom={setRange} />
        </div>
        <div className={classes.newest}>
          <NewestEventsPanel />
        </div>
        <div className={classes.hosts}>
          <HostsPanel range={range} />
          <AnomaliesPanel />
        </div>
      </div>
      <StatusLine />
    </Page>
  );
}
