import { type ChartSeries, extremes, lastValue } from "../../charts/series-table.ts";
import classes from "./series-list.module.css";

/** The series of a chart with their figures; choosing one shows it alone. */
export function SeriesList(props: {
  series: readonly ChartSeries[];
  solo: string | null;
  onSolo: (label: string | null) => void;
  format: (value: number) => string;
}) {
  const { series, solo, onSolo, format } = props;
  return (
    <div className={classes.scroll}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Series</th>
            <th scope="col">newest</th>
            <th scope="col">least</th>
            <th scope="col">mean</th>
            <th scope="col">highest</th>
          </tr>
        </thead>
        <tbody>
          {series.map(({ label, color, points }) => {
            const newest = lastValue(points);
            const range = extremes(points);
            const figures = [newest, range?.min, range?.mean, range?.max];
            return (
              <tr key={label} data-faded={solo !== null && solo !== label}>
                <th scope="row">
                  <button
                    type="button"
                    aria-pressed={solo === label}
                    onClick={() => onSolo(solo === label ? null : label)}
                  >
                    <i style={{ background: color }} />
                    {label}
                  </button>
                </th>
                {figures.map((figure, column) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the columns are fixed.
                  <td key={column}>{figure == null ? "–" : format(figure)}</td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
