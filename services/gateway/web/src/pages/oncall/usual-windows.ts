import type { WallWindow } from "../../api/oncall-types.ts";

/** What a window of a day is before anybody changes it. */
export const OFFICE_HOURS: WallWindow = {
  kind: "day",
  weekdays: ["monday", "tuesday", "wednesday", "thursday", "friday"],
  from: "09:00",
  to: "17:00",
};

/** What a window of a week is before anybody changes it. */
export const WEEKEND: WallWindow = {
  kind: "week",
  fromWeekday: "friday",
  from: "17:00",
  toWeekday: "monday",
  to: "09:00",
};
