import { optionalLabelVariable } from "../variable.ts";

/** The environment, where what runs there says it. */
export const opssightEnvironment = optionalLabelVariable("environment", "Environment", "business_deployments_total");

/** The endpoint of the API. */
export const opssightEndpoint = optionalLabelVariable("endpoint", "Endpoint", "http_requests_total");
