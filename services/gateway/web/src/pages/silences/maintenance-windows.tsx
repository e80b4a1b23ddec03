import { Button, Menu } from "@mantine/core";
import { IconLockOpen, IconPlus, IconTool } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";
import { alertsKey } from "../../api/alerts.ts";
import {
  closeWindow,
  deleteWindow,
  type MaintenanceWindow,
  occurrencesQuery,
  openWindow,
  windowsQuery,
} from "../../api/maintenance.ts";
import { ConfirmButton } from "../../components/confirm-button.tsx";
import { tellDone, tellFailed } from "../../components/notify.ts";
import { Panel } from "../../components/panel.tsx";
import { PlainLine } from "../../components/plain.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../components/states.tsx";
import { formatInterval, msOf } from "../../time/format-time.ts";
import { Timestamp } from "../../time/timestamp.tsx";
import { useNow } from "../../time/use-now.ts";
import list from "../alerts/alerts.module.css";
import { Matchers } from "./matchers.tsx";
import classes from "./silences.module.css";

const HOUR = 3600;
const openings = [
  { label: "for 30 minutes", forSeconds: HOUR / 2 },
  { label: "for 1 hour", forSeconds: HOUR },
  { label: "for 4 hours", forSeconds: 4 * HOUR },
] as const;

/** Planned work: windows with when they are open, and buttons for whoever knows better than the schedule. */
export function MaintenanceWindows() {
  const windows = useQuery(windowsQuery);
  return (
    <>
      <div className={list.toolbar}>
        <p>While a window is open its alerts are held; what still fires afterwards is told then.</p>
        <Button
          className={list.end ?? ""}
          component={Link}
          to="/silences/maintenance/new"
          size="sm"
          leftSection={<IconPlus size={15} aria-hidden />}
        >
          New window
        </Button>
      </div>
      {windows.isPending ? <SkeletonRows rows={5} /> : null}
      {windows.isError && windows.data === undefined ? (
        <ErrorState error={windows.error} onRetry={() => void windows.refetch()} />
      ) : null}
      {windows.data?.length === 0 ? (
        <EmptyState icon={<IconTool size={34} stroke={1.4} aria-hidden />} title="No maintenance window yet">
          A good first one: one without a schedule that each deployment opens and closes.
        </EmptyState>
      ) : null}
      {windows.data === undefined || windows.data.length === 0 ? null : (
        <Panel flush>
          <ul className={list.list}>
            {windows.data.map((window) => (
              <WindowRow key={window.windowId} window={window} />
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}

function addressOf({ windowId }: MaintenanceWindow): string {
  return `/silences/maintenance/${encodeURIComponent(windowId)}`;
}

function WindowRow({ window }: { window: MaintenanceWindow }) {
  const color = window.open ? "var(--warning)" : "var(--ink-dim)";
  return (
    <li className={list.item} data-testid="window-row" data-open={window.open}>
      <div className={list.main}>
        <span className={list.name}>
          <Link to={addressOf(window)}>
            <PlainLine text={window.name} className="" />
          </Link>
          <span className={classes.state} style={{ color }}>
            <IconTool size={14} aria-hidden />
            {window.open ? "open" : "closed"}
            {window.changes === null ? null : (
              <span>
                {window.open ? "until " : "opens "}
                <Timestamp value={window.changes} />
              </span>
            )}
          </span>
        </span>
        <Matchers texts={window.matchers} />
        <span className={list.condition}>
          <PlainLine text={window.reason} className="" />
          {window.openings.map(({ openedBy, key }) => `, opened by ${openedBy}${key === "" ? "" : ` (${key})`}`)}
          {window.closedUntil === null ? "" : `, closed by ${window.closedBy}`}
        </span>
        {window.schedule.kind === "manual" ? null : <Occurrences windowId={window.windowId} />}
      </div>
      <WindowActions window={window} />
    </li>
  );
}

const fourWeeksMs = 28 * 24 * 3_600_000;

/** When it is open in the next four weeks: a line, and the next times in words. */
function Occurrences({ windowId }: { windowId: string }) {
  const now = useNow(60);
  const { data = [] } = useQuery(occurrencesQuery(windowId));
  const [next] = data;
  if (next === undefined) return <span className={list.condition}>Not open in the next four weeks.</span>;
  const placed = data.map(({ start, end }) => ({
    start,
    left: Math.max(0, ((msOf(start) - now) / fourWeeksMs) * 100),
    width: ((msOf(end) - msOf(start)) / fourWeeksMs) * 100,
    words: formatInterval(msOf(start), msOf(end), now),
  }));
  return (
    <>
      <span className={list.condition}>
        Next:{" "}
        {placed
          .slice(0, 3)
          .map(({ words }) => words)
          .join("; ")}
      </span>
      <span className={classes.times} aria-hidden>
        {placed.map(({ start, left, width, words }) => (
          <span key={start} className={classes.open} style={{ left: `${left}%`, width: `${width}%` }} title={words} />
        ))}
      </span>
    </>
  );
}

function WindowActions({ window }: { window: MaintenanceWindow }) {
  const { windowId, name, open } = window;
  const change = useWindowChange(name);
  return (
    <div className={list.side}>
      {open ? (
        <Button
          variant="default"
          loading={change.isPending}
          onClick={() => change.mutate({ run: () => closeWindow(windowId), done: "Closed: what it held is told." })}
        >
          Close now
        </Button>
      ) : (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button
              variant="default"
              loading={change.isPending}
              leftSection={<IconLockOpen size={14} aria-hidden />}
              data-testid="window-open"
            >
              Open now
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {openings.map(({ label, forSeconds }) => (
              <Menu.Item
                key={label}
                onClick={() =>
                  change.mutate({
                    run: () => openWindow(windowId, forSeconds, "opened on the page"),
                    done: "It is open.",
                  })
                }
              >
                {label}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      <Button component={Link} to={addressOf(window)} variant="default">
        Edit
      </Button>
      <ConfirmButton
        label="Delete"
        question="Really delete?"
        loading={change.isPending}
        onConfirm={() => change.mutate({ run: () => deleteWindow(windowId), done: "The window is deleted." })}
      />
    </div>
  );
}

function useWindowChange(name: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ run }: { run: () => Promise<void>; done: string }) => run(),
    onSuccess: (_, { done }) => tellDone(done),
    onError: (error) => tellFailed(`Could not change “${name}”`, error),
    onSettled: () => queryClient.invalidateQueries({ queryKey: alertsKey }),
  });
}
