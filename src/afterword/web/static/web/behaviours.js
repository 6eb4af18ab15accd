// Every small behaviour, each found by its data- attribute; the pages work without them.
import { focusing } from "./announce.js";
import { comingBack } from "./back.js";
import { confirming } from "./confirm.js";
import { copying } from "./copy.js";
import { closing } from "./menus.js";
import { popping } from "./popup.js";
import { submitting } from "./submit.js";
import { guarding } from "./unsaved.js";

document.documentElement.classList.add("scripted");
comingBack();
copying(document);
confirming(document);
submitting(document);
guarding(document);
closing(document);
popping(document);
focusing(document);
document.addEventListener("htmx:afterSwap", (event) => copying(event.detail.elt));
