import { plainLine } from "../../format/plain-text.ts";
import classes from "./silences.module.css";

/** Matchers as they are written, as quiet chips. */
export function Matchers({ texts }: { texts: readonly string[] }) {
  return (
    <span className={classes.matchers}>
      {texts.map((text) => (
        <span key={text} className={classes.matcher}>
          {plainLine(text, 200)}
        </span>
      ))}
    </span>
  );
}
