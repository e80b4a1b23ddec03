import { useCallback, useMemo } from "react";
import type { LogFilters } from "../../api/logs.ts";
import { type UrlChanges, useUrlState } from "../../url/use-url-state.ts";

/** The filters in the address and how to change them. */
export function useLogFilters() {
  const url = useUrlState();
  const service = url.all("service");
  const attributes = url.all("attr");
  const key = JSON.stringify([service, attributes]);
  const q = url.get("q");
  const minSeverity = url.get("minSeverity");
  const traceId = url.get("traceId");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the lists are new at every render; the key says whether they differ.
  const filters = useMemo<LogFilters>(
    () => ({ q, service, minSeverity, traceId, attributes }),
    [q, minSeverity, traceId, key],
  );
  const { update } = url;
  const set = useCallback((changes: UrlChanges) => update(changes, { push: true }), [update]);
  const active = service.length + attributes.length + [q, minSeverity, traceId].filter((text) => text !== "").length;
  return {
    filters,
    set,
    active,
    tail: url.get("tail") === "1",
    order: url.get("order") === "asc" ? "asc" : "desc",
  } as const;
}
