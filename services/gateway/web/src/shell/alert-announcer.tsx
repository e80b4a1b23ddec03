import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { activeAlertsQuery } from "../api/alerts.ts";
import { plainLine } from "../format/plain-text.ts";
import classes from "./nav.module.css";

/** Tells screen readers, politely, of every alert that begins to fire while the page is open. */
export function AlertAnnouncer() {
  const { data } = useQuery(activeAlertsQuery);
  const known = useRef<ReadonlySet<string> | null>(null);
  const [words, setWords] = useState("");
  useEffect(() => {
    if (data === undefined) return;
    const firing = data.alerts.filter((alert) => alert.state === "firing");
    const before = known.current;
    known.current = new Set(firing.map((alert) => alert.alertId));
    // Those of the first answer are no news.
    const fresh = before === null ? [] : firing.filter((alert) => !before.has(alert.alertId));
    if (fresh.length === 0) return;
    setWords(fresh.map((alert) => `New ${alert.severity} alert: ${plainLine(alert.summary, 200)}`).join(". "));
  }, [data]);
  return (
    <div aria-live="polite" className={classes.hidden} data-testid="alert-announcer">
      {words}
    </div>
  );
}
