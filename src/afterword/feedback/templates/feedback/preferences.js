// Says whether a person pressed the button: mail scanners run scripts and submit forms too.
const form = document.querySelector("[data-preferences]");
const { sign } = form.elements;
const isAPerson = () => { sign.value = "person"; };
sign.value = "nobody";

for (const kind of ["pointerdown", "touchstart", "keydown", "click"]) {
  form.addEventListener(kind, (event) => { if (event.isTrusted) isAPerson(); }, { capture: true });
}
// A program may press for a person who speaks to it; so who is asked once more is given time.
if ("onceMore" in form.dataset) whenLookedAt(isAPerson);
