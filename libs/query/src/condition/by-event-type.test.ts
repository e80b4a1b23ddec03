import assert from "node:assert/strict";
import { test } from "node:test";
import { createByEventType } from "./by-event-type.ts";
import { parseCondition } from "./condition.ts";

test("the event types for which a condition can hold", () => {
  const f = (source: string, want: readonly string[] | undefined) => {
    const { eventTypes } = parseCondition(source);
    assert.deepEqual(eventTypes && [...eventTypes], want, source);
  };
  f("event_type == 'disk'", ["disk"]);
  f("'disk' == event_type and details.get('percent') > 90", ["disk"]);
  f("severity == 'error' and (target == 'web-01' and event_type in ['disk', 'cpu'])", ["disk", "cpu"]);
  f("event_type == 'disk' or event_type == 'cpu' and severity == 'error'", ["disk", "cpu"]);
  f("event_type in ['disk', 'cpu'] and event_type in ['cpu', 'memory']", ["cpu"]);

  f("severity == 'error'", undefined);
  f("event_type == 'disk' or severity == 'error'", undefined);
  f("event_type != 'disk'", undefined);
  f("event_type not in ['disk']", undefined);
  f("not event_type == 'disk'", undefined);
  f("event_type.lower() == 'disk'", undefined);
  f("event_type == target", undefined);
  f("event_type in ['disk', target]", undefined);
  f("event_type.startswith('disk')", undefined);
  f("source == 'disk'", undefined);
});

test("those are asked who may want an event of a type, in their order", () => {
  const onDisk = ["event_type == 'disk'"];
  const onError = ["severity == 'error'"];
  const onCpu = ["event_type == 'cpu'", "event_type == 'cpu_is_fine'"];
  const onDiskOrInfo = ["event_type == 'disk'", "severity == 'info'"];
  const onBoth = ["event_type in ['disk', 'cpu']"];
  const all = [onDisk, onError, onCpu, onDiskOrInfo, onBoth];
  const asked = createByEventType(all, (sources) => sources.map(parseCondition));
  const f = (eventType: string, want: readonly (readonly string[])[]) => assert.deepEqual(asked(eventType), want);
  f("disk", [onDisk, onError, onDiskOrInfo, onBoth]);
  f("cpu", [onError, onCpu, onDiskOrInfo, onBoth]);
  f("cpu_is_fine", [onError, onCpu, onDiskOrInfo]);
  f("deployment", [onError, onDiskOrInfo]);
  f("disk", [onDisk, onError, onDiskOrInfo, onBoth]);
});
