/** A label by which rows are grouped: by what, and what it is where it is told. The second is worked out once for each group. */
export interface GroupedLabel {
  readonly group: string;
  /** Whether it is grouped by a small number. */
  readonly isNumber: boolean;
  /** What it needs in front of the statement. */
  readonly with?: string;
  shown(column: string): string;
}

/** Columns of a statement that groups rows by labels and tells these. */
export interface GroupedColumns {
  /** What stands in front of the statement, "" for nothing. */
  readonly with: string;
  /** By what rows are grouped, after another column: numbers, and a hash of all texts, which as keys would cost three to five times as much. */
  readonly keys: string;
  /** Their labels, after other columns of the statement that groups. */
  readonly labels: string;
  /** Columns of the statement around it. */
  readonly shown: string;
}

/** The column of label values that `namedReader` reads. */
export function namedColumns(labels: readonly GroupedLabel[]): GroupedColumns {
  const columns = labels.map((label, at) => ({ name: `label${at}`, sql: label.group, isNumber: label.isNumber }));
  const values = labels.map(({ shown }, at) => shown(`label${at}`));
  const clauses = labels.flatMap((label) => (label.with === undefined ? [] : [label.with]));
  return {
    ...groupedBy(columns),
    with: clauses.length === 0 ? "" : `WITH ${clauses.join(",\n")}`,
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

function columnsOf(columns: readonly (readonly [name: string, sql: string])[]): GroupedColumns {
  const texts = columns.map(([name, sql]) => ({ name, sql, isNumber: false }));
  return { ...groupedBy(texts), with: "", shown: columns.map(([name]) => `    ${name}`).join(",\n") };
}

interface GroupedColumn {
  readonly name: string;
  readonly sql: string;
  readonly isNumber: boolean;
}

function groupedBy(columns: readonly GroupedColumn[]): Pick<GroupedColumns, "keys" | "labels"> {
  const numbers = columns.filter(({ isNumber }) => isNumber).map(({ name }) => name);
  const texts = columns.filter(({ isNumber }) => !isNumber).map(({ sql }) => sql);
  const keys = texts.length === 0 ? numbers : [...numbers, `cityHash64(${texts.join(", ")})`];
  return {
    keys: keys.map((key) => `, ${key}`).join(""),
    labels: columns
      .map(({ name, sql, isNumber }) => `,\n        ${isNumber ? sql : `any(${sql})`} AS ${name}`)
      .join(""),
  };
}
