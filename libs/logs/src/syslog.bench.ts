import { runRateBench } from "@sightline/otlp/testing/bench";
import { createLogBatch } from "./log-batch.ts";
import { newLogRecord } from "./log-record.ts";
import { createObjectReader } from "./object-reader.ts";
import { createSyslogReader } from "./syslog.ts";
import { createZoneTime } from "./zone-time.ts";

/** Half of RFC 5424, half of RFC 3164, of a few programs. */
const messages = Array.from({ length: 5000 }, (_, at) =>
  Buffer.from(
    at % 2 === 0
      ? `<134>1 2023-11-14T22:13:20.${String(at).padStart(6, "0")}Z web-1 shop-${at % 3} ${at} ID7 [shop@1 order="${at}"] order ${at} was taken`
      : `<86>Nov 14 22:13:20 web-1 sshd[${at}]: Accepted publickey for deploy from 10.0.0.7 port ${at} ssh2`,
  ),
);

const zone = createZoneTime("Europe/Berlin", () => 1_700_000_000_000);
const read = createSyslogReader({ read: createObjectReader({ maxFields: 1024 }), zone });
const record = newLogRecord();
const batch = createLogBatch({ maxRecordBytes: 1 << 20 });

runRateBench({
  bench: "syslog",
  metric: "messages_per_second_per_core",
  unit: "messages/s",
  config: { messages: messages.length, bytesPerMessage: Math.round(Buffer.concat(messages).length / messages.length) },
  batch: () => {
    for (const message of messages) {
      read(message.toString("utf8"), record);
      batch.add(record);
    }
    batch.take();
    return messages.length;
  },
});
