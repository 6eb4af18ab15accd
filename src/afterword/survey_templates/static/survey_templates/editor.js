// The template's form: a preview of what is typed, and variables that are put where one types.
const QUIET = 150; // ms without a key, before the preview is drawn again
const form = document.querySelector("[data-template]");
const panel = document.querySelector("[data-preview]");
let frames = [...panel.querySelectorAll("iframe")];
let waiting = 0;
let isDrawing = false;
let again = false;

// Two frames take turns: the one that is loading is not seen, so nothing flickers.
function draw() {
  if (isDrawing) { again = true; return; }
  isDrawing = true;
  const [shown, hidden] = frames;
  const sent = document.createElement("form");
  Object.assign(sent, { method: "post", action: panel.dataset.preview, target: hidden.name, hidden: true });
  for (const [name, value] of [...new FormData(form), ...chosen()]) {
    if (typeof value !== "string") continue;
    sent.append(Object.assign(document.createElement("textarea"), { name, value }));
  }
  hidden.onload = () => {
    hidden.hidden = false;
    shown.hidden = true;
    hidden.onload = null;
    frames = [hidden, shown];
    isDrawing = false;
    panel.dataset.drawn = String(Number(panel.dataset.drawn ?? 0) + 1);
    if (again) { again = false; draw(); }
  };
  document.body.append(sent);
  sent.submit();
  sent.remove();
}

function chosen() {
  return [...panel.querySelectorAll("select, input:checked")].map((each) => [each.name, each.value]);
}

function drawSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(draw, QUIET);
}

form.addEventListener("input", drawSoon);
document.addEventListener("htmx:afterSwap", () => { showChoices(); drawSoon(); });
panel.addEventListener("change", (event) => {
  if (event.target.name === "phone") panel.classList.toggle("is-phone", event.target.checked);
  else draw();
});

// Choices belong to questions that have some.
function showChoices() {
  for (const row of form.querySelectorAll(".question-row")) {
    const type = row.querySelector("select[name$='.type']").value;
    row.querySelector("[data-choices]").hidden = !type.startsWith("choice");
  }
}
form.addEventListener("change", showChoices);

let typedIn = null;
form.addEventListener("focusin", (event) => {
  if (event.target.matches("[data-liquid]")) typedIn = event.target;
});
panel.addEventListener("click", (event) => {
  const name = event.target.closest("[data-variable]")?.dataset.variable;
  const field = typedIn ?? form.querySelector("[data-liquid]");
  if (!name || !field) return;
  field.setRangeText(`{{ ${name} }}`, field.selectionStart, field.selectionEnd, "end");
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

showChoices();
draw();
