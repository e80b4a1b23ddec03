import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { anomaliesQuery } from "../../api/health.ts";
import { metricListQuery } from "../../api/metrics.ts";
import type { Anomaly } from "../../api/types.ts";
import { Labels } from "../../components/labels.tsx";
import { Panel } from "../../components/panel.tsx";
import { PlainLine } from "../../components/plain.tsx";
import { ErrorState, SkeletonRows } from "../../components/states.tsx";
import { formatOfMetric } from "../../format/unit.ts";
import { Timestamp } from "../../time/timestamp.tsx";
import classes from "./anomalies-panel.module.css";

const shown = 4;

/** The series that left their baseline within the last day, each with what was expected. */
export function AnomaliesPanel() {
  const anomalies = useQuery(anomaliesQuery);
  const all = anomalies.data ?? [];
  return (
    <Panel title="Unusual" note={anomalies.data === undefined ? undefined : "last 24 hours"} flush>
      {anomalies.isPending ? <SkeletonRows rows={2} /> : null}
      {anomalies.isError && anomalies.data === undefined ? (
        <ErrorState compact error={anomalies.error} onRetry={() => void anomalies.refetch()} />
      ) : null}
      {anomalies.data !== undefined && all.length === 0 ? (
        <p className={classes.none}>Every series stayed within what is usual for it.</p>
      ) : null}
      <ul className={classes.list}>
        {all.slice(0, shown).map((anomaly) => (
          <Line key={`${anomaly.eventId} ${anomaly.time}`} anomaly={anomaly} />
        ))}
      </ul>
    </Panel>
  );
}

function Line({ anomaly }: { anomaly: Anomaly }) {
  const metrics = useQuery(metricListQuery({ start: "-24h", end: "now" }));
  const unit = metrics.data?.find((metric) => metric.name === anomaly.metric)?.unit ?? "";
  const format = formatOfMetric(anomaly.metric, unit);
  const params = new URLSearchParams({ metric: anomaly.metric, start: "-6h" });
  for (const [name, value] of Object.entries(anomaly.labels)) params.append("match", `${name}=${value}`);
  return (
    <li>
      <Link to={`/metrics/explore?${params}`} className={classes.item} title={anomaly.evidence}>
        <span className={classes.head}>
          <PlainLine text={anomaly.metric} className={classes.name} />
          <b>{format(anomaly.value)}</b>
          <span className="dim">
            usual {format(anomaly.expectedLow)} – {format(anomaly.expectedHigh)}
          </span>
        </span>
        <span className={classes.meta}>
          <Timestamp value={anomaly.time} style="ago" />
          <Labels labels={anomaly.labels} max={3} />
        </span>
      </Link>
    </li>
  );
}
