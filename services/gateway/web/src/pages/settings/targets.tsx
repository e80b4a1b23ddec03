import { Button } from "@mantine/core";
import { IconCircleCheckFilled, IconCircleXFilled, IconHelpCircle, IconPlus, IconTargetOff } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Target } from "../../api/setting-types.ts";
import { deleteTarget, targetsKey, targetsQuery } from "../../api/settings.ts";
import { ConfirmButton } from "../../components/confirm-button.tsx";
import { Labels } from "../../components/labels.tsx";
import { tellFailed } from "../../components/notify.ts";
import { Panel } from "../../components/panel.tsx";
import { PlainLine } from "../../components/plain.tsx";
import marks from "../../components/severity.module.css";
import { EmptyState, ErrorState, SkeletonRows } from "../../components/states.tsx";
import { formatNanos } from "../../format/number.ts";
import { elapsed } from "../../time/format-time.ts";
import { Timestamp } from "../../time/timestamp.tsx";
import rows from "../alerts/alerts.module.css";
import { TargetForm } from "./target-form.tsx";

/** What the collector visits, and how the last visit went. */
export function Targets() {
  const targets = useQuery(targetsQuery);
  const [edited, setEdited] = useState<Target | "new" | null>(null);
  return (
    <>
      <div className={rows.toolbar}>
        <p>The collector visits these again and again; every change of their state becomes an event.</p>
        <Button
          className={rows.end ?? ""}
          size="sm"
          leftSection={<IconPlus size={15} aria-hidden />}
          data-testid="target-new"
          onClick={() => setEdited("new")}
        >
          New target
        </Button>
      </div>
      {targets.isPending ? <SkeletonRows rows={8} /> : null}
      {targets.isError && targets.data === undefined ? (
        <ErrorState error={targets.error} onRetry={() => void targets.refetch()} />
      ) : null}
      {targets.data?.length === 0 ? (
        <EmptyState icon={<IconTargetOff size={34} stroke={1.4} aria-hidden />} title="Nothing is visited yet">
          Add a URL to check, a host and port to connect to, or a Prometheus endpoint to scrape.
        </EmptyState>
      ) : null}
      {targets.data === undefined || targets.data.length === 0 ? null : (
        <Panel flush>
          <ul className={rows.list}>
            {targets.data.map((target) => (
              <TargetRow key={target.name} target={target} onEdit={() => setEdited(target)} />
            ))}
          </ul>
        </Panel>
      )}
      {edited === null ? null : (
        <TargetForm target={edited === "new" ? undefined : edited} onClose={() => setEdited(null)} />
      )}
    </>
  );
}

function TargetRow({ target, onEdit }: { target: Target; onEdit: () => void }) {
  const queryClient = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteTarget(target.name),
    onError: (error) => tellFailed(`Could not delete “${target.name}”`, error),
    onSettled: () => queryClient.invalidateQueries({ queryKey: targetsKey }),
  });
  const { status } = target;
  return (
    <li className={rows.item} data-testid="target-row" data-health={status?.health ?? "unknown"}>
      <div className={rows.main}>
        <span className={rows.name}>
          <TargetHealthMark health={status?.health ?? "unknown"} />
          {target.name}
          <Labels labels={target.labels} />
        </span>
        <span className={rows.condition}>
          {target.kind} <PlainLine text={target.address} className="mono" />, every{" "}
          {elapsed((target.intervalMs || 15_000) / 1000)}
        </span>
        {status === undefined || status.lastError === "" ? null : (
          <PlainLine text={status.lastError} className={rows.error} />
        )}
      </div>
      <div className={rows.side}>
        {status === undefined || status.lastVisit === null ? (
          <span>not visited yet</span>
        ) : (
          <span>
            took {formatNanos(status.lastDurationMs * 1e6)}, <Timestamp value={status.lastVisit} style="ago" />
          </span>
        )}
        {target.readOnly ? (
          <span title="It comes from the collector's configuration file">from the configuration</span>
        ) : (
          <>
            <Button variant="default" onClick={onEdit}>
              Edit
            </Button>
            <ConfirmButton
              label="Delete"
              question="Really delete?"
              loading={remove.isPending}
              onConfirm={() => remove.mutate()}
            />
          </>
        )}
      </div>
    </li>
  );
}

const looks = {
  up: { icon: IconCircleCheckFilled, color: "var(--healthy)" },
  down: { icon: IconCircleXFilled, color: "var(--unhealthy)" },
  unknown: { icon: IconHelpCircle, color: "var(--unknown)" },
} as const;

function TargetHealthMark({ health }: { health: keyof typeof looks }) {
  const { icon: Icon, color } = looks[health];
  return (
    <span className={marks.mark} style={{ color, minWidth: 64 }}>
      <Icon size={15} aria-hidden />
      <span>{health}</span>
    </span>
  );
}
