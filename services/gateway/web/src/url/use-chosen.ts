import { useCallback, useMemo } from "react";
import { useUrlState } from "./use-url-state.ts";

/**
 * Which of some words are chosen, as the address has it in one parameter, and how to change it. None in the address, or none left, means
 * the default. `all` and `defaults` have to stay the same objects.
 */
export function useChosen<T extends string>(name: string, all: readonly T[], defaults: readonly T[]) {
  const { all: valuesOf, update } = useUrlState();
  const key = valuesOf(name).join(" ");
  const chosen = useMemo(() => {
    const known = all.filter((one) => key.split(" ").includes(one));
    return known.length === 0 ? defaults : known;
  }, [key, all, defaults]);
  const toggle = useCallback(
    (word: T) => {
      const next = all.filter((one) => chosen.includes(one) !== (one === word));
      const isDefault = next.length === defaults.length && defaults.every((one) => next.includes(one));
      update({ [name]: isDefault ? null : next }, { push: true });
    },
    [name, all, defaults, chosen, update],
  );
  return { chosen, toggle };
}
