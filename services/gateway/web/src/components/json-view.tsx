import type { ReactNode } from "react";
import { plainText } from "../format/plain-text.ts";
import classes from "./json-view.module.css";

const maxDepth = 24;

/** A JSON value, indented and coloured; only ever text. */
export function JsonView({ value }: { value: unknown }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a block that scrolls must be reachable by keyboard.
    <pre className={classes.json} tabIndex={0}>
      {printed(value, 0)}
    </pre>
  );
}

function printed(value: unknown, depth: number): ReactNode {
  if (depth > maxDepth) return <span className={classes.other}>…</span>;
  if (Array.isArray(value))
    return group(
      "[",
      "]",
      value.map((item) => printed(item, depth + 1)),
      depth,
    );
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(([name, member]) => [
      <span key="name" className={classes.name}>
        {plainText(JSON.stringify(name))}
      </span>,
      ": ",
      printed(member, depth + 1),
    ]);
    return group("{", "}", members, depth);
  }
  const kind = typeof value === "string" ? classes.text : typeof value === "number" ? classes.number : classes.other;
  return <span className={kind}>{plainText(JSON.stringify(value) ?? "null")}</span>;
}

function group(open: string, close: string, members: readonly ReactNode[], depth: number): ReactNode {
  if (members.length === 0) return `${open}${close}`;
  const indent = "  ".repeat(depth + 1);
  return [
    `${open}\n`,
    ...members.flatMap((member, index) => [
      indent,
      // biome-ignore lint/suspicious/noArrayIndexKey: the members of a printed value have no identity.
      <span key={index}>{member}</span>,
      index < members.length - 1 ? ",\n" : "\n",
    ]),
    `${"  ".repeat(depth)}${close}`,
  ];
}
