// Bar charts: figures the server has counted, drawn in the colours of the page. Loaded only where a chart stands.
// Without this file the same figures stand in the table beneath.
import { BarChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { type Chart, lines, readChart } from "./chart/data.ts";

use([BarChart, GridComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

interface Paint {
  ink: string;
  line: string;
  faint: number;
  surface: string;
  mark: string;
  tones: string[];
  size: number;
  face: string;
}

/** Colours of the page as it is shown; on paper there is black on white, whatever the screen shows. */
function paintOf(view: Window, root: HTMLElement, paper: boolean): Paint {
  const style = view.getComputedStyle(root);
  const of = (name: string): string => style.getPropertyValue(name).trim();
  // where every line is black, those behind the bars must still step back
  const faint = paper || root.dataset.theme === "contrast" ? 0.35 : 1;
  const common = { faint, size: Number.parseFloat(style.fontSize) * 0.75, face: view.getComputedStyle(view.document.body).fontFamily };
  return paper
    ? { ...common, ink: "#000", line: "#999", surface: "#fff", mark: "#000", tones: ["#000", "#000", "#888"] }
    : { ...common, ink: of("--ink-soft"), line: of("--line"), surface: of("--surface"), mark: of("--vermilion"), tones: [of("--pine"), of("--blue-grey"), of("--ink-faint")] };
}

/** The first row is full, the second hollow, the third grey: they differ without colour too. */
function optionOf(chart: Chart, paint: Paint): EChartsCoreOption {
  const text = { color: paint.ink, fontSize: paint.size, fontFamily: paint.face };
  const bars = chart.series.map((one, place) => ({
    type: "bar",
    name: one.name,
    // nothing is drawn of nothing, not even its border
    data: one.values.map((value) => value || null),
    barMaxWidth: 28,
    barGap: "12%",
    itemStyle: { color: place === 1 ? paint.surface : paint.tones[place], borderColor: paint.tones[place] ?? paint.ink, borderWidth: 1.5, borderRadius: [2, 2, 0, 0] },
  }));
  // the line stands on a second, numbered axis of the same extent, so that it may stand between two classes
  const marked = chart.line && {
    type: "bar",
    xAxisIndex: 1,
    data: [],
    tooltip: { show: false },
    markLine: {
      silent: true,
      symbol: "none",
      lineStyle: { color: paint.mark, width: 1.5, type: "dashed" },
      label: { ...text, color: paint.mark, formatter: chart.line.label, position: "end", distance: 4 },
      data: [{ xAxis: chart.line.at }],
    },
  };
  return {
    animation: false,
    textStyle: text,
    grid: { left: 8, right: 16, top: chart.line ? 32 : 16, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    tooltip: {
      trigger: "axis",
      className: "chart-tip",
      confine: true,
      axisPointer: { type: "shadow", shadowStyle: { color: paint.line, opacity: 0.4 } },
      // own elements: the markup of the library carries styles that the page's policy forbids
      formatter: (found: { dataIndex: number }[] | { dataIndex: number }) => tip(chart, Array.isArray(found) ? (found[0]?.dataIndex ?? 0) : found.dataIndex),
    },
    xAxis: [
      { type: "category", data: chart.labels, axisTick: { show: false }, axisLine: { lineStyle: { color: paint.line } }, axisLabel: { ...text, hideOverlap: true } },
      { type: "value", min: chart.line?.from ?? 0, max: chart.line?.to ?? 1, show: false },
    ],
    yAxis: { type: "value", minInterval: 1, axisLabel: text, splitLine: { lineStyle: { color: paint.line, opacity: paint.faint } } },
    series: marked ? [...bars, marked] : bars,
  };
}

function tip(chart: Chart, place: number): HTMLElement {
  const box = document.createElement("div");
  for (const [index, line] of lines(chart, place).entries()) {
    const row = document.createElement(index ? "div" : "b");
    row.textContent = line;
    box.append(row);
  }
  return box;
}

function draw(figure: HTMLElement): void {
  const area = figure.querySelector<HTMLElement>(".chart-area");
  const chart = readChart(figure.querySelector("script[type='application/json']")?.textContent ?? "");
  if (!area || !chart) return;
  figure.dataset.ready = "";
  // drawn finer than the screen needs, because it may be printed
  const drawn = init(area, null, { renderer: "canvas", devicePixelRatio: Math.max(2, window.devicePixelRatio) });
  const paint = (paper: boolean): void => {
    drawn.setOption(optionOf(chart, paintOf(window, document.documentElement, paper)), { notMerge: true });
  };
  paint(false);
  new ResizeObserver(() => drawn.resize()).observe(area);
  new MutationObserver(() => paint(false)).observe(document.documentElement, { attributeFilter: ["data-theme", "data-text"] });
  window.addEventListener("beforeprint", () => paint(true));
  window.addEventListener("afterprint", () => paint(false));
}

for (const figure of document.querySelectorAll<HTMLElement>("figure[data-chart]")) draw(figure);
