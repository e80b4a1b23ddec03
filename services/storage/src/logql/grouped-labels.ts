/** A label by which rows are grouped: by what, and what it is where it is told. The second is worked out once for each group. */
export interface GroupedLabel {
  readonly group: string;
  shown(column: string): string;
}

/** Columns of a statement that groups rows by labels and tells these. */
export interface GroupedColumns {
  /** What is alike for rows with the same labels, and else different. */
  readonly key: string;
  /** Their labels, after other columns of the statement that groups. */
  readonly labels: string;
  /** Columns of the statement around it. */
  readonly shown: string;
}

/** The column of label values that `namedReader` reads. */
export function namedColumns(labels: readonly GroupedLabel[]): GroupedColumns {
  const values = labels.map(({ shown }, at) => shown(`label${at}`));
  return {
    ...groupedBy(labels.map(({ group }, at) => [`label${at}`, group])),
    shown: `    [${values.length === 0 ? "''" : values.join(", ")}] AS labelValues`,
  };
}

/** The columns that `streamReader` reads. */
export const STREAM_COLUMNS: GroupedColumns = columnsOf([
  ["serviceName", "ServiceName"],
  ["resourceKeys", "ResourceAttributes.keys"],
  ["resourceValues", "ResourceAttributes.values"],
]);

/** The same, and those that `metadataReader` reads. */
export const ALL_COLUMNS: GroupedColumns = columnsOf([
  ["serviceName", "ServiceName"],
  ["resourceKeys", "ResourceAttributes.keys"],
  ["resourceValues", "ResourceAttributes.values"],
  ["attributeKeys", "LogAttributes.keys"],
  ["attributeValues", "LogAttributes.values"],
  // What is made of it alone, so that more numbers do not make more series.
  ["severity", "intDiv(least(SeverityNumber, 24) + 3, 4) * 4"],
]);

type NamedSql = readonly (readonly [name: string, sql: string])[];

function columnsOf(columns: NamedSql): GroupedColumns {
  return { ...groupedBy(columns), shown: columns.map(([name]) => `    ${name}`).join(",\n") };
}

function groupedBy(columns: NamedSql): Pick<GroupedColumns, "key" | "labels"> {
  return {
    key: columns.length === 0 ? "0" : `cityHash64(${columns.map(([, sql]) => sql).join(", ")})`,
    labels: columns.map(([name, sql]) => `,\n        any(${sql}) AS ${name}`).join(""),
  };
}
