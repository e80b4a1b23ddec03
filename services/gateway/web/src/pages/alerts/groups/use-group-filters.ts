import { useCallback, useMemo } from "react";
import type { GroupedState } from "../../../api/alert-group-types.ts";
import type { GroupFilters } from "../../../api/alert-groups.ts";
import { useUrlState } from "../../../url/use-url-state.ts";
import { GROUPED_STATES } from "./state-looks.tsx";

/** What needs somebody, or has somebody; what is hidden only on demand. */
const DEFAULT_STATES: readonly GroupedState[] = ["firing", "acknowledged"];

/** The filters in the address and how to change them. */
export function useGroupFilters() {
  const { get, all, update } = useUrlState();
  const filter = get("filter");
  const key = all("state").join(" ");
  const filters = useMemo<GroupFilters>(() => {
    const chosen = GROUPED_STATES.filter((state) => key.split(" ").includes(state));
    return { filter, states: chosen.length === 0 ? DEFAULT_STATES : chosen };
  }, [filter, key]);
  const setFilter = useCallback((text: string) => update({ filter: text }, { push: true }), [update]);
  const toggle = useCallback(
    (state: GroupedState) => {
      const { states } = filters;
      const next = states.includes(state) ? states.filter((other) => other !== state) : [...states, state];
      const isDefault = next.length === DEFAULT_STATES.length && DEFAULT_STATES.every((one) => next.includes(one));
      update({ state: isDefault ? null : next }, { push: true });
    },
    [filters, update],
  );
  return { filters, setFilter, toggle };
}
