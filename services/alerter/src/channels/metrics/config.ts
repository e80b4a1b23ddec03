import { z } from "zod";
import { commonSettings } from "../settings.ts";

export const metricsSettings = z.strictObject(commonSettings());
export type MetricsSettings = z.infer<typeof metricsSettings>;
