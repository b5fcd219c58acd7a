// The page's script: charts into their places, tables made sortable, details opened for print.
// The page is complete without it; it reads nothing but the page and asks nothing of a network.

import { makeChart } from "./charts.js";
import { makeSortable } from "./tables.js";

const PRINT_WIDTH = 680;

const charts = [];
for (const figure of document.querySelectorAll("figure.chart")) {
  const data = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
  const plot = figure.querySelector(".plot");
  charts.push({ figure, drawAt: makeChart(plot, data) });
}

function drawAll() {
  for (const { drawAt } of charts) drawAt();
}

let width = 0;
const watch = new ResizeObserver(() => {
  const now = document.documentElement.clientWidth;
  if (now === width) return;
  width = now;
  drawAll();
});

drawAll();
width = document.documentElement.clientWidth;
watch.observe(document.documentElement);

for (const table of document.querySelectorAll("table.sortable")) makeSortable(table);

// On paper everything is open, and charts are as wide as the sheet.
let opened = [];
addEventListener("beforeprint", () => {
  opened = Array.from(document.querySelectorAll("details:not([open]):not(.behind)"));
  for (const d of opened) d.open = true;
  for (const { figure, drawAt } of charts) {
    const half = !figure.classList.contains("wide") && charts.length > 1;
    drawAt(half ? (PRINT_WIDTH - 28) / 2 : PRINT_WIDTH);
  }
});
addEventListener("afterprint", () => {
  for (const d of opened) d.open = false;
  drawAll();
});
