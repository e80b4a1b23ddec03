import { Button } from "@mantine/core";
import { IconDatabase } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { storageStatisticsQuery } from "../../api/health.ts";
import { type Kept, retentionQuery } from "../../api/retention.ts";
import { sessionQuery } from "../../api/session.ts";
import { Panel } from "../../components/panel.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../components/states.tsx";
import { AppliedMark, HealthMark } from "../../components/status.tsx";
import { formatBytes, formatCompact, formatPercent } from "../../format/number.ts";
import { Timestamp } from "../../time/timestamp.tsx";
import rows from "../alerts/alerts.module.css";
import classes from "./retention.module.css";
import { RetentionForm } from "./retention-form.tsx";
import { daysText, nameOfKind } from "./retention-words.ts";

/** How long what is kept, and what there is of it. */
export function Retention() {
  const retention = useQuery(retentionQuery);
  const session = useQuery(sessionQuery);
  const [changing, setChanging] = useState<Kept>();
  const mayChange = session.data?.user.role === "admin";
  return (
    <>
      <div className={rows.toolbar}>
        <DiskState />
        <p>What is older goes when its day is over and the database next merges. Sizes are shares of whole tables.</p>
      </div>
      {retention.isPending ? <SkeletonRows rows={6} /> : null}
      {retention.isError && retention.data === undefined ? (
        <ErrorState error={retention.error} onRetry={() => void retention.refetch()} />
      ) : null}
      {retention.data?.length === 0 ? (
        <EmptyState icon={<IconDatabase size={34} stroke={1.4} aria-hidden />} title="Nothing is kept">
          Storage names no kind of records.
        </EmptyState>
      ) : null}
      {retention.data === undefined || retention.data.length === 0 ? null : (
        <Panel flush>
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">Records</th>
                <th scope="col">Kept for</th>
                <th scope="col">State</th>
                <th scope="col">Oldest</th>
                <th scope="col" className={classes.number}>
                  Rows
                </th>
                <th scope="col" className={classes.number}>
                  On disk
                </th>
                {mayChange ? <th scope="col" aria-label="Change" /> : null}
              </tr>
            </thead>
            <tbody>
              {retention.data.map((kept) => (
                <KeptRow key={kept.kind} kept={kept} onChange={mayChange ? () => setChanging(kept) : undefined} />
              ))}
            </tbody>
          </table>
        </Panel>
      )}
      {changing === undefined ? null : <RetentionForm kept={changing} onClose={() => setChanging(undefined)} />}
    </>
  );
}

/** How full the database's disk is, where it is known. */
function DiskState() {
  const { data } = useQuery(storageStatisticsQuery);
  if (data === undefined || data.diskUsedRatio === 0) return null;
  const { diskUsedRatio: used, diskIsFull } = data;
  const status = diskIsFull ? "unhealthy" : used > 0.9 ? "degraded" : "healthy";
  const text = `Disk ${formatPercent(Math.round(used * 100))} full${diskIsFull ? ": records wait on the bus" : ""}`;
  return <HealthMark status={status}>{text}</HealthMark>;
}

function KeptRow({ kept, onChange }: { kept: Kept; onChange: (() => void) | undefined }) {
  const { name, note } = nameOfKind(kept.kind);
  return (
    <tr data-testid="kept-row">
      <th scope="row">
        {name}
        <span className={classes.note}>{note}</span>
      </th>
      <td data-label="Kept for">
        {daysText(kept.days)}
        {kept.days === kept.defaultDays ? <span className={classes.note}>default</span> : null}
      </td>
      <td data-label="State">
        <AppliedMark state={kept.state} />
        {kept.state === "applied" ? null : (
          <span className={classes.note}>
            {kept.reason === "" ? `in the database: ${daysText(kept.appliedDays)}` : kept.reason}
          </span>
        )}
      </td>
      <td data-label="Oldest">{kept.oldest === null ? "none" : <Timestamp value={kept.oldest} style="ago" />}</td>
      <td data-label="Rows" className={classes.number}>
        {formatCompact(kept.rows)}
      </td>
      <td data-label="On disk" className={classes.number}>
        {formatBytes(kept.bytesOnDisk)}
      </td>
      {onChange === undefined ? null : (
        <td className={classes.change}>
          <Button size="compact-sm" variant="default" aria-label={`Change ${name}`} onClick={onChange}>
            Change
          </Button>
        </td>
      )}
    </tr>
  );
}
