import type { Door, DoorDeps } from "./door.ts";
import { eventsDoor } from "./events/door.ts";
import { jaegerDoor } from "./jaeger/door.ts";
import { otlpDoor } from "./otlp/door.ts";

/** Every protocol that records come in by; a new one is a folder beside these and a line here. */
export function createDoors(deps: DoorDeps): readonly Door[] {
  return [otlpDoor(deps), eventsDoor(deps), jaegerDoor(deps)];
}
