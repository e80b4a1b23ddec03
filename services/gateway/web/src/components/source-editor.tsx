import { type UIEvent, useRef } from "react";
import type { SourceProblem } from "../api/source-problem.ts";
import classes from "./source-editor.module.css";

/** Beyond that a file has no numbers beside its lines: they would take longer to draw than to be of use. */
const maxNumbered = 20_000;

/** A text field for a file: its lines have numbers, its problems stand at their lines and below, and lead there. */
export function SourceEditor(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  problems: readonly SourceProblem[];
  /** Said where there is no problem. */
  fine: string;
}) {
  const { label, value, onChange, problems, fine } = props;
  const field = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const lines = value.split("\n").length;
  const height = { minHeight: 0, "--lines": Math.max(lines, 8) };
  const wrong = new Set(problems.map(({ line }) => line));
  const onScroll = (event: UIEvent<HTMLTextAreaElement>) => {
    if (gutter.current !== null) gutter.current.scrollTop = event.currentTarget.scrollTop;
  };
  return (
    <div className={classes.editor}>
      <div className={classes.body} style={height}>
        <div ref={gutter} className={classes.gutter} aria-hidden>
          {lines > maxNumbered
            ? null
            : Array.from({ length: lines }, (_, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number.
                <div key={index} data-wrong={wrong.has(index + 1)}>
                  {index + 1}
                </div>
              ))}
        </div>
        <textarea
          ref={field}
          className={classes.field}
          aria-label={label}
          aria-invalid={problems.length > 0}
          spellCheck={false}
          autoCapitalize="off"
          wrap="off"
          value={value}
          onScroll={onScroll}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      </div>
      <div className={classes.problems} aria-live="polite" data-testid="source-problems" data-count={problems.length}>
        {problems.length === 0 ? <span className="dim">{fine}</span> : null}
        {problems.slice(0, 50).map(({ line, column, message }) => (
          <button
            key={`${line}:${column} ${message}`}
            type="button"
            onClick={() => field.current !== null && goTo(field.current, line, column)}
          >
            {line === 0 ? null : <span className={classes.place}>line {line}</span>}
            {message}
          </button>
        ))}
      </div>
    </div>
  );
}

/** Puts the caret to a place and makes it seen. */
function goTo(field: HTMLTextAreaElement, line: number, column: number): void {
  if (line === 0) return;
  const before = field.value.split("\n").slice(0, line - 1);
  const at = before.reduce((sum, text) => sum + text.length + 1, 0) + Math.max(0, column - 1);
  field.focus();
  field.setSelectionRange(at, at);
  const height = field.scrollHeight / Math.max(1, field.value.split("\n").length);
  field.scrollTop = Math.max(0, (line - 4) * height);
}
