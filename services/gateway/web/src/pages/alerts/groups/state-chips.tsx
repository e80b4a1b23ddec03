import type { AlertGroupPage, GroupedState } from "../../../api/alert-group-types.ts";
import { formatWhole } from "../../../format/number.ts";
import classes from "./groups.module.css";
import { GROUPED_STATES, GroupedStateMark } from "./state-looks.tsx";

/** How many alerts there are of each state, and which of them are shown. */
export function StateChips(props: {
  counts: Pick<AlertGroupPage, GroupedState> | undefined;
  shown: readonly GroupedState[];
  onToggle: (state: GroupedState) => void;
}) {
  return (
    <fieldset className={classes.chips} aria-label="States shown" style={{ border: 0, margin: 0, padding: 0 }}>
      {GROUPED_STATES.map((state) => (
        <button
          key={state}
          type="button"
          className={classes.chip}
          aria-pressed={props.shown.includes(state)}
          onClick={() => props.onToggle(state)}
          data-testid={`state-${state}`}
        >
          <GroupedStateMark state={state} />
          <span>{props.counts === undefined ? "…" : formatWhole(props.counts[state])}</span>
        </button>
      ))}
    </fieldset>
  );
}
