// <canvas data-picture="id">: stacked columns of the JSON with that id; the colours are --fold-N.
const root = document.documentElement;

// A canvas does not understand what a variable may hold, such as color-mix(): ask for its result.
function colour(name, place) {
  const probe = place.appendChild(document.createElement("i"));
  probe.style.color = `var(${name})`;
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function draw() {
  for (const canvas of document.querySelectorAll("canvas[data-picture]")) {
    const picture = JSON.parse(document.getElementById(canvas.dataset.picture).textContent);
    const place = canvas.closest("figure");
    const ticks = { color: colour("--tblr-secondary", place) };
    const datasets = picture.series.map(({ name, counts }, index) => ({
      label: name,
      data: counts,
      backgroundColor: colour(`--fold-${index}`, place),
      borderRadius: 2,
    }));
    const options = {
      animation: false,
      maintainAspectRatio: false,
      interaction: { mode: "index" },
      plugins: { legend: { display: false } },
      scales: {
        x: { stacked: true, grid: { display: false }, ticks: { ...ticks, maxRotation: 0, autoSkipPadding: 12 } },
        y: {
          stacked: true,
          beginAtZero: true,
          border: { display: false },
          grid: { color: colour("--tblr-border-color", place) },
          ticks: { ...ticks, precision: 0, maxTicksLimit: 5 },
        },
      },
    };
    Chart.getChart(canvas)?.destroy();
    new Chart(canvas, { type: "bar", data: { labels: picture.labels, datasets }, options });
  }
}

draw();
new MutationObserver(draw).observe(root, { attributes: true, attributeFilter: ["data-bs-theme"] });
