import { IconBellOff, IconBellRinging, IconUserCheck } from "@tabler/icons-react";
import type { AlertGroup, GroupedState } from "../../../api/alert-group-types.ts";
import marks from "../../../components/severity.module.css";
import classes from "./groups.module.css";

const looks = {
  firing: { icon: IconBellRinging, color: "var(--error)" },
  acknowledged: { icon: IconUserCheck, color: "var(--info)" },
  suppressed: { icon: IconBellOff, color: "var(--debug)" },
} satisfies Record<GroupedState, unknown>;

/** In the order in which people want to see them. */
export const GROUPED_STATES: readonly GroupedState[] = ["firing", "acknowledged", "suppressed"];

/** What there is to know of a routed alert first, as a shape, a colour and a word. */
export function GroupedStateMark({ state, children }: { state: GroupedState; children?: string }) {
  const { icon: Icon, color } = looks[state];
  return (
    <span className={marks.mark} style={{ color }}>
      <Icon size={15} stroke={1.9} aria-hidden />
      <span>{children ?? state}</span>
    </span>
  );
}

/** How much of a group fires, is somebody's, or is hidden: a bar and the numbers. */
export function GroupBar({ group }: { group: AlertGroup }) {
  const counts = GROUPED_STATES.map((state) => ({ state, count: group[state] })).filter(({ count }) => count > 0);
  const words = counts.map(({ state, count }) => `${count} ${state}`).join(", ");
  return (
    <span className={classes.bar} title={words}>
      <span className={classes.track} aria-hidden>
        {counts.map(({ state, count }) => (
          <span key={state} style={{ flexGrow: count, background: looks[state].color }} />
        ))}
      </span>
      <span className={classes.counts}>{words}</span>
    </span>
  );
}
