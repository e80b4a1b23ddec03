import { IconStairsUp } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { Link } from "react-router";
import {
  ESCALATION_STATUSES,
  type Escalation,
  type EscalationStatus,
  escalationsQuery,
} from "../../../api/escalations.ts";
import { Chips } from "../../../components/chips.tsx";
import { Labels } from "../../../components/labels.tsx";
import { ListFoot } from "../../../components/list-foot.tsx";
import { PlainLine } from "../../../components/plain.tsx";
import { SeverityMark } from "../../../components/severity.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../../components/states.tsx";
import { VirtualRows } from "../../../components/virtual-rows.tsx";
import { Timestamp } from "../../../time/timestamp.tsx";
import { useChosen } from "../../../url/use-chosen.ts";
import groups from "../../alerts/groups/groups.module.css";
import incidents from "../../incidents/incidents.module.css";
import { EscalationStatusMark } from "./escalation-status-mark.tsx";
import { Next } from "./next.tsx";
import { toldText } from "./next-text.ts";

const OPEN: readonly EscalationStatus[] = ["running", "exhausted", "snoozed", "acknowledged"];

/** What goes on: of each escalation who was told, who has it, and who is told next. */
export function Escalations() {
  const { chosen, toggle } = useChosen("status", ESCALATION_STATUSES, OPEN);
  return (
    <>
      <div className={groups.toolbar}>
        <Chips label="States shown" all={ESCALATION_STATUSES} chosen={chosen} onToggle={toggle}>
          {(status) => <EscalationStatusMark status={status} />}
        </Chips>
      </div>
      <List statuses={chosen} />
    </>
  );
}

function List({ statuses }: { statuses: readonly EscalationStatus[] }) {
  const escalations = useInfiniteQuery(escalationsQuery(statuses));
  const rows = useMemo(() => escalations.data?.pages.flatMap((page) => page.escalations) ?? [], [escalations.data]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = escalations;
  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  if (escalations.isPending) return <SkeletonRows rows={8} />;
  if (escalations.data === undefined) {
    return <ErrorState error={escalations.error} onRetry={() => void escalations.refetch()} />;
  }
  if (rows.length === 0) {
    return (
      <EmptyState
        icon={<IconStairsUp size={34} stroke={1.4} aria-hidden />}
        title="Nobody is being told one after the other"
      >
        An escalation begins when a receiver that names a <Link to="/oncall/escalation">policy</Link> is told of a
        group.
      </EmptyState>
    );
  }
  return (
    <div className={groups.list}>
      <VirtualRows
        rows={rows}
        keyOf={({ escalationId }) => escalationId}
        rowHeight={76}
        label="Escalations, the newest first"
        onEndNear={loadMore}
        letters
      >
        {(escalation) => <EscalationRow escalation={escalation} />}
      </VirtualRows>
      <div className={groups.foot}>
        <ListFoot
          loading={isFetchingNextPage}
          more={hasNextPage}
          error={escalations.error}
          onRetry={() => void escalations.refetch()}
          end={rows.length === 1 ? "1 escalation." : `${rows.length} escalations.`}
        />
        <span className={groups.keys}> j and k move, Enter opens.</span>
      </div>
    </div>
  );
}

function EscalationRow({ escalation }: { escalation: Escalation }) {
  const { escalationId, title, severity, status, policy, groupLabels, told, assignee, begun, ended } = escalation;
  return (
    <div className={incidents.row} data-testid="escalation-row" data-status={status}>
      <span className={incidents.mark}>
        <SeverityMark severity={severity} iconOnly />
      </span>
      <span className={incidents.what}>
        <Link to={`/oncall/escalations/${encodeURIComponent(escalationId)}`} className={groups.title} data-row>
          <PlainLine text={title === "" ? policy : title} className={groups.name} />
        </Link>
        <span className={groups.meta}>
          <EscalationStatusMark status={status} />
          <span>by {policy}</span>
          <Labels labels={groupLabels} max={4} />
        </span>
        <span className={groups.meta}>
          <span>told: {toldText(told)}</span>
          {status === "running" || status === "snoozed" ? (
            <span>
              next: <Next escalation={escalation} />
            </span>
          ) : null}
        </span>
      </span>
      <span className={incidents.since}>
        {assignee === "" ? null : <span>{assignee} has it</span>}
        <span>
          {ended === null ? "since " : "over "}
          <Timestamp value={ended ?? begun} style="ago" />
        </span>
      </span>
    </div>
  );
}
