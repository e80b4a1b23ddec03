import { type ReactNode, useState } from "react";
import type { ValueCount } from "../api/types.ts";
import { formatCompact } from "../format/number.ts";
import { plainLine } from "../format/plain-text.ts";
import classes from "./facets.module.css";

const shownAtFirst = 6;

/** One list of values with their counts, of which any number can be chosen. */
export function Facet(props: {
  title: string;
  values: readonly ValueCount[];
  chosen: readonly string[];
  onChange: (chosen: readonly string[]) => void;
  render?: (value: string) => ReactNode;
}) {
  const { title, values, chosen, onChange, render } = props;
  const [all, setAll] = useState(false);
  // What is chosen stays to be seen, even where nothing of it is left.
  const known = new Set(values.map(({ value }) => value));
  const missing = chosen.filter((value) => !known.has(value)).map((value) => ({ value, count: 0 }));
  const entries = [...missing, ...values];
  const shown = all ? entries : entries.slice(0, Math.max(shownAtFirst, missing.length));
  const toggle = (value: string) =>
    onChange(chosen.includes(value) ? chosen.filter((other) => other !== value) : [...chosen, value]);
  if (entries.length === 0) return null;
  return (
    <fieldset className={classes.facet}>
      <legend className={classes.title}>
        {title}
        {chosen.length === 0 ? null : (
          <button type="button" className={classes.clear} onClick={() => onChange([])}>
            clear
          </button>
        )}
      </legend>
      {shown.map(({ value, count }) => (
        <label key={value} className={classes.value}>
          <input type="checkbox" checked={chosen.includes(value)} onChange={() => toggle(value)} />
          <span className="truncate" title={plainLine(value)}>
            {render === undefined ? plainLine(value) || "(none)" : render(value)}
          </span>
          <span className={classes.count}>{formatCompact(count)}</span>
        </label>
      ))}
      {entries.length > shown.length ? (
        <button type="button" className={classes.more} onClick={() => setAll(true)}>
          {entries.length - shown.length} more
        </button>
      ) : null}
    </fieldset>
  );
}
