import { elasticsearchContracts } from "../elasticsearch/testing/contracts.ts";
import { eventContracts } from "../events/testing/contracts.ts";
import { jaegerContracts } from "../jaeger/testing/contracts.ts";
import { jsonLinesContracts } from "../json-lines/testing/contracts.ts";
import { lokiContracts } from "../loki/testing/contracts.ts";
import { otlpContracts } from "../otlp/testing/contracts.ts";
import { remoteWriteContracts } from "../remote-write/testing/contracts.ts";
import type { DoorContract } from "./door-contract.ts";

/** For tests: every protocol that answers its senders; a new door is a line here. */
export const contracts: readonly DoorContract[] = [
  ...otlpContracts,
  ...eventContracts,
  ...jaegerContracts,
  ...lokiContracts,
  ...elasticsearchContracts,
  ...jsonLinesContracts,
  ...remoteWriteContracts,
];
