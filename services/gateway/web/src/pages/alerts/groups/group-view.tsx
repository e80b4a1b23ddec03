import { IconBellCheck } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { Link } from "react-router";
import type { AlertGroup } from "../../../api/alert-group-types.ts";
import { alertGroupQuery, groupAlertsQuery } from "../../../api/alert-groups.ts";
import { Field, Fields } from "../../../components/fields.tsx";
import { ListFoot } from "../../../components/list-foot.tsx";
import { Panel } from "../../../components/panel.tsx";
import { PlainLine } from "../../../components/plain.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../../components/states.tsx";
import { VirtualRows } from "../../../components/virtual-rows.tsx";
import { Timestamp } from "../../../time/timestamp.tsx";
import { useUrlState } from "../../../url/use-url-state.ts";
import { GroupEscalations } from "../../oncall/escalations/group-escalations.tsx";
import { CareActions } from "./care-actions.tsx";
import { AlertLine, GroupName } from "./group-lines.tsx";
import { type GroupLine, keyOfLine } from "./group-rows.ts";
import classes from "./groups.module.css";
import { CareWords } from "./hidden-by.tsx";
import { GROUPED_STATES, GroupBar } from "./state-looks.tsx";
import { useRowShortcuts } from "./use-row-shortcuts.ts";

/** One group by itself, with all of its alerts: where the links of notices lead. */
export function GroupView({ groupId }: { groupId: string }) {
  const groups = useQuery(alertGroupQuery(groupId));
  if (groups.isPending) return <SkeletonRows rows={10} />;
  if (groups.data === undefined) return <ErrorState error={groups.error} onRetry={() => void groups.refetch()} />;
  if (groups.data.length === 0) {
    return (
      <EmptyState icon={<IconBellCheck size={34} stroke={1.4} aria-hidden />} title="This group is over">
        All of its alerts ended. <Link to="/alerts">What fires now</Link>, <Link to="/alerts/history">what ended</Link>.
      </EmptyState>
    );
  }
  return groups.data.map((group) => <One key={group.receiver} group={group} />);
}

function One({ group }: { group: AlertGroup }) {
  const asked = useUrlState().get("acknowledge") === "1";
  return (
    <>
      <Panel>
        <div className={classes.groupTitle}>
          <GroupName group={group} />
          <GroupBar group={group} />
        </div>
        <Fields>
          <Field name="Told to">
            <PlainLine text={group.receiver} className="" />
          </Field>
          <Field name="Looked at next">
            <Timestamp value={group.due} style="ago" />
          </Field>
          <Field name="Outside its times">{group.mutedBy.join(", ")}</Field>
          <Field name="Who">{isCared(group) ? <CareWords care={group.care} /> : null}</Field>
          <Field name="Note">{group.care.note}</Field>
        </Fields>
        <CareActions target={{ groupKey: group.groupKey }} care={group.care} labels={group.labels} asked={asked} />
      </Panel>
      <GroupEscalations groupKey={group.groupKey} receiver={group.receiver} />
      <Alerts group={group} />
    </>
  );
}

function isCared({ care }: AlertGroup): boolean {
  return care.acknowledgedBy !== "" || care.snoozedBy !== "" || care.assignee !== "";
}

const everything = { filter: "", states: GROUPED_STATES };

function Alerts({ group }: { group: AlertGroup }) {
  const { groupId, receiver } = group;
  const alerts = useInfiniteQuery(groupAlertsQuery({ groupId, receiver }, everything));
  const lines = useMemo(
    () =>
      (alerts.data?.pages ?? []).flatMap((page) =>
        page.alerts.map((alert): GroupLine => ({ t: "alert", group, alert })),
      ),
    [alerts.data, group],
  );
  useRowShortcuts(lines);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = alerts;
  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  if (alerts.isPending) return <SkeletonRows rows={8} />;
  if (alerts.data === undefined) return <ErrorState error={alerts.error} onRetry={() => void alerts.refetch()} />;
  return (
    <div className={classes.list}>
      <VirtualRows
        rows={lines}
        keyOf={keyOfLine}
        rowHeight={46}
        label="Alerts of the group, those that fire first"
        onEndNear={loadMore}
        letters
      >
        {(line) => (line.t === "alert" ? <AlertLine alert={line.alert} group={group} /> : null)}
      </VirtualRows>
      <div className={classes.foot}>
        <ListFoot
          loading={isFetchingNextPage}
          more={hasNextPage}
          error={alerts.error}
          onRetry={() => void alerts.refetch()}
          end={`${alerts.data.pages[0]?.total ?? 0} alerts in this group.`}
        />
      </div>
    </div>
  );
}
