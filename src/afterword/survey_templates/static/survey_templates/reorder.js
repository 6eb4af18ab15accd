// Further questions are dragged into another order by their grip; the buttons do the same by key.
// The order of the fields is the order of the questions, so moving a row is all there is to save.
const form = document.querySelector("[data-template]");
const EDGE = 60; // pixels from the window's edges, where the page scrolls along
const STEP = 14;
let dragged = null; // {row, next}: the row, and what it stood before
let pointer = 0;

function rows() {
  return [...form.querySelectorAll(".question-row")];
}

// Put the row before the first one whose middle is below the finger, else after the last.
function moveTo(y) {
  if (y < EDGE) scrollBy(0, -STEP);
  if (y > innerHeight - EDGE) scrollBy(0, STEP);
  const others = rows().filter((row) => row !== dragged.row);
  const below = others.find((row) => {
    const { top, height } = row.getBoundingClientRect();
    return y < top + height / 2;
  });
  const place = below ?? others.at(-1)?.nextElementSibling;
  if (place && place !== dragged.row && place !== dragged.row.nextElementSibling) place.before(dragged.row);
}

function drop(isWanted) {
  const { row, next } = dragged;
  dragged = null;
  row.classList.remove("is-dragged");
  if (row.nextElementSibling === next) return;
  if (isWanted) form.querySelector("[data-reordered]").click(); // numbers and buttons are drawn anew
  else next.before(row);
}

form.addEventListener("pointerdown", (event) => {
  const row = event.target.closest("[data-grip]")?.closest(".question-row");
  if (!row || event.button) return;
  event.preventDefault();
  dragged = { row, next: row.nextElementSibling };
  pointer = event.pointerId;
  row.classList.add("is-dragged");
});
document.addEventListener("pointermove", (event) => {
  if (dragged && event.pointerId === pointer) moveTo(event.clientY);
});
document.addEventListener("pointerup", (event) => {
  if (dragged && event.pointerId === pointer) drop(true);
});
document.addEventListener("pointercancel", () => { if (dragged) drop(false); });
document.addEventListener("keydown", (event) => {
  if (dragged && event.key === "Escape") drop(false);
});
