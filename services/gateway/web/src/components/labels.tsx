import { plainLine } from "../format/plain-text.ts";
import classes from "./labels.module.css";

/** Labels as quiet chips, name=value; the rest beyond `max` as a number. */
export function Labels({ labels, max = 6 }: { labels: Readonly<Record<string, string>>; max?: number }) {
  const entries = Object.entries(labels);
  if (entries.length === 0) return null;
  const hidden = entries.slice(max);
  return (
    <span className={classes.labels}>
      {entries.slice(0, max).map(([name, value]) => (
        <span key={name} className={classes.label} title={`${name}=${plainLine(value)}`}>
          <span className={classes.name}>{plainLine(name)}</span>
          {plainLine(value, 120)}
        </span>
      ))}
      {hidden.length === 0 ? null : (
        <span className={classes.label} title={hidden.map(([name, value]) => `${name}=${plainLine(value)}`).join("\n")}>
          +{hidden.length}
        </span>
      )}
    </span>
  );
}
