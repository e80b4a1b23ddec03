import { useCallback, useMemo } from "react";
import { EVENT_FACETS, type EventFacet, type EventFilters } from "../../api/events.ts";
import { useUrlState } from "../../url/use-url-state.ts";

/** The filters in the address and how to change them. */
export function useEventFilters() {
  const url = useUrlState();
  const q = url.get("q");
  const lists = EVENT_FACETS.map((facet) => url.all(facet));
  const key = JSON.stringify(lists);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the lists are new at every render; the key says whether they differ.
  const filters = useMemo<EventFilters>(() => {
    const [severity = [], type = [], source = [], category = [], target = []] = lists;
    return { q, severity, type, source, category, target };
  }, [q, key]);
  const { update } = url;
  const setFacet = useCallback(
    (facet: EventFacet, chosen: readonly string[]) => update({ [facet]: chosen }, { push: true }),
    [update],
  );
  const setSearch = useCallback((text: string) => update({ q: text }, { push: true }), [update]);
  const clear = useCallback(() => {
    update({ q: null, severity: null, type: null, source: null, category: null, target: null }, { push: true });
  }, [update]);
  const isFiltered = q !== "" || lists.some((list) => list.length > 0);
  return { filters, setFacet, setSearch, clear, isFiltered };
}
