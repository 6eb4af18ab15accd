// <form data-bulk>: says how many are ticked, ticks the whole page, and waits for somebody to be meant.
function begin(bar) {
  const whole = bar.querySelector("[data-bulk-page]");
  const scope = bar.querySelector("[data-bulk-scope]");
  const ticked = bar.querySelector("[data-bulk-ticked]");
  const boxes = [...document.querySelectorAll('input[form="bulk"][name="customer"]')];

  function show() {
    const count = boxes.filter((box) => box.checked).length;
    whole.checked = count === boxes.length;
    whole.indeterminate = count > 0 && !whole.checked;
    ticked.textContent = count ? `${count} ticked` : "Nobody is ticked yet";
    const meansNobody = scope.value === "ticked" && !count;
    for (const each of bar.querySelectorAll("button")) each.disabled = meansNobody;
    for (const each of bar.querySelectorAll("[data-bulk-needs]")) {
      each.classList.toggle("disabled", meansNobody);
      each.ariaDisabled = meansNobody ? "true" : null;
    }
    if (meansNobody) for (const menu of bar.querySelectorAll("details")) menu.open = false;
  }

  whole.addEventListener("change", () => {
    for (const box of boxes) box.checked = whole.checked;
    scope.value = "ticked";
    show();
  });
  for (const box of boxes) {
    box.addEventListener("change", () => { scope.value = "ticked"; show(); });
  }
  scope.addEventListener("change", show);
  window.addEventListener("pageshow", show); // a browser that goes back keeps what was ticked
  show();
}

const bar = document.querySelector("[data-bulk]");
if (bar) begin(bar);
// The list may find somebody only after it was shown.
else document.addEventListener("htmx:afterSettle", () => {
  const late = document.querySelector("[data-bulk]:not([data-begun])");
  if (late) { late.dataset.begun = ""; begin(late); }
});
