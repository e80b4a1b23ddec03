import type { Refuse } from "@sightline/oncall/refuse";
import type { WallWindow } from "@sightline/oncall/zone/wall-window";
import { WEEKDAYS, type Weekday } from "@sightline/oncall/zone/weekdays";
import type { WallWindow as WindowMessage } from "@sightline/proto/sightline/alert/v1/oncall_service";

/** Where in what somebody sent something is, and how it is refused. */
export interface Place {
  readonly refuse: Refuse;
  readonly place: string;
}

/** The windows of a message. Throws invalid_argument for a kind or a weekday that is none. */
export function windowsFromMessage(windows: readonly WindowMessage[], { refuse, place }: Place): WallWindow[] {
  return windows.map(({ kind }, index): WallWindow => {
    const at = `${place}[${index}]`;
    const wanted = (field: string, weekday: number) => wantWeekday(weekday, { refuse, place: `${at}.${field}` });
    if (kind === undefined) throw refuse(at, "nothing", "a window of a day or a week");
    if (kind.$case === "day") {
      const { weekdays, from, to } = kind.value;
      return { kind: "day", weekdays: weekdays.map((day, n) => wanted(`weekdays[${n}]`, day)), from, to };
    }
    const { fromWeekday, from, toWeekday, to } = kind.value;
    return {
      kind: "week",
      fromWeekday: wanted("from_weekday", fromWeekday),
      from,
      toWeekday: wanted("to_weekday", toWeekday),
      to,
    };
  });
}

/** The weekday of a number of the contract; undefined for "unspecified" and for one that is none. */
export function weekdayFromMessage(weekday: number): Weekday | undefined {
  return WEEKDAYS[weekday - 1];
}

function wantWeekday(number: number, { refuse, place }: Place): Weekday {
  const weekday = weekdayFromMessage(number);
  if (weekday === undefined) throw refuse(place, `${number}`, "1 (Monday) to 7 (Sunday)");
  return weekday;
}
