import { sparklinePaths } from "./sparkline-paths.ts";

/** The newest values of a series, as a line without axes. `max` fixes the top ("100 %"); otherwise the highest value. */
export function Sparkline({
  values,
  color,
  max,
  width = 160,
  height = 36,
}: {
  values: readonly (number | null)[];
  color: string;
  max?: number | undefined;
  width?: number;
  height?: number;
}) {
  const { line, area } = sparklinePaths(values, { width, height, max });
  return (
    <svg viewBox={`0 0 ${width} ${height}`} width="100%" height={height} preserveAspectRatio="none" aria-hidden="true">
      <path d={area} fill={color} opacity={0.13} />
      <path d={line} fill="none" stroke={color} strokeWidth={1.5} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
