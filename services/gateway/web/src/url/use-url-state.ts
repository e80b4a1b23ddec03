import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";

/** New values of parameters of the address; null, "" and [] take a parameter out. */
export type UrlChanges = Readonly<Record<string, string | readonly string[] | null>>;

/** The state of a page as it stands in the address, so that every view can be linked to and gone back to. */
export interface UrlState {
  /** The first value; "" when there is none. */
  get(name: string): string;
  all(name: string): readonly string[];
  has(name: string): boolean;
  /** Changes some parameters. `push` makes a step that "back" undoes. */
  update(changes: UrlChanges, options?: { readonly push?: boolean }): void;
}

/** The address's parameters with changes made. */
export function changedParams(params: URLSearchParams, changes: UrlChanges): URLSearchParams {
  const next = new URLSearchParams(params);
  for (const [name, value] of Object.entries(changes)) {
    next.delete(name);
    const values = value === null ? [] : typeof value === "string" ? [value] : value;
    for (const one of values) if (one !== "") next.append(name, one);
  }
  return next;
}

/** Reads and changes the parameters of the address. */
export function useUrlState(): UrlState {
  const [params, setParams] = useSearchParams();
  const update = useCallback(
    (changes: UrlChanges, options: { readonly push?: boolean } = {}) => {
      // Read anew: two changes in one turn must both count.
      const current = new URLSearchParams(window.location.search);
      setParams(changedParams(current, changes), { replace: options.push !== true, preventScrollReset: true });
    },
    [setParams],
  );
  return useMemo(
    () => ({
      get: (name) => params.get(name) ?? "",
      all: (name) => params.getAll(name),
      has: (name) => params.has(name),
      update,
    }),
    [params, update],
  );
}
