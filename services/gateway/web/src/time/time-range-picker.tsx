import { ActionIcon, Button, Popover, TextInput, Tooltip } from "@mantine/core";
import { IconCalendarTime, IconChevronDown, IconChevronLeft, IconChevronRight, IconZoomOut } from "@tabler/icons-react";
import { useState } from "react";
import { formatInterval } from "./format-time.ts";
import {
  endsNow,
  RELATIVE_RANGES,
  rangeOf,
  relativeLabel,
  resolveRange,
  shiftRange,
  type TimeRange,
  widenRange,
} from "./time-range.ts";
import classes from "./time-range-picker.module.css";

/** Chooses the range of a page: offered ones, or two moments in local time; and moves or widens it. */
export function TimeRangePicker({ range, onChange }: { range: TimeRange; onChange: (range: TimeRange) => void }) {
  const [opened, setOpened] = useState(false);
  const choose = (next: TimeRange) => {
    setOpened(false);
    onChange(next);
  };
  return (
    <div className={classes.group}>
      <Step label="Earlier" onClick={() => onChange(shiftRange(range, -1, Date.now()))}>
        <IconChevronLeft size={15} aria-hidden />
      </Step>
      <Popover opened={opened} onChange={setOpened} position="bottom-end" shadow="md" trapFocus returnFocus>
        <Popover.Target>
          <Button
            variant="default"
            size="sm"
            className={classes.target}
            data-testid="time-range"
            leftSection={<IconCalendarTime size={15} stroke={1.7} aria-hidden />}
            rightSection={<IconChevronDown size={13} aria-hidden />}
            onClick={() => setOpened(!opened)}
          >
            {labelOf(range)}
          </Button>
        </Popover.Target>
        <Popover.Dropdown p={0}>
          <Choices range={range} onChoose={choose} />
        </Popover.Dropdown>
      </Popover>
      <Step label="Later" disabled={endsNow(range)} onClick={() => onChange(later(range))}>
        <IconChevronRight size={15} aria-hidden />
      </Step>
      <Step label="Zoom out" onClick={() => onChange(widenRange(range, Date.now()))}>
        <IconZoomOut size={15} aria-hidden />
      </Step>
    </div>
  );
}

function Choices({ range, onChoose }: { range: TimeRange; onChoose: (range: TimeRange) => void }) {
  const shown = resolveRange(range, Date.now());
  const [start, setStart] = useState(() => localText(shown.startMs));
  const [end, setEnd] = useState(() => localText(shown.endMs));
  const startMs = Date.parse(start);
  const endMs = Date.parse(end);
  const valid = startMs < endMs;
  return (
    <div className={classes.dropdown}>
      <form
        className={classes.absolute}
        onSubmit={(event) => {
          event.preventDefault();
          if (valid) onChoose(rangeOf(startMs, endMs));
        }}
      >
        <TextInput
          type="datetime-local"
          step={1}
          label="From (local time)"
          value={start}
          onChange={(event) => setStart(event.currentTarget.value)}
        />
        <TextInput
          type="datetime-local"
          step={1}
          label="To"
          value={end}
          error={valid ? undefined : "must be after the start"}
          onChange={(event) => setEnd(event.currentTarget.value)}
        />
        <Button type="submit" disabled={!valid}>
          Apply
        </Button>
      </form>
      <div className={classes.relative}>
        {RELATIVE_RANGES.map((choice) => (
          <button
            key={choice}
            type="button"
            className={classes.choice}
            data-chosen={range.start === choice && endsNow(range)}
            {...(range.start === choice ? { "data-autofocus": true } : {})}
            onClick={() => onChoose({ start: choice, end: "now" })}
          >
            {relativeLabel(choice)}
          </button>
        ))}
      </div>
    </div>
  );
}

function Step(props: { label: string; disabled?: boolean; onClick: () => void; children: React.ReactNode }) {
  return (
    <Tooltip label={props.label}>
      <ActionIcon
        variant="default"
        size={30}
        aria-label={props.label}
        disabled={props.disabled === true}
        className={classes.step}
        onClick={props.onClick}
      >
        {props.children}
      </ActionIcon>
    </Tooltip>
  );
}

/** The range in words. */
function labelOf(range: TimeRange): string {
  const relative = endsNow(range) ? relativeLabel(range.start) : undefined;
  const now = Date.now();
  const { startMs, endMs } = resolveRange(range, now);
  return relative ?? formatInterval(startMs, endMs, now);
}

/** The next range, or the one that ends now when that would lie in the future. */
function later(range: TimeRange): TimeRange {
  const now = Date.now();
  const next = shiftRange(range, 1, now);
  const { startMs, endMs } = resolveRange(next, now);
  return endMs <= now ? next : rangeOf(now - (endMs - startMs), now);
}

/** A moment as an input of type datetime-local has it. */
function localText(ms: number): string {
  const local = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}
