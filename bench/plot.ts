import type { Cell } from "./cell.js";
import { REFERENCE } from "./contenders.js";
import type { BenchResults } from "./results.js";
import { challengers, METRICS, medianOf, ratioOf } from "./summary.js";
import { element, line, picture, text } from "./svg.js";
import { formatBytes, formatRatio, significant } from "./units.js";

const COLORS = ["#0072b2", "#e69f00", "#009e73"] as const;
const GRID = "#d8d8d8";
const GREY = "#666666";

const GROUP_WIDTH = 130;
const BAR_WIDTH = 40;
const PLOT_HEIGHT = 280;
const LEFT = 56;
const TOP = 74;
const PANEL_GAP = 50;
const BOTTOM = 74;
/** Maximum number of steps of the axis. */
const GRID_LINES = 8;

/**
 * Draws one panel per concurrency. Each bar is our throughput divided by NVIDIA's, the median of the rounds; whiskers go from min to max.
 */
export function throughputPlot(results: BenchResults): string {
  const { sizes, concurrencies } = results.settings;
  const panelWidth = sizes.length * GROUP_WIDTH;
  const width = LEFT + concurrencies.length * (panelWidth + PANEL_GAP);
  const height = TOP + PLOT_HEIGHT + BOTTOM;
  const axis = axisOf(results);
  const panels = concurrencies.map((concurrency, index) =>
    panel(results, concurrency, LEFT + index * (panelWidth + PANEL_GAP), panelWidth, axis),
  );
  const title = `Identity model: infer/s relative to NVIDIA's Python stub, tritonserver ${results.machine.tritonRelease}`;
  return picture(
    width,
    height,
    text(LEFT, 26, title, { "font-size": 17, "font-weight": "bold" }),
    ...legend(results),
    ...panels,
  );
}

interface Axis {
  readonly top: number;
  readonly step: number;
}

/** A round step, and a round upper end above all whiskers. */
function axisOf(results: BenchResults): Axis {
  const { sizes, concurrencies } = results.settings;
  const cells = sizes.flatMap((bytes) =>
    concurrencies.map((concurrency) => ({ bytes, concurrency })),
  );
  const highest = Math.max(
    1,
    ...cells.flatMap((cell) =>
      challengers(results).map((model) => ratioOf(results, cell, model, METRICS.throughput).max),
    ),
  );
  const step = [0.25, 0.5, 1, 2, 5].find((size) => (highest * 1.08) / size <= GRID_LINES) ?? 10;
  return { step, top: Math.ceil((highest * 1.08) / step) * step };
}

function yOf(ratio: number, axis: Axis): number {
  return TOP + PLOT_HEIGHT * (1 - ratio / axis.top);
}

function panel(
  results: BenchResults,
  concurrency: number,
  left: number,
  width: number,
  axis: Axis,
): string {
  const parts: string[] = [];
  for (let ratio = 0; ratio <= axis.top + 1e-9; ratio += axis.step) {
    const y = yOf(ratio, axis);
    parts.push(line(left, y, left + width, y, { stroke: GRID }));
    parts.push(text(left - 8, y + 4, formatRatio(ratio), { "text-anchor": "end", fill: GREY }));
  }
  for (const [index, bytes] of results.settings.sizes.entries()) {
    const center = left + (index + 0.5) * GROUP_WIDTH;
    parts.push(...group(results, { bytes, concurrency }, center, axis));
  }
  const one = yOf(1, axis);
  const dashes = { stroke: "#222222", "stroke-width": 1.5, "stroke-dasharray": "6 4" };
  parts.push(line(left, one, left + width, one, dashes));
  const heading = `concurrency ${concurrency}`;
  parts.push(text(left + width / 2, TOP - 8, heading, { "text-anchor": "middle" }));
  return parts.join("\n");
}

/** The bars of one cell, with the labels below them. */
function group(results: BenchResults, cell: Cell, center: number, axis: Axis): string[] {
  const models = challengers(results);
  const bars = models.flatMap((model, index) => {
    const left = center + (index - models.length / 2) * BAR_WIDTH;
    return bar(results, cell, model, left, COLORS[index % COLORS.length]!, axis);
  });
  const rates = [REFERENCE, ...models].map((model) =>
    significant(medianOf(results, cell, model, METRICS.throughput)),
  );
  const under = { "text-anchor": "middle" };
  const bottom = TOP + PLOT_HEIGHT;
  return [
    ...bars,
    text(center, bottom + 20, formatBytes(cell.bytes), { ...under, "font-weight": "bold" }),
    text(center, bottom + 38, `${rates[0]} infer/s`, { ...under, fill: GREY, "font-size": 11 }),
    text(center, bottom + 53, `→ ${rates.slice(1).join(", ")}`, {
      ...under,
      fill: GREY,
      "font-size": 11,
    }),
  ];
}

function bar(
  results: BenchResults,
  cell: Cell,
  model: string,
  left: number,
  fill: string,
  axis: Axis,
): string[] {
  const ratio = ratioOf(results, cell, model, METRICS.throughput);
  const top = yOf(ratio.median, axis);
  const middle = left + BAR_WIDTH / 2;
  const [low, high] = [yOf(ratio.min, axis), yOf(ratio.max, axis)];
  const whisker = { stroke: "#222222" };
  const height = TOP + PLOT_HEIGHT - top;
  return [
    element("rect", { x: left + 2, y: top, width: BAR_WIDTH - 4, height, fill }),
    line(middle, low, middle, high, whisker),
    line(middle - 5, low, middle + 5, low, whisker),
    line(middle - 5, high, middle + 5, high, whisker),
    text(middle, high - 5, formatRatio(ratio.median), {
      "text-anchor": "middle",
      "font-size": 11,
    }),
  ];
}

function legend(results: BenchResults): string[] {
  const entries = challengers(results).map((model, index) => [
    element("rect", {
      x: LEFT + index * 110,
      y: 38,
      width: 13,
      height: 13,
      fill: COLORS[index % COLORS.length]!,
    }),
    text(LEFT + 19 + index * 110, 49, model),
  ]);
  const after = LEFT + entries.length * 110;
  return [
    ...entries.flat(),
    line(after, 44, after + 30, 44, {
      stroke: "#222222",
      "stroke-width": 1.5,
      "stroke-dasharray": "6 4",
    }),
    text(after + 38, 49, "NVIDIA's stub = 1; bars: median, whiskers: min to max of the rounds"),
  ];
}
