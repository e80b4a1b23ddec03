/** A data source as panels name it. */
export interface DataSource {
  readonly type: string;
  /** That of `provisioning/datasources/sightline.yaml`. */
  readonly uid: string;
}

/** What boards may ask. */
export const DATA_SOURCES = {
  prometheus: { type: "prometheus", uid: "sightline-prometheus" },
  loki: { type: "loki", uid: "sightline-loki" },
  jaeger: { type: "jaeger", uid: "sightline-jaeger" },
  tempo: { type: "tempo", uid: "sightline-tempo" },
  clickhouse: { type: "grafana-clickhouse-datasource", uid: "sightline-clickhouse" },
} as const satisfies Readonly<Record<string, DataSource>>;

/** What a panel names whose queries go to several data sources. */
export const MIXED: DataSource = { type: "datasource", uid: "-- Mixed --" };
