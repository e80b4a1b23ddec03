import { labelVariable } from "../variable.ts";

/** The service, as Prometheus and Promtail both name it. */
export const aegisJob = labelVariable("job", "Service", "http_requests_total");
