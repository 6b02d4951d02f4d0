"use strict";
// Draws the charts of the page; their traces and layouts come from page.py.
const charts = JSON.parse(document.getElementById("charts").textContent);
const NARROW = 700; // px; below, legends stand under the charts
const PAPER = 680; // px, the width of A4 without margins
const LEGEND_LINE = 21; // px

// What depends on the width: where the legend stands, and the room for it.
function place(chart, width) {
  const names = chart.data.filter((trace) => trace.showlegend !== false).length;
  const isNarrow = width < NARROW;
  const margin = { ...chart.layout.margin, ...(isNarrow && { l: 56, r: 8, t: chart.layout.margin.t - 28 }) };
  const rows = { tracegroupgap: 0 };
  const shape = { font: { ...chart.layout.font, size: isNarrow ? 11 : 13 }, margin, autosize: true,
    showlegend: chart.legend, dragmode: isNarrow ? false : "zoom" };
  if (chart.height) { // bars: above them
    const lines = chart.legend ? (isNarrow ? names : 1) : 0;
    margin.t += LEGEND_LINE * lines;
    return { ...shape, height: chart.height + LEGEND_LINE * lines - (isNarrow ? 28 : 0),
      legend: { ...rows, orientation: "h", x: 0, y: 1, yanchor: "bottom" } };
  }
  const room = LEGEND_LINE * names;
  if (!isNarrow) return { ...shape, height: Math.max(460, room + 90), legend: { ...rows, x: 1.01, y: 1 } };
  margin.b += room;
  return { ...shape, height: 340 + room,
    legend: { ...rows, maxheight: room + 20, x: 0, xanchor: "left", yref: "container", y: 0, yanchor: "bottom" } };
}

for (const [name, chart] of Object.entries(charts)) {
  const target = document.getElementById("chart-" + name);
  const config = {
    responsive: true, displaylogo: false, showSendToCloud: false, showTips: false,
    modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
    toImageButtonOptions: { format: "svg", filename: name },
  };
  let width = target.clientWidth;
  config.displayModeBar = width >= NARROW;
  Plotly.newPlot(target, chart.data, { ...chart.layout, ...place(chart, width) }, config);
  new ResizeObserver(() => {
    const isOther = target.clientWidth < NARROW !== width < NARROW;
    width = target.clientWidth;
    if (isOther) Plotly.relayout(target, place(chart, width));
  }).observe(target);
  window.addEventListener("beforeprint", () => Plotly.relayout(target, { ...place(chart, PAPER), width: PAPER }));
  window.addEventListener("afterprint", () => Plotly.relayout(target, { ...place(chart, width), width: null }));
}

for (const box of document.querySelectorAll("input[data-bands]")) {
  box.addEventListener("change", () => {
    const target = document.getElementById("chart-" + box.dataset.bands);
    const bands = target.data.flatMap((trace, index) => (trace.meta === "band" ? [index] : []));
    Plotly.restyle(target, { opacity: box.checked ? 1 : 0 }, bands);
  });
}

// What is folded away is printed too.
window.addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("details")) part.open = true;
});
