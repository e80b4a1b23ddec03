import { plainLine, plainText } from "../format/plain-text.ts";

/** Untrusted text on one line, with everything hidden in it made visible; cut off with an ellipsis where it is too long. */
export function PlainLine({ text, className }: { text: string; className?: string | undefined }) {
  const line = plainLine(text);
  return (
    <span className={className ?? "truncate"} dir="auto">
      {line}
    </span>
  );
}

/** Untrusted text as it is, line breaks included. */
export function PlainBlock({ text, className }: { text: string; className?: string | undefined }) {
  return (
    <div className={className} style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }} dir="auto">
      {plainText(text)}
    </div>
  );
}
