import {
  begin,
  end,
  openWriter,
  type WireWriter,
  writeStringField,
  writeVarintField,
  writtenBytes,
} from "@sightline/otlp/wire-writer";

/** For tests: a stream of logproto.PushRequest. */
export interface PushedStream {
  readonly labels: string;
  readonly entries: readonly PushedEntry[];
}

interface PushedEntry {
  readonly timeUnixNano: bigint;
  readonly line: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** For tests: a serialized logproto.PushRequest (Loki `pkg/push/push.proto`). */
export function pushRequest(streams: readonly PushedStream[]): Buffer {
  const writer = openWriter();
  for (const { labels, entries } of streams) {
    const streamAt = begin(writer, 1);
    writeStringField(writer, 1, labels);
    for (const entry of entries) writeEntry(writer, entry);
    end(writer, streamAt);
  }
  return writtenBytes(writer);
}

function writeEntry(writer: WireWriter, { timeUnixNano, line, metadata = {} }: PushedEntry): void {
  const entryAt = begin(writer, 2);
  const timeAt = begin(writer, 1);
  writeVarintField(writer, 1, Number(timeUnixNano / 1_000_000_000n));
  writeVarintField(writer, 2, Number(timeUnixNano % 1_000_000_000n));
  end(writer, timeAt);
  writeStringField(writer, 2, line);
  for (const [name, value] of Object.entries(metadata)) {
    const pairAt = begin(writer, 3);
    writeStringField(writer, 1, name);
    writeStringField(writer, 2, value);
    end(writer, pairAt);
  }
  end(writer, entryAt);
}
