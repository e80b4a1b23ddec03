import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { firingQuery } from "../api/alert-groups.ts";
import { newsOf } from "./alert-news.ts";
import classes from "./nav.module.css";

/** Tells screen readers, politely, of every alert that begins to fire while the page is open. */
export function AlertAnnouncer() {
  const { data } = useQuery(firingQuery);
  const known = useRef<ReadonlySet<string> | null>(null);
  const [words, setWords] = useState("");
  useEffect(() => {
    if (data === undefined) return;
    const news = newsOf(known.current, data);
    known.current = news.known;
    if (news.words !== "") setWords(news.words);
  }, [data]);
  return (
    <div aria-live="polite" className={classes.hidden} data-testid="alert-announcer">
      {words}
    </div>
  );
}
