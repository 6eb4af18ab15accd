// <div data-suggestions="#textarea">: a click on a name in it adds the name on a line of its own.
import { announce } from "../web/announce.js";

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-suggestions] button");
  if (!button) return;
  event.preventDefault();
  const field = document.querySelector(button.closest("[data-suggestions]").dataset.suggestions);
  const name = button.dataset.eventName ?? button.textContent.trim();
  const lines = field.value.split("\n").map((line) => line.trim()).filter(Boolean);
  if (!lines.includes(name)) lines.push(name);
  field.value = lines.join("\n");
  button.disabled = true; // and loses the focus, so that it goes to what was changed
  field.focus();
  announce(`${name} added: save the schedule`);
});
