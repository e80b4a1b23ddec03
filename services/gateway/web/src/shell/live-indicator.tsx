import { Tooltip } from "@mantine/core";
import { useLiveState } from "../live/live-context.tsx";
import classes from "./live-indicator.module.css";

const words = {
  open: ["Live", "New events arrive as they happen"],
  connecting: ["Connecting", "Connecting to the live stream"],
  waiting: ["Offline", "The live stream is interrupted; trying again"],
  stopped: ["Offline", "The live stream is off"],
} as const;

/** Whether the page hears of new things as they happen. */
export function LiveIndicator() {
  const { state } = useLiveState();
  const [word, explanation] = words[state.t];
  return (
    <Tooltip label={explanation}>
      <span className={classes.indicator} data-state={state.t} data-testid="live-indicator">
        <i aria-hidden="true" />
        {word}
      </span>
    </Tooltip>
  );
}
