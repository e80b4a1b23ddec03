import { Button } from "@mantine/core";
import { IconBellCheck, IconFilterOff } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useRef } from "react";
import { Link } from "react-router";
import type { AlertGroupPage } from "../../../api/alert-group-types.ts";
import { alertGroupsQuery } from "../../../api/alert-groups.ts";
import { activeAlertsQuery } from "../../../api/alerts.ts";
import { isRetryable, messageOf } from "../../../api/api-error.ts";
import { ListFoot } from "../../../components/list-foot.tsx";
import { Panel } from "../../../components/panel.tsx";
import { SearchInput } from "../../../components/search-input.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../../components/states.tsx";
import { VirtualRows } from "../../../components/virtual-rows.tsx";
import { useUrlState } from "../../../url/use-url-state.ts";
import { AlertRow } from "../alert-row.tsx";
import list from "../alerts.module.css";
import { AlertsFrame } from "../alerts-frame.tsx";
import { GroupLineRow } from "./group-lines.tsx";
import { keyOfLine, linesOf } from "./group-rows.ts";
import { GroupView } from "./group-view.tsx";
import classes from "./groups.module.css";
import { StateChips } from "./state-chips.tsx";
import { useGroupFilters } from "./use-group-filters.ts";
import { useRowShortcuts } from "./use-row-shortcuts.ts";

/** Alerts that have not ended, in the groups in which people are told of them; or the one group that the address names. */
export function AlertGroups() {
  const groupId = useUrlState().get("group");
  return (
    <AlertsFrame title="Alerts">
      {groupId === "" ? <Groups /> : <GroupView key={groupId} groupId={groupId} />}
    </AlertsFrame>
  );
}

function Groups() {
  const { filters, setFilter, toggle } = useGroupFilters();
  const groups = useInfiniteQuery(alertGroupsQuery(filters));
  // While a filter is being written it is wrong at times: what was found before stays.
  const kept = useRef(groups.data);
  if (groups.data !== undefined) kept.current = groups.data;
  const pages = groups.data ?? kept.current;
  const counts = pages?.pages[0];
  const lines = useMemo(() => linesOf(pages?.pages.flatMap((page) => page.groups) ?? []), [pages]);
  useRowShortcuts(lines);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = groups;
  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const refused = groups.isError && !isRetryable(groups.error);
  return (
    <>
      <div className={classes.toolbar}>
        <SearchInput
          value={filters.filter}
          onChange={setFilter}
          label="Filter by matchers"
          placeholder={'Matchers: team="payments", severity=~"error|critical"'}
        />
        <StateChips counts={counts} shown={filters.states} onToggle={toggle} />
      </div>
      {refused ? (
        <p className={classes.problem} role="alert">
          {messageOf(groups.error)}
        </p>
      ) : null}
      {groups.isPending ? <SkeletonRows rows={12} /> : null}
      {groups.isError && !refused && pages === undefined ? (
        <ErrorState error={groups.error} onRetry={() => void groups.refetch()} />
      ) : null}
      {counts !== undefined && lines.length === 0 ? <Nothing counts={counts} filter={filters.filter} /> : null}
      {lines.length === 0 ? null : (
        <div className={classes.list}>
          <VirtualRows
            rows={lines}
            keyOf={keyOfLine}
            rowHeight={46}
            label="Groups of alerts, those that need somebody first"
            onEndNear={loadMore}
            letters
          >
            {(line) => <GroupLineRow line={line} />}
          </VirtualRows>
          <div className={classes.foot}>
            <ListFoot
              loading={isFetchingNextPage}
              more={hasNextPage}
              error={refused ? null : groups.error}
              onRetry={() => void groups.refetch()}
              end={counts?.totalGroups === 1 ? "1 group." : `${counts?.totalGroups ?? 0} groups.`}
            />
            <span className={classes.keys}> j and k move, a acknowledges, s silences, e explains.</span>
          </div>
        </div>
      )}
      <Pending />
    </>
  );
}

function Nothing({ counts, filter }: { counts: AlertGroupPage; filter: string }) {
  const { update } = useUrlState();
  const hidden = counts.suppressed;
  const isFiltered = filter !== "";
  const icon = isFiltered ? IconFilterOff : IconBellCheck;
  const Icon = icon;
  return (
    <EmptyState
      icon={<Icon size={34} stroke={1.4} aria-hidden />}
      title={isFiltered ? "No alert matches" : "Nothing needs you"}
    >
      {hidden > 0 ? (
        <Button variant="default" onClick={() => update({ state: "suppressed" }, { push: true })}>
          Show {hidden} that {hidden === 1 ? "is" : "are"} suppressed
        </Button>
      ) : isFiltered ? (
        "Take a matcher away, or look into the history."
      ) : (
        <>
          No alert fires. <Link to="/alerts/rules">Rules</Link> decide what becomes one;{" "}
          <Link to="/alerts/history">history</Link> has those that ended.
        </>
      )}
    </EmptyState>
  );
}

/** What is about to fire: nobody is told of it, so it is in no group yet. */
function Pending() {
  const alerts = useQuery(activeAlertsQuery);
  const pending = alerts.data?.alerts.filter((alert) => alert.state === "pending") ?? [];
  if (pending.length === 0) return null;
  return (
    <Panel title="Pending: the condition holds, but not long enough yet" note={pending.length} flush>
      <ul className={list.list}>
        {pending.map((alert) => (
          <AlertRow key={alert.alertId} alert={alert} />
        ))}
      </ul>
    </Panel>
  );
}
