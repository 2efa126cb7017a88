// What the server sends of a chart, and the words of a column's sheet.

export interface Series {
  name: string;
  values: number[];
}

/** A vertical line at a number of a scale that spans the whole width. */
export interface Line {
  at: number;
  from: number;
  to: number;
  label: string;
}

export interface Chart {
  labels: string[];
  series: Series[];
  unit: string;
  line?: Line;
}

/** The chart in a data block; none when it is not whole: the table beneath then stands alone. */
export function readChart(text: string): Chart | null {
  let found: Partial<Chart> | null;
  try {
    found = JSON.parse(text) as Partial<Chart> | null;
  } catch {
    return null;
  }
  const { labels, series } = found ?? {};
  if (!Array.isArray(labels) || !Array.isArray(series) || series.length === 0) return null;
  if (!series.every((one) => Array.isArray(one.values) && one.values.length === labels.length)) return null;
  return { unit: "", ...found, labels, series };
}

/** The class, then a line for each series. */
export function lines(chart: Chart, place: number): string[] {
  return [chart.labels[place] ?? "", ...chart.series.map((one) => `${one.name} ${one.values[place] ?? 0}${chart.unit}`)];
}
