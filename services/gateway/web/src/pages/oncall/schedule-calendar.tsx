import { ActionIcon, Button, SegmentedControl } from "@mantine/core";
import { IconCalendarDown, IconChevronLeft, IconChevronRight, IconUserPlus } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { createFeed, shiftsQuery, type Window } from "../../api/oncall.ts";
import type { Override, Schedule } from "../../api/oncall-types.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { tellFailed } from "../../components/notify.ts";
import { Panel } from "../../components/panel.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../components/states.tsx";
import { formatInterval } from "../../time/format-time.ts";
import { useNow } from "../../time/use-now.ts";
import classes from "./oncall.module.css";
import { OverrideForm } from "./override-form.tsx";
import { Timeline } from "./timeline.tsx";
import { windowOfWeeks } from "./timeline-layout.ts";

const HOUR_MS = 3_600_000;

/** The weeks of one schedule, with its overrides, which are made by dragging or with the form. */
export function ScheduleCalendar({ schedule }: { schedule: Schedule }) {
  const nowMs = useNow(60_000);
  // On a phone a week is as much as can be read.
  const [weeks, setWeeks] = useState(() => (globalThis.innerWidth < 768 ? 1 : 2));
  const [offset, setOffset] = useState(0);
  const [edited, setEdited] = useState<Override | null>(null);
  const window = windowOfWeeks(nowMs, weeks, offset);
  const shifts = useQuery(shiftsQuery(schedule.name, window));
  const edit = (dragged: Window) => setEdited(emptyOverride(dragged));
  const choose = (overrideId: string) =>
    setEdited(schedule.overrides.find((override) => override.overrideId === overrideId) ?? null);
  return (
    <Panel
      flush
      title={schedule.name}
      note={`${formatInterval(window.startMs, window.endMs, nowMs)}, hand-overs in ${schedule.timeZone}`}
      actions={
        <div className={classes.actions}>
          <SegmentedControl
            size="xs"
            aria-label="How many weeks"
            value={`${weeks}`}
            data={["1", "2", "4"].map((value) => ({ value, label: value === "1" ? "1 week" : `${value} weeks` }))}
            onChange={(value) => setWeeks(Number(value))}
          />
          <ActionIcon aria-label="Earlier" onClick={() => setOffset(offset - weeks)}>
            <IconChevronLeft size={17} aria-hidden />
          </ActionIcon>
          <Button variant="default" disabled={offset === 0} onClick={() => setOffset(0)}>
            Today
          </Button>
          <ActionIcon aria-label="Later" onClick={() => setOffset(offset + weeks)}>
            <IconChevronRight size={17} aria-hidden />
          </ActionIcon>
          <Button
            variant="default"
            leftSection={<IconUserPlus size={14} aria-hidden />}
            onClick={() => edit(nextHours(nowMs))}
          >
            Override
          </Button>
        </div>
      }
    >
      {shifts.isPending ? <SkeletonRows rows={4} height={26} /> : null}
      {shifts.isError && shifts.data === undefined ? (
        <ErrorState compact error={shifts.error} onRetry={() => void shifts.refetch()} />
      ) : null}
      {shifts.data === undefined ? null : (
        <Timeline shifts={shifts.data} window={window} nowMs={nowMs} onDragged={edit} onOverride={choose} />
      )}
      {schedule.layers.length === 0 ? (
        <EmptyState compact title="Nobody takes turns yet">
          Edit the schedule to add a layer, or put somebody on call with an override.
        </EmptyState>
      ) : null}
      <div className={classes.foot}>
        <span>Drag over the first line to put somebody in place of whoever is on call.</span>
        <FeedButton schedule={schedule.name} />
      </div>
      {edited === null ? null : <OverrideForm schedule={schedule} initial={edited} onClose={() => setEdited(null)} />}
    </Panel>
  );
}

/** Makes the address of a calendar; it is shown once. */
function FeedButton({ schedule }: { schedule: string }) {
  const make = useMutation({
    mutationFn: () => createFeed(schedule),
    onError: (error) => tellFailed("Could not make the calendar's address", error),
  });
  if (make.data === undefined) {
    return (
      <Button
        variant="subtle"
        leftSection={<IconCalendarDown size={14} aria-hidden />}
        loading={make.isPending}
        onClick={() => make.mutate()}
      >
        Subscribe
      </Button>
    );
  }
  const address = new URL(make.data, globalThis.location.origin).href;
  return (
    <span className={classes.feed} role="status">
      <span>Add this address to your calendar; it is shown only once:</span>
      <code className="truncate">{address}</code>
      <CopyButton text={address} label="Copy the address" kind="link" />
    </span>
  );
}

function emptyOverride({ startMs, endMs }: Window): Override {
  const times = { start: new Date(startMs).toISOString(), end: new Date(endMs).toISOString() };
  return { overrideId: "", user: "", note: "", createdBy: "", ...times };
}

function nextHours(nowMs: number): Window {
  const startMs = Math.ceil(nowMs / HOUR_MS) * HOUR_MS;
  return { startMs, endMs: startMs + 8 * HOUR_MS };
}
