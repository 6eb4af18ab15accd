// <canvas data-bars="nps"> and <canvas data-course="nps">: pictures of the JSON with that id.
const root = document.documentElement;

// A canvas does not understand what a variable may hold, such as color-mix(): ask for its result.
function colour(name) {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = `var(${name})`;
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

const BUCKETS = { promoter: "--tblr-green", passive: "--tblr-yellow", detractor: "--tblr-red" };

function pictureOf(metric) {
  return JSON.parse(document.getElementById(metric).textContent);
}

function look() {
  return {
    animation: false,
    maintainAspectRatio: false,
    plugins: { legend: { display: false } },
    scales: {
      x: { grid: { display: false }, ticks: { color: colour("--tblr-secondary"), maxRotation: 0 } },
      y: {
        border: { display: false },
        grid: { color: colour("--tblr-border-color") },
        ticks: { color: colour("--tblr-secondary"), precision: 0, maxTicksLimit: 5 },
      },
    },
  };
}

function bars(picture) {
  const options = look();
  options.scales.y.beginAtZero = true;
  const backgroundColor = picture.buckets.map((bucket) => colour(BUCKETS[bucket]));
  const datasets = [{ label: "Answers", data: picture.counts, backgroundColor, borderRadius: 3 }];
  return { type: "bar", data: { labels: picture.scores, datasets }, options };
}

function course(picture) {
  const line = colour("--tblr-primary");
  const dataset = {
    label: "Score", data: picture.course, borderColor: line, backgroundColor: line,
    borderWidth: 2, pointRadius: 3, spanGaps: true,
  };
  return { type: "line", data: { labels: picture.weeks, datasets: [dataset] }, options: look() };
}

function draw() {
  for (const [attribute, chart] of [["bars", bars], ["course", course]]) {
    for (const canvas of document.querySelectorAll(`canvas[data-${attribute}]`)) {
      Chart.getChart(canvas)?.destroy();
      new Chart(canvas, chart(pictureOf(canvas.dataset[attribute])));
    }
  }
}

draw();
new MutationObserver(draw).observe(root, { attributes: true, attributeFilter: ["data-bs-theme"] });
