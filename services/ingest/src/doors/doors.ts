import type { Door, DoorDeps } from "./door.ts";
import { elasticsearchDoor } from "./elasticsearch/door.ts";
import { eventsDoor } from "./events/door.ts";
import { jaegerDoor } from "./jaeger/door.ts";
import { jsonLinesDoor } from "./json-lines/door.ts";
import { lokiDoor } from "./loki/door.ts";
import { otlpDoor } from "./otlp/door.ts";
import { remoteWriteDoor } from "./remote-write/door.ts";
import { syslogDoor } from "./syslog/door.ts";

/** Every protocol that records come in by; a new one is a folder beside these and a line here. */
export function createDoors(deps: DoorDeps): readonly Door[] {
  return [
    otlpDoor(deps),
    eventsDoor(deps),
    jaegerDoor(deps),
    lokiDoor(deps),
    elasticsearchDoor(deps),
    jsonLinesDoor(deps),
    remoteWriteDoor(deps),
    syslogDoor(deps),
  ];
}
