// Every small behaviour, each found by its data- attribute; the pages work without them.
import { copying } from "./copy.js";
import { confirming } from "./confirm.js";
import { submitting } from "./submit.js";

document.documentElement.classList.add("scripted");
copying(document);
confirming(document);
submitting(document);
