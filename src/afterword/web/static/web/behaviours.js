// Every small behaviour, each found by its data- attribute; the pages work without them.
import { focusing } from "./announce.js";
import { choosing } from "./bulk.js";
import { confirming } from "./confirm.js";
import { copying } from "./copy.js";
import { closing } from "./menus.js";
import { submitting } from "./submit.js";
import { guarding } from "./unsaved.js";

document.documentElement.classList.add("scripted");
copying(document);
confirming(document);
submitting(document);
guarding(document);
choosing(document);
closing(document);
focusing(document);
// A part that htmx has put in place of another: the focus stays with who works there.
document.addEventListener("htmx:afterSwap", (event) => {
  const part = event.detail.elt;
  (part.matches("[data-focus]") ? part : part.querySelector("[data-focus], .is-invalid"))?.focus();
  copying(part);
});
