// What is typed and not saved: leaving the page asks, and <a data-saves-first> saves on the way.
// A form that the server refused is unsaved from the start.
const TYPED = "input:not([type=hidden], [readonly]), select, textarea";

export function guarding(root) {
  const forms = [...root.querySelectorAll("main form[method=post]")]
    .filter((form) => form.querySelector(TYPED) && !form.closest(".entrance"));
  const counts = new Map();
  let isLeaving = false; // a form is on its way, and takes its own text along

  addEventListener("load", () => {
    for (const form of forms) counts.set(form, form.querySelectorAll(TYPED).length);
  });
  const isUnsaved = (form) => form.isConnected && (
    form.querySelector(".is-invalid, .alert-wrong") !== null
    || (counts.has(form) && counts.get(form) !== form.querySelectorAll(TYPED).length)
    || [...form.querySelectorAll(TYPED)].some(isChanged));

  root.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    const others = forms.filter((form) => form !== event.target && isUnsaved(form));
    isLeaving = others.length === 0;
  });
  addEventListener("pageshow", () => { isLeaving = false; });
  addEventListener("beforeunload", (event) => {
    if (!isLeaving && forms.some(isUnsaved)) event.preventDefault();
  });
  root.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-saves-first]");
    const form = link && forms.find((each) => each.matches("[data-section]") && isUnsaved(each));
    if (!form || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const then = form.querySelector("[name=then]") ?? form.appendChild(field("then"));
    then.value = link.pathname + link.search;
    form.requestSubmit();
  });
}

function field(name) {
  const made = document.createElement("input");
  Object.assign(made, { type: "hidden", name });
  return made;
}

function isChanged(control) {
  if (control.disabled || !control.name || control.closest("fieldset:disabled")) return false;
  if (control.matches("select")) {
    const chosen = [...control.options].filter((option) => option.defaultSelected);
    if (!chosen.length) return control.selectedIndex > 0; // the first is shown where none is chosen
    return [...control.options].some((option) => option.selected !== option.defaultSelected);
  }
  if (control.matches("[type=checkbox], [type=radio]")) return control.checked !== control.defaultChecked;
  return control.value !== control.defaultValue;
}
