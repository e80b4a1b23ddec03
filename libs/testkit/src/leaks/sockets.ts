import { Socket as DatagramSocket } from "node:dgram";
import { subscribe } from "node:diagnostics_channel";
import { Server, Socket } from "node:net";
import { memberOf } from "./processes.ts";
import type { LeakWatch } from "./watch.ts";

/** Watches listening and connected sockets, also those that would not keep this process from ending. */
export function watchSockets(): LeakWatch {
  const sockets = new Set<Socket>();
  const servers = new Set<Server>();
  const datagrams = new Set<DatagramSocket>();
  const addSocket = (message: unknown): void => {
    const socket = memberOf(message, "socket");
    if (!(socket instanceof Socket)) return;
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  };
  subscribe("net.client.socket", addSocket);
  subscribe("net.server.socket", addSocket);
  subscribe("tracing:net.server.listen:asyncEnd", (message) => {
    const server = memberOf(message, "server");
    if (!(server instanceof Server)) return;
    servers.add(server);
    server.once("close", () => servers.delete(server));
  });
  subscribe("udp.socket", (message) => {
    const socket = memberOf(message, "socket");
    if (!(socket instanceof DatagramSocket)) return;
    datagrams.add(socket);
    socket.once("close", () => datagrams.delete(socket));
  });
  return {
    leaks: () => [
      ...[...servers].filter((server) => server.listening).map((server) => `server ${textOf(server.address())}`),
      ...[...sockets].filter((socket) => !socket.destroyed).map((socket) => `connection ${ends(socket)}`),
      ...[...datagrams].map(() => "UDP socket"),
    ],
    end() {
      for (const server of servers) server.close();
      for (const socket of sockets) socket.destroy();
      for (const socket of datagrams) socket.close();
    },
  };
}

function textOf(address: ReturnType<Server["address"]>): string {
  return address === null || typeof address === "string" ? String(address) : `on port ${address.port}`;
}

function ends(socket: Socket): string {
  return `from port ${socket.localPort ?? "?"} to port ${socket.remotePort ?? "?"}`;
}
