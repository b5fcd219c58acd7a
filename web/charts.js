// Six kinds of chart, drawn from the sheet's chart data alone: nothing here knows an analysis.
// Figures shown in words (labels, tooltips) come formatted from the program; this file only
// writes axis marks. Colours are the page's CSS variables, so light, dark and print follow.

import { use, init } from "echarts/core";
import { BarChart, CustomChart, LineChart, SankeyChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

use([
  BarChart, CustomChart, LineChart, SankeyChart, GridComponent, LegendComponent, MarkLineComponent,
  TooltipComponent, SVGRenderer,
]);

const INK = "var(--ink)";
const SOFT = "var(--soft)";
const LINE = "var(--line)";
const colour = (i) => "var(--c" + ((i % 7) + 1) + ")";

// 0.2 -> "20%", 15000 -> "€15K": marks on an axis.
function axisMark(unit, currency) {
  const options = { notation: "compact", maximumFractionDigits: 2 };
  if (unit === "money" && /^[A-Z]{3}$/.test(currency || ""))
    Object.assign(options, { style: "currency", currency, currencyDisplay: "narrowSymbol" });
  if (unit === "share" || unit === "change" || unit === "probability")
    Object.assign(options, { style: "percent", maximumFractionDigits: 1 });
  const format = new Intl.NumberFormat("en", options);
  if (unit === "points") return (v) => format.format(100 * v) + " pts";
  return (v) => format.format(v);
}

// A tooltip made of text nodes: names from data never meet an HTML parser.
function tip(title, rows) {
  const box = document.createElement("div");
  box.className = "tip";
  const head = document.createElement("b");
  head.textContent = title;
  box.append(head);
  for (const row of rows) {
    const line = document.createElement("span");
    const name = document.createElement("i");
    if (row.colour) name.style.setProperty("--dot", row.colour);
    name.append(row.name);
    line.append(name, row.text);
    box.append(line);
  }
  return box;
}

const tooltip = (trigger, formatter) => ({
  trigger,
  formatter,
  confine: true,
  backgroundColor: "var(--panel)",
  borderColor: LINE,
  padding: [8, 12],
  extraCssText: "box-shadow:0 2px 10px rgba(0,0,0,.14)",
  axisPointer: { type: trigger === "axis" ? "line" : "none", lineStyle: { color: SOFT, type: "solid", width: 1 } },
  transitionDuration: 0,
});

// The page's own fonts by name: text is measured before it is drawn.
const FONT = getComputedStyle(document.body).fontFamily;
const text = (size) => ({ color: SOFT, fontSize: size, fontFamily: FONT });
const known = (v) => v !== null && v !== undefined;

// One series is named by the chart's title; it takes the stronger colour.
const shade = (chart, k) => colour(chart.series.length === 1 ? 1 : k);

const legend = (chart) => ({
  show: chart.series.length > 1,
  left: 0, top: 0, itemWidth: 14, itemHeight: 4, itemGap: 18, icon: "roundRect",
  inactiveColor: LINE, textStyle: { ...text(13), color: INK },
  data: chart.series.map((s, k) => ({ name: s.name, itemStyle: { color: shade(chart, k) } })),
});

const valueAxis = (mark) => ({
  type: "value",
  axisLine: { show: false },
  axisTick: { show: false },
  axisLabel: { ...text(12), formatter: mark },
  splitLine: { lineStyle: { color: LINE } },
});

const referenceLine = (chart, axis) => known(chart.reference) ? {
  silent: true,
  symbol: "none",
  animation: false,
  lineStyle: { color: INK, type: [4, 3], width: 1 },
  label: { ...text(12), color: INK, formatter: chart.reference_name || "", position: axis === "xAxis" ? "start" : "insideEndTop" },
  data: [{ [axis]: chart.reference }],
} : undefined;

// The interval of a series over time: one polygon for each run of points that have one.
function band(series, fill, x, axis) {
  return {
    type: "custom",
    name: series.name,
    silent: true,
    xAxisIndex: axis,
    yAxisIndex: axis,
    z: 1,
    tooltip: { show: false },
    data: x.map((day, i) => [day, series.low[i], series.high[i]]),
    encode: { x: 0, y: [1, 2] },
    itemStyle: { color: fill },
    renderItem(params, api) {
      if (params.dataIndexInside !== 0) return undefined;
      const children = [];
      let top = [], bottom = [];
      const close = () => {
        if (top.length > 1)
          children.push({
            type: "polygon",
            shape: { points: top.concat(bottom.reverse()) },
            style: { fill, opacity: 0.16 },
          });
        top = [];
        bottom = [];
      };
      x.forEach((day, i) => {
        if (!known(series.low[i]) || !known(series.high[i])) return close();
        top.push(api.coord([day, series.high[i]]));
        bottom.push(api.coord([day, series.low[i]]));
        return undefined;
      });
      close();
      return { type: "group", children };
    },
  };
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const dayMark = (day) => new Date(day).getUTCDate() + " " + MONTHS[new Date(day).getUTCMonth()];

// Marks under days that have points, evenly spaced, where there are few points: the marks of a time
// axis are those of the calendar and fall unevenly between weeks. Undefined where they would not do.
function dayMarks(x, width) {
  const days = x.map((day) => Date.parse(day));
  if (x.length < 2 || x.length > 40 || days.some(Number.isNaN) || x[0].slice(0, 4) !== x[x.length - 1].slice(0, 4))
    return undefined;
  const step = Math.ceil(x.length / Math.max(2, Math.floor(width / 76)));
  return { customValues: days.filter((_, i) => i % step === 0) };
}

// Over days, or over steps in their order. Series of one unit share a frame; another unit gets a
// frame of its own below, never a second axis.
function timeChart(chart, width) {
  const marks = chart.kind === "time" ? dayMarks(chart.x, width) : undefined;
  const units = [...new Set(chart.series.map((s) => s.unit))];
  const frame = 230;
  const top = chart.series.length > 1 ? 40 : 14;
  const option = {
    height: top + 2 + units.length * (frame + 24) - 16,
    useUTC: true,
    legend: legend(chart),
    grid: [], xAxis: [], yAxis: [], series: [],
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    tooltip: tooltip("axis", (points) => {
      const i = points[0].dataIndex;
      return tip(chart.x[i], chart.series.map((s, k) => ({ name: s.name, text: s.text[i], colour: shade(chart, k) })));
    }),
  };
  units.forEach((unit, u) => {
    option.grid.push({ left: 4, right: 14, top: top + u * (frame + 24), height: frame, containLabel: true });
    option.xAxis.push(chart.kind === "steps" ? {
      type: "category", gridIndex: u, data: chart.x, boundaryGap: false,
      axisLine: { lineStyle: { color: SOFT } }, axisTick: { lineStyle: { color: SOFT } },
      axisLabel: { ...text(12), hideOverlap: true },
    } : {
      type: "time", gridIndex: u,
      axisLine: { lineStyle: { color: SOFT } }, axisTick: { lineStyle: { color: SOFT }, ...marks },
      axisLabel: { ...text(12), hideOverlap: true, margin: 12, ...marks, formatter: marks ? dayMark : { year: "{yyyy}", month: "{MMM}", day: "{d} {MMM}" } },
      splitLine: { show: false },
    });
    option.yAxis.push({ ...valueAxis(axisMark(unit, chart.currency)), gridIndex: u, splitNumber: 4 });
  });
  chart.series.forEach((s, k) => {
    const axis = units.indexOf(s.unit);
    if (s.low && s.high) option.series.push(band(s, shade(chart, k), chart.x, axis));
    option.series.push({
      type: "line", name: s.name, xAxisIndex: axis, yAxisIndex: axis, z: 3,
      data: chart.x.map((day, i) => [day, s.value[i]]),
      showSymbol: false, symbolSize: 6, connectNulls: false,
      lineStyle: { width: 2, color: shade(chart, k) }, itemStyle: { color: shade(chart, k) },
      emphasis: { disabled: true },
      markLine: k === 0 ? referenceLine(chart, "yAxis") : undefined,
    });
  });
  return option;
}

const nameAxis = (chart, width) => ({
  type: "category", inverse: true, data: chart.x.map((_, i) => i),
  axisLine: { show: false }, axisTick: { show: false },
  axisLabel: {
    ...text(13), color: INK, width: width < 440 ? 122 : width < 700 ? 160 : 260, overflow: "truncate", ellipsis: "…",
    formatter: (i) => chart.x[i], interval: 0,
  },
});

function pairsChart(chart, width) {
  const bars = chart.series.length;
  const named = chart.series.reduce((sum, s) => sum + 36 + 7 * s.name.length, 0);
  const top = 16 + 18 * Math.ceil(named / width); // below the rows of the legend
  return {
    height: top + 6 + chart.x.length * (bars * 13 + 16),
    legend: legend(chart),
    grid: { left: 4, right: 56, top, bottom: 4, containLabel: true },
    tooltip: {
      ...tooltip("axis", (points) => {
        const i = points[0].dataIndex;
        return tip(chart.x[i], chart.series.map((s, k) => ({ name: s.name, text: s.text[i], colour: colour(k) })));
      }),
      axisPointer: { type: "shadow", shadowStyle: { color: LINE, opacity: 0.35 } },
    },
    xAxis: { type: "value", show: false },
    yAxis: nameAxis(chart, width),
    series: chart.series.map((s, k) => ({
      type: "bar", name: s.name, data: s.value, barWidth: 11, barGap: "18%",
      itemStyle: { color: colour(k), borderRadius: 1 },
      emphasis: { disabled: true },
      label: { show: true, position: "right", distance: 5, ...text(12), formatter: (p) => s.short[p.dataIndex] },
      markLine: k === 0 ? referenceLine(chart, "xAxis") : undefined,
    })),
  };
}

// A forest plot: dot, interval with caps, and the figures in words at the right.
function intervalChart(chart, width) {
  const s = chart.series[0];
  const narrow = width < 440; // no room for the interval in words
  const longest = Math.max(0, ...s.text.map((t) => (t || "").length));
  const column = narrow ? 52 : Math.max(142, 6.6 * longest);
  const largest = Math.max(0, ...s.value.filter(known));
  const highest = Math.max(0, ...(s.high || s.value).filter(known));
  const signed = (s.low || s.value).some((v) => known(v) && v < 0); // then no end is cut
  const side = (i) => {
    if (!known(chart.reference) || !s.low || !known(s.low[i])) return colour(1);
    if (s.low[i] > chart.reference) return colour(1);
    return s.high[i] < chart.reference ? "var(--below)" : "var(--between)";
  };
  return {
    height: 58 + chart.x.length * 30,
    grid: { left: 4, right: column + 8, top: 26, bottom: 4, containLabel: true },
    tooltip: tooltip("item", (p) => tip(chart.x[p.dataIndex], [{ name: s.name, text: s.text[p.dataIndex], colour: side(p.dataIndex) }])),
    xAxis: {
      ...valueAxis(axisMark(s.unit, chart.currency)), splitNumber: narrow ? 3 : width < 620 ? 4 : 5,
      axisLabel: { ...text(12), formatter: axisMark(s.unit, chart.currency), showMaxLabel: false, hideOverlap: true },
      max: 1.04 * (largest > 0 && !signed ? Math.min(highest, 2.5 * largest) : highest) || null,
    },
    yAxis: nameAxis(chart, width),
    series: [{
      type: "custom", name: s.name, clip: false,
      data: chart.x.map((_, i) => [s.value[i], i, s.low ? s.low[i] : null, s.high ? s.high[i] : null]),
      encode: { x: [0, 2, 3], y: 1 },
      markLine: { ...referenceLine(chart, "xAxis") },
      renderItem(params, api) {
        const i = params.dataIndex;
        const frame = params.coordSys;
        const right = frame.x + frame.width;
        const at = (v) => api.coord([v, i]);
        const stroke = { stroke: side(i), lineWidth: 1.75, fill: "none" };
        const children = [];
        const row = at(0)[1];
        children.push({ type: "rect", shape: { x: frame.x, y: row - 14, width: frame.width, height: 28 }, style: { fill: "transparent" } });
        if (s.low && known(s.low[i]) && known(s.high[i])) {
          const a = at(s.low[i])[0], b = Math.min(at(s.high[i])[0], right);
          children.push({ type: "line", shape: { x1: a, y1: row, x2: b, y2: row }, style: stroke });
          for (const c of [a, b])
            children.push({ type: "line", shape: { x1: c, y1: row - 4, x2: c, y2: row + 4 }, style: stroke });
        }
        if (known(s.value[i]))
          children.push({ type: "circle", shape: { cx: Math.min(at(s.value[i])[0], right), cy: row, r: 4.25 }, style: { fill: side(i) } });
        children.push({
          type: "text",
          style: {
            text: narrow ? s.short[i] : s.text[i], x: frame.x + frame.width + column + 8, y: row, align: "right",
            verticalAlign: "middle", fill: INK, fontSize: 12, fontFamily: FONT,
          },
        });
        return { type: "group", children };
      },
    }],
  };
}

// A heat map: the darker a cell, the larger its figure, which stands in it where there is room.
function matrixChart(chart, width) {
  const rows = chart.series.length, columns = chart.x.length;
  const longest = (names) => Math.max(...names.map((n) => n.length));
  const side = Math.min(width < 440 ? 92 : 190, 12 + 7 * longest(chart.series.map((s) => s.name)));
  const cell = (width - side - 12) / columns;
  const steep = cell < 16 + 7 * longest(chart.x);
  const top = steep ? Math.min(96, 20 + 5 * longest(chart.x)) : 30;
  const row = Math.max(24, Math.min(40, cell));
  const most = Math.max(...chart.series.flatMap((s) => s.value.filter(known)), 0) || 1;
  return {
    height: top + 6 + rows * row,
    grid: { left: side, right: 12, top, bottom: 6 },
    tooltip: tooltip("item", (p) => {
      const s = chart.series[p.value[1]];
      return tip(s.name, [{ name: chart.x[p.value[0]], text: s.text[p.value[0]], colour: colour(1) }]);
    }),
    xAxis: {
      type: "category", position: "top", data: chart.x.map((_, i) => i),
      axisLine: { show: false }, axisTick: { show: false },
      axisLabel: {
        ...text(12), color: INK, interval: 0, rotate: steep ? 38 : 0, width: steep ? 104 : cell - 4,
        overflow: "truncate", ellipsis: "…", formatter: (i) => chart.x[i],
      },
    },
    yAxis: {
      type: "category", inverse: true, data: chart.series.map((_, k) => k),
      axisLine: { show: false }, axisTick: { show: false },
      axisLabel: {
        ...text(12), color: INK, interval: 0, width: side - 10, overflow: "truncate", ellipsis: "…",
        formatter: (k) => chart.series[k].name,
      },
    },
    series: [{
      type: "custom",
      data: chart.series.flatMap((s, k) => s.value.map((v, i) => [i, k, v])),
      encode: { x: 0, y: 1 },
      renderItem(params, api) {
        const i = api.value(0), k = api.value(1), v = chart.series[k].value[i];
        const [w, h] = api.size([1, 1]);
        const [x, y] = api.coord([i, k]);
        const share = known(v) ? Math.max(0, v / most) : 0;
        const children = [{
          type: "rect",
          shape: { x: x - w / 2 + 1, y: y - h / 2 + 1, width: w - 2, height: h - 2, r: 2 },
          style: known(v) ? { fill: colour(1), opacity: 0.06 + 0.94 * share } : { fill: LINE, opacity: 0.35 },
        }];
        const words = chart.series[k].short[i];
        if (known(v) && w >= 8 + 6.4 * words.length)
          children.push({
            type: "text", silent: true,
            style: {
              text: words, x, y, align: "center", verticalAlign: "middle",
              fill: share > 0.6 ? "var(--panel)" : INK, fontSize: 11.5, fontFamily: FONT,
            },
          });
        return { type: "group", children };
      },
    }],
  };
}

// Flows from place to place, as wide as what goes along them; a name has one colour everywhere.
function flowChart(chart, width) {
  const narrow = width < 560;
  const names = [...new Set(chart.x)];
  const s = chart.series[0];
  const last = (i) => !chart.flows.some((f) => f.from === i);
  const shadeOf = (i) => last(i) ? SOFT : names.indexOf(chart.x[i]) < 7 ? colour(names.indexOf(chart.x[i])) : "var(--between)";
  const depth = chart.x.map(() => 0);
  for (const f of chart.flows) depth[f.to] = Math.max(depth[f.to], depth[f.from] + 1);
  const levels = 1 + Math.max(0, ...depth);
  const most = Math.max(1, ...depth.map((d) => depth.filter((e) => e === d).length));
  const room = Math.max(30, (width - 16) / levels - (narrow ? 16 : 24));
  // Where there is little room a name stands once, at the first touch: its colour tells the others.
  const named = (i) => !narrow || depth[i] === 0 || last(i) || !chart.x.some((x, k) => x === chart.x[i] && depth[k] === 0);
  return {
    height: 24 + most * (narrow ? 56 : 62),
    tooltip: tooltip("item", (p) => p.dataType === "edge"
      ? tip(chart.x[p.data.source] + " → " + chart.x[p.data.target], [{ name: s.name, text: p.data.words, colour: shadeOf(+p.data.source) }])
      : tip(chart.x[p.name], [{ name: s.name, text: s.text[p.name], colour: shadeOf(+p.name) }])),
    series: [{
      type: "sankey", left: 4, right: 8, top: 10, bottom: 10,
      nodeWidth: narrow ? 7 : 11, nodeGap: narrow ? 14 : 16, draggable: false, layoutIterations: 24,
      emphasis: { focus: "adjacency", lineStyle: { opacity: 0.6 } },
      blur: { lineStyle: { opacity: 0.1 }, itemStyle: { opacity: 0.4 } },
      data: chart.x.map((_, i) => ({
        name: String(i), depth: last(i) ? levels - 1 : depth[i], itemStyle: { color: shadeOf(i), borderWidth: 0 },
        label: { show: named(i), position: last(i) ? "left" : "right", width: narrow ? 2 * room : room },
      })),
      links: chart.flows.map((f) => ({
        source: String(f.from), target: String(f.to), value: f.value, words: f.text,
        lineStyle: { color: shadeOf(f.from), opacity: 0.28, curveness: 0.5 },
      })),
      label: {
        ...text(narrow ? 11 : 12.5), color: INK, distance: 4, overflow: "truncate", ellipsis: "…",
        textBorderColor: "var(--panel)", textBorderWidth: 2,
        formatter: (p) => narrow ? chart.x[p.name] : chart.x[p.name] + "  " + s.short[p.name],
      },
    }],
  };
}

const draw = { time: timeChart, steps: timeChart, pairs: pairsChart, interval: intervalChart, matrix: matrixChart, flow: flowChart };

// Draws into `plot`; returns a function that draws again at a width (or the plot's own).
export function makeChart(plot, chart) {
  let drawn = null;
  return (width) => {
    const w = Math.max(240, Math.floor(width || plot.clientWidth));
    const { height, ...option } = draw[chart.kind](chart, w);
    if (!drawn) drawn = init(plot, null, { renderer: "svg", width: w, height });
    else drawn.resize({ width: w, height });
    plot.style.height = height + "px";
    drawn.setOption({ animation: false, ...option }, true);
  };
}
