import { useCallback, useMemo } from "react";
import { INCIDENT_STATES, type IncidentState } from "../../api/incidents.ts";
import { useUrlState } from "../../url/use-url-state.ts";

/** What is not over. */
const DEFAULT_STATES: readonly IncidentState[] = ["open", "mitigated"];

/** Which states are shown, as it stands in the address, and how to change it. */
export function useIncidentStates() {
  const { all, update } = useUrlState();
  const key = all("state").join(" ");
  const states = useMemo(() => {
    const chosen = INCIDENT_STATES.filter((state) => key.split(" ").includes(state));
    return chosen.length === 0 ? DEFAULT_STATES : chosen;
  }, [key]);
  const toggle = useCallback(
    (state: IncidentState) => {
      const next = INCIDENT_STATES.filter((each) => states.includes(each) !== (each === state));
      const isDefault = next.length === DEFAULT_STATES.length && DEFAULT_STATES.every((one) => next.includes(one));
      update({ state: isDefault ? null : next }, { push: true });
    },
    [states, update],
  );
  return { states, toggle };
}
