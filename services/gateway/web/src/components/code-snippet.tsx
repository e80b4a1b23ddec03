import classes from "./code-snippet.module.css";
import { CopyButton } from "./copy-button.tsx";

/** A command to copy and run. */
export function CodeSnippet({ text, label }: { text: string; label: string }) {
  return (
    <div className={classes.box}>
      <div className={classes.head}>
        <span>{label}</span>
        <CopyButton text={text} label={`Copy: ${label}`} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a block that scrolls must be reachable by keyboard. */}
      <pre className={classes.code} tabIndex={0}>
        {text}
      </pre>
    </div>
  );
}
