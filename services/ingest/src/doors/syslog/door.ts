import { watchDoor } from "@sightline/service/listening";
import type { Door, DoorDeps, Listening } from "../door.ts";
import type { SyslogListener } from "./config.ts";
import { createDelivery } from "./delivery.ts";
import { listenTcp } from "./tcp-listener.ts";
import { listenUdp } from "./udp-listener.ts";

/** Syslog, RFC 5424 and 3164, over UDP, TCP and TLS: as many ports as the configuration names, each with its tenant. */
export function syslogDoor(door: DoorDeps): Door {
  return {
    listen: async (listening) => {
      for (const listener of door.config.syslog) await open(listener, door, listening);
    },
  };
}

async function open(listener: SyslogListener, door: DoorDeps, { host, budget, deps }: Listening): Promise<void> {
  const { config, receiveLogs, metrics, clock } = door;
  const { transport, tenant } = listener;
  const protocol = transport === "udp" ? "syslog-udp" : "syslog-tcp";
  const { log, signal } = deps;
  const limits = config.limits.record;
  const delivery = createDelivery({ listener, protocol, limits, receiveLogs, budget, metrics, clock, log, signal });
  const listen = transport === "udp" ? listenUdp : listenTcp;
  const watch = watchDoor(deps, `syslog ${transport}`);
  const { port, close } = await listen({ listener, host, delivery, watch });
  deps.lifecycle.push(`syslog ${transport} ${port}`, close);
  log.info({ transport, port, tenant }, "listening to syslog");
}
