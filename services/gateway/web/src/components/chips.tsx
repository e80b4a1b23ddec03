import type { ReactNode } from "react";
import classes from "./chips.module.css";

/** Words of which several can be chosen, each a button that says whether it is. */
export function Chips<T extends string>(props: {
  label: string;
  all: readonly T[];
  chosen: readonly T[];
  onToggle: (word: T) => void;
  children: (word: T) => ReactNode;
}) {
  const { label, all, chosen, onToggle, children } = props;
  return (
    <fieldset className={classes.chips} aria-label={label}>
      {all.map((word) => (
        <button
          key={word}
          type="button"
          className={classes.chip}
          aria-pressed={chosen.includes(word)}
          onClick={() => onToggle(word)}
          data-testid={`chip-${word}`}
        >
          {children(word)}
        </button>
      ))}
    </fieldset>
  );
}
