// Says that a person pressed the button: mail scanners run scripts and submit forms too.
const form = document.querySelector("[data-preferences]");

for (const sign of ["pointerdown", "touchstart", "keydown", "click"]) {
  form.addEventListener(sign, (event) => {
    if (!event.isTrusted || form.elements.by_hand) return;
    const mark = document.createElement("input");
    Object.assign(mark, { type: "hidden", name: "by_hand", value: "1" });
    form.append(mark);
  }, { capture: true });
}
