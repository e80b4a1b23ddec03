import type { ReactNode } from "react";
import type { SystemEvent } from "../../api/types.ts";
import { EventRow } from "../../components/event-row.tsx";
import classes from "../../components/list-page.module.css";
import { VirtualRows } from "../../components/virtual-rows.tsx";

/** Events below each other; each opens its detail, and is a link that can be copied or opened elsewhere. */
export function EventList(props: {
  rows: readonly SystemEvent[];
  onOpen: (eventId: string) => void;
  onEndNear: () => void;
  foot: ReactNode;
}) {
  const { rows, onOpen, onEndNear, foot } = props;
  return (
    <div className={classes.list}>
      <VirtualRows
        rows={rows}
        keyOf={(event) => event.eventId}
        rowHeight={33}
        label="Events, newest first"
        onEndNear={onEndNear}
      >
        {(event) => (
          <a
            href={`/events?event=${encodeURIComponent(event.eventId)}`}
            className={classes.row}
            data-row
            data-testid="event-row"
            data-severity={event.severity}
            onClick={(click) => {
              if (click.metaKey || click.ctrlKey || click.shiftKey) return;
              click.preventDefault();
              onOpen(event.eventId);
            }}
          >
            <EventRow event={event} />
          </a>
        )}
      </VirtualRows>
      <div className={classes.foot}>{foot}</div>
    </div>
  );
}
