// Says what became of something, to those who hear the page; and puts the focus where it matters.
export function announce(text) {
  const place = document.querySelector("[data-announcements]");
  if (!place) return;
  place.textContent = ""; // the same words twice are said twice
  requestAnimationFrame(() => { place.textContent = text; });
}

// After a page came back from a form: to the first field that is to be mended, else to the message.
export function focusing(root) {
  const target = root.querySelector("main .is-invalid:not(fieldset)")
    ?? root.querySelector("main .alert-wrong[role=alert]")
    ?? root.querySelector("main [data-message]");
  if (!target || location.hash) return;
  if (!target.matches("input, select, textarea, button, a")) target.tabIndex = -1;
  target.focus();
}
