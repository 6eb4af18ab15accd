// <form data-submit-on-change>: sends itself when a choice is made with a pointer, or by Enter.
// Not at every arrow key: who chooses by keyboard passes by what is not meant.
export function submitting(root) {
  let pressed = null;
  root.addEventListener("pointerdown", (event) => { pressed = event.target.closest?.("select"); });
  root.addEventListener("keydown", (event) => {
    pressed = null;
    const form = event.target.closest?.("form[data-submit-on-change]");
    if (form && event.key === "Enter" && event.target.matches("select")) form.requestSubmit();
  });
  root.addEventListener("change", (event) => {
    if (event.target !== pressed) return;
    event.target.closest("form[data-submit-on-change]")?.requestSubmit();
  });
}
