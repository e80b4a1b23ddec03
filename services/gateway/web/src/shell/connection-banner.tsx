import { Button } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { useLiveState } from "../live/live-context.tsx";
import { useNow } from "../time/use-now.ts";
import classes from "./connection-banner.module.css";

/** Says that the live stream is interrupted, once it has been for more than a moment, and when it is tried again. */
export function ConnectionBanner() {
  const { state, retry } = useLiveState();
  const now = useNow();
  const attempt = state.t === "waiting" || state.t === "connecting" ? state.attempt : 0;
  if (attempt < 2) return null;
  const seconds = state.t === "waiting" ? Math.max(0, Math.ceil((state.untilMs - now) / 1000)) : 0;
  return (
    <div className={classes.banner} role="status" data-testid="connection-banner">
      <IconPlugConnectedX size={17} stroke={1.8} aria-hidden />
      <span>
        <b>Connection lost.</b> What is shown may be out of date.{" "}
        <span aria-hidden="true">{seconds > 0 ? `Trying again in ${seconds} s.` : "Trying again…"}</span>
      </span>
      <Button variant="default" size="compact-xs" onClick={retry} disabled={state.t !== "waiting"}>
        Try now
      </Button>
    </div>
  );
}
