import { type ReactNode, useEffect } from "react";
import classes from "./page.module.css";

/** A page: its heading with controls beside it, and its contents. The title also names the browser's tab. */
export function Page({
  title,
  heading,
  controls,
  children,
}: {
  title: string;
  /** In place of the title as heading. */
  heading?: ReactNode;
  controls?: ReactNode;
  children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Sightline`;
  }, [title]);
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <h1 className={classes.title}>{heading ?? title}</h1>
        {controls === undefined ? null : <div className={classes.controls}>{controls}</div>}
      </header>
      {children}
    </div>
  );
}
