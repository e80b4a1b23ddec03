import { useCallback, useEffect, useRef, useState } from "react";
import { createLiveBuffer } from "./live-buffer.ts";
import type { LiveFilters } from "./live-client.ts";
import { useLiveStream } from "./live-context.tsx";
import type { LiveStream } from "./live-streams.ts";

const flushIntervalMs = 300;
const maxShown = 500;
const maxWaiting = 2000;

/** What to follow and how. */
export interface LiveRowsOptions<T> {
  readonly stream: LiveStream<T>;
  readonly filters: LiveFilters;
  /** New rows wait while paused. */
  readonly paused: boolean;
  /** False: nothing is followed. */
  readonly enabled: boolean;
  /** Some were missed, or became too many to keep: what was loaded before is to be loaded anew. */
  readonly onGap: () => void;
}

/** Rows that came in live. */
export interface LiveRows<T> {
  /** Newest first, bounded. */
  readonly rows: readonly T[];
  /** How many wait because of the pause. */
  readonly waiting: number;
  /** How many the server left out because they came too fast. */
  readonly dropped: number;
  /** Why the server refuses, if it does. */
  readonly error: string | null;
}

const nothing = { rows: [], waiting: 0, dropped: 0, error: null };

/** Follows a stream. Rows are shown a few times a second at most, however fast they come. */
export function useLiveRows<T>({ stream, filters, paused, enabled, onGap }: LiveRowsOptions<T>): LiveRows<T> {
  const [shown, setShown] = useState<LiveRows<T>>(nothing);
  const buffer = useRef(createLiveBuffer<T>(maxWaiting, stream.keyOf));
  const rows = useRef<readonly T[]>([]);
  const dropped = useRef(0);
  const gap = useRef(onGap);
  useEffect(() => {
    gap.current = onGap;
  });

  const restart = useCallback(() => {
    buffer.current.clear();
    rows.current = [];
    dropped.current = 0;
    setShown(nothing);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other filters mean other rows; nothing else does.
  useEffect(restart, [stream.name, JSON.stringify(filters), enabled]);

  useLiveStream(
    enabled
      ? {
          stream,
          filters,
          onItem: (item) => buffer.current.push(item),
          onDropped: (count) => {
            dropped.current += count;
          },
          onError: (error) => setShown((before) => ({ ...before, error })),
          onResumed: () => {
            restart();
            gap.current();
          },
        }
      : null,
  );

  useEffect(() => {
    if (!enabled) return;
    const flush = () => {
      if (buffer.current.size() === 0) return;
      if (paused) {
        setShown((before) => ({ ...before, waiting: buffer.current.size() + buffer.current.dropped() }));
        return;
      }
      const lost = buffer.current.dropped() > 0;
      const next = [...buffer.current.take(), ...rows.current];
      if (lost || next.length > maxShown) {
        restart();
        gap.current();
        return;
      }
      rows.current = next;
      setShown({ rows: next, waiting: 0, dropped: dropped.current, error: null });
    };
    flush();
    const timer = setInterval(flush, flushIntervalMs);
    return () => clearInterval(timer);
  }, [paused, enabled, restart]);

  return shown;
}
