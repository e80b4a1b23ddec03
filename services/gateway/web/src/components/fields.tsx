import type { ReactNode } from "react";
import { plainText } from "../format/plain-text.ts";
import classes from "./fields.module.css";

/** Names and values below each other. */
export function Fields({ children }: { children: ReactNode }) {
  return <dl className={classes.fields}>{children}</dl>;
}

/** One of them; nothing when there is no value. */
export function Field({ name, children }: { name: string; children: ReactNode }) {
  if (children === "" || children === null || children === undefined || children === false) return null;
  return (
    <div className={classes.field}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Attributes of telemetry: names in their own order of the alphabet, values as text or JSON. */
export function Attributes({
  attributes,
  actions,
}: {
  attributes: Readonly<Record<string, unknown>>;
  /** Something to do with one attribute, at the end of its line. */
  actions?: (name: string, value: string) => ReactNode;
}) {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return <p className={classes.none}>none</p>;
  return (
    <dl className={classes.fields} data-mono="true">
      {names.map((name) => {
        const raw = attributes[name];
        const value = typeof raw === "string" ? raw : JSON.stringify(raw);
        return (
          <div key={name} className={classes.field}>
            <dt>{plainText(name)}</dt>
            <dd dir="auto">{plainText(value)}</dd>
            {actions === undefined ? null : <span className={classes.action}>{actions(name, value)}</span>}
          </div>
        );
      })}
    </dl>
  );
}

/** A heading within a detail with what belongs below it. */
export function DetailSection({ title, children }: { title: ReactNode; children: ReactNode }) {
  return (
    <section className={classes.section}>
      <h3 className={classes.heading}>{title}</h3>
      {children}
    </section>
  );
}
