import { Link } from "react-router";
import type { IncidentEntry } from "../../../api/incidents.ts";
import { PlainBlock, PlainLine } from "../../../components/plain.tsx";
import { Timestamp } from "../../../time/timestamp.tsx";
import story from "../../alerts/one/one.module.css";
import { ENTRY_TOPICS, foldedEntries, wordsOf } from "./picture.ts";

/** Everything that happened in an incident, in order. */
export function IncidentStory({ entries }: { entries: readonly IncidentEntry[] }) {
  return (
    <ol className={story.story} data-testid="incident-story">
      {foldedEntries(entries).map(({ item, more, last }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: entries have no identity but their place.
        <li key={index} data-kind={item.kind} data-tone={item.kind === "notified" ? "quiet" : "plain"}>
          <span className={story.when}>
            <Timestamp value={item.time} />
          </span>
          <span className={story.topic}>{ENTRY_TOPICS[item.kind] ?? item.kind.replaceAll("_", " ")}</span>
          <span className={story.sentence}>
            {item.kind === "note" ? (
              <PlainBlock text={wordsOf(item)} />
            ) : (
              <PlainLine text={wordsOf(item)} className="" />
            )}
            <Source entry={item} />
            {more === 0 ? null : (
              <span className="dim">
                {` ${more} ${more === 1 ? "time" : "times"} more, the last at `}
                <Timestamp value={last.time} />
              </span>
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}

/** Where to look at what it is about. */
function Source({ entry: { eventId, fingerprint } }: { entry: IncidentEntry }) {
  if (eventId === "" && fingerprint === "") return null;
  const address = eventId === "" ? `/alerts/${fingerprint}` : `/events?event=${encodeURIComponent(eventId)}`;
  return (
    <>
      {" "}
      <Link to={address}>{eventId === "" ? "The alert" : "The event"}</Link>
    </>
  );
}
