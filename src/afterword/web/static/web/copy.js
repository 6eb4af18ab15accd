import { announce } from "./announce.js";

// <button data-copy="#field" hidden>: puts the field's text on the clipboard and says so.
export function copying(root) {
  for (const button of root.querySelectorAll("[data-copy]")) button.hidden = false;
  if (root !== document) return; // a part that came later is heard by the document
  root.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    const field = document.querySelector(button.dataset.copy);
    const word = button.querySelector("[data-copy-word]") ?? button;
    const before = word.textContent;
    word.textContent = (await copy(field)) ? "Copied" : "Press Ctrl+C";
    announce(word.textContent);
    setTimeout(() => { word.textContent = before; }, 2000);
  });
  root.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-select-on-focus]")) event.target.select();
  });
}

async function copy(field) {
  const text = field.value ?? field.textContent;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { // no clipboard without https: select it, and try the old way
    if (field.select) field.select();
    else getSelection().selectAllChildren(field);
    return document.execCommand("copy");
  }
}
