import type { Board } from "./board.ts";
import { aegisAiEngine } from "./boards/aegis-ai-engine.ts";
import { aegisApiPerformance } from "./boards/aegis-api-performance.ts";
import { aegisExecutor } from "./boards/aegis-executor.ts";
import { aegisInfrastructure } from "./boards/aegis-infrastructure.ts";
import { aegisOverview } from "./boards/aegis-overview.ts";
import { doraAgentSpecific } from "./boards/dora-agent-specific.ts";
import { doraCompliance } from "./boards/dora-compliance.ts";
import { doraExecutive } from "./boards/dora-executive.ts";
import { doraOperational } from "./boards/dora-operational.ts";
import { opssightApplication } from "./boards/opssight-application.ts";
import { opssightBusiness } from "./boards/opssight-business.ts";
import { opssightInfrastructure } from "./boards/opssight-infrastructure.ts";
import { opssightOverview } from "./boards/opssight-overview.ts";
import { opssightSecurity } from "./boards/opssight-security.ts";
import { servicesAndTraces } from "./boards/services-and-traces.ts";
import { systemHealth } from "./boards/system-health.ts";
import { systemHealthMobile } from "./boards/system-health-mobile.ts";

/** Every board. A new one is a file in `boards/` and a line here. */
export const BOARDS: readonly Board[] = [
  systemHealth,
  systemHealthMobile,
  servicesAndTraces,
  aegisOverview,
  aegisApiPerformance,
  aegisAiEngine,
  aegisExecutor,
  aegisInfrastructure,
  opssightOverview,
  opssightApplication,
  opssightInfrastructure,
  opssightSecurity,
  opssightBusiness,
  doraExecutive,
  doraOperational,
  doraAgentSpecific,
  doraCompliance,
];
