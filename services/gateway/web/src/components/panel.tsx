import type { ReactNode } from "react";
import { Link } from "react-router";
import classes from "./panel.module.css";

/** What a panel shows around its contents. */
export interface PanelProps {
  readonly title?: ReactNode;
  /** Small words beside the title. */
  readonly note?: ReactNode;
  /** Where the title leads to for more. */
  readonly to?: string | undefined;
  /** Controls at the right end of the title's line. */
  readonly actions?: ReactNode;
  /** Contents go to the edge. */
  readonly flush?: boolean;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

/** A surface with a heading: the one kind of box on all pages. */
export function Panel({ title, note, to, actions, flush = false, className, children }: PanelProps) {
  return (
    <section className={[classes.panel, className].filter(Boolean).join(" ")}>
      {title === undefined ? null : (
        <header className={classes.head}>
          <h2 className={classes.title}>{to === undefined ? title : <Link to={to}>{title}</Link>}</h2>
          {note === undefined ? null : <span className={classes.note}>{note}</span>}
          {actions === undefined ? null : <div className={classes.actions}>{actions}</div>}
        </header>
      )}
      <div className={flush ? classes.flush : classes.body}>{children}</div>
    </section>
  );
}
