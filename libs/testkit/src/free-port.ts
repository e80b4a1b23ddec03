import { freePort as findFreePort } from "@sightline/local/servers/free-port";

/** A TCP port of the loopback interface that was free a moment ago. Prefer binding port 0 where the code under test can. */
export const freePort: () => Promise<number> = () => findFreePort();
