import { optionalLabelVariable, textVariable } from "../variable.ts";

/** What stands before the names of metrics: the platform's `custom_metrics.namespace`, as `dora_compliance_`, where it sets one. */
export const doraPrefix = textVariable("prefix", "Name prefix");

/** The environment, which the platform's default labels have. */
export const doraEnvironment = optionalLabelVariable("environment", "Environment", "deployments_per_day");

/** The selector that all queries of these boards have. */
export const inEnvironment = `environment=~"$environment"`;
