import { Button, Tooltip } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { formatWhole } from "../format/number.ts";
import classes from "./live-controls.module.css";

/** Pauses and resumes a live list, and says what waits. */
export function LiveControls(props: {
  paused: boolean;
  waiting: number;
  dropped: number;
  /** Why nothing comes live; null when it does. */
  off: string | null;
  onToggle: () => void;
}) {
  const { paused, waiting, dropped, off, onToggle } = props;
  if (off !== null) {
    return (
      <Tooltip label={off}>
        <span className={classes.off}>not live</span>
      </Tooltip>
    );
  }
  return (
    <span className={classes.controls}>
      {dropped > 0 ? (
        <Tooltip label="They came faster than they could be sent to this page; a search finds them all.">
          <span className={classes.off}>{formatWhole(dropped)} not shown</span>
        </Tooltip>
      ) : null}
      <Button
        variant="default"
        size="sm"
        data-testid="live-pause"
        aria-pressed={paused}
        leftSection={paused ? <IconPlayerPlay size={14} aria-hidden /> : <IconPlayerPause size={14} aria-hidden />}
        onClick={onToggle}
      >
        {paused ? (waiting > 0 ? `Resume, ${formatWhole(waiting)} new` : "Resume") : "Pause"}
      </Button>
    </span>
  );
}
