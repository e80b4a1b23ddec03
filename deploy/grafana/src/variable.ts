import { DATA_SOURCES } from "./data-sources.ts";

/** What people choose at the top of a board; queries have it as `$name`. */
export interface Variable {
  readonly name: string;
  readonly model: Readonly<Record<string, unknown>>;
}

/** The values of a label that every series has, several of which may be chosen: for `name=~"$name"`, in Loki as well. */
export function labelVariable(name: string, label: string, metric: string): Variable {
  return valuesOf({ name, label, metric, allValue: ".+" });
}

/** The same of a label that may be missing: "All" takes series without it too, which Loki would refuse. */
export function optionalLabelVariable(name: string, label: string, metric: string): Variable {
  return valuesOf({ name, label, metric, allValue: ".*" });
}

interface LabelValues {
  readonly name: string;
  readonly label: string;
  readonly metric: string;
  readonly allValue: string;
}

function valuesOf({ name, label, metric, allValue }: LabelValues): Variable {
  const query = `label_values(${metric}, ${name})`;
  const model = {
    name,
    label,
    type: "query",
    datasource: DATA_SOURCES.prometheus,
    definition: query,
    query: { query, qryType: 1, refId: "PrometheusVariableQueryEditor-VariableQuery" },
    includeAll: true,
    allValue,
    multi: true,
    refresh: 2,
    sort: 1,
    current: { selected: true, text: ["All"], value: ["$__all"] },
  };
  return { name, model };
}

/** One of some texts, the first of which is chosen. */
export function choiceVariable(name: string, label: string, choices: readonly [string, ...string[]]): Variable {
  const [first] = choices;
  const model = {
    name,
    label,
    type: "custom",
    query: choices.join(","),
    includeAll: false,
    multi: false,
    current: { selected: true, text: first, value: first },
    options: choices.map((value) => ({ selected: value === first, text: value, value })),
  };
  return { name, model };
}

/** A text that people write; empty at first. */
export function textVariable(name: string, label: string): Variable {
  const none = { selected: true, text: "", value: "" };
  return { name, model: { name, label, type: "textbox", query: "", current: none, options: [none] } };
}
