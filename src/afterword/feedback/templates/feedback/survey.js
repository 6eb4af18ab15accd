// Notes the chosen score as soon as a person, not a mail scanner, is seen to look at the page.
const form = document.querySelector("[data-survey]");
const saved = form.querySelector("[data-saved]");
const SIGNS = ["pointerdown", "pointermove", "touchstart", "touchmove", "wheel", "keydown", "click"];
let saving = Promise.resolve();
let isSaving = 0;
let stands = form.elements.stands?.value; // the answer that this page knows of

function chosen() {
  return new FormData(form).get("score");
}

async function send(score, sign) {
  const body = new URLSearchParams({ score, sign, visit: form.elements.visit.value, by_itself: "1" });
  if (stands) body.set("stands", stands);
  try {
    const answer = await fetch(form.action, { method: "POST", body, credentials: "omit" });
    if (answer.status === 204) stands = score;
    if (answer.status === 204 && score === chosen()) {
      saved.textContent = `Your ${score} is noted. Anything to add?`;
    }
  } catch {
    // The Send button still works, and says so if it does not.
  }
}

function note(sign) {
  const score = chosen();
  if (score === null) return;
  isSaving += 1;
  saving = saving.then(() => send(score, sign)).finally(() => { isSaving -= 1; });
}

// A touch, a key, a movement: the browser vouches that it was no script's.
function whenAPersonIsSeen(act) {
  const stop = new AbortController();
  const heed = (event) => {
    if (!event.isTrusted) return;
    stop.abort();
    act();
  };
  for (const sign of SIGNS) {
    addEventListener(sign, heed, { signal: stop.signal, passive: true, capture: true });
  }
}

const isFromLink = "fromLink" in form.dataset;
whenAPersonIsSeen(() => {
  form.elements.sign.value = "person";
  if (isFromLink) note("person");
});
if (isFromLink) whenLookedAt(() => { if (form.elements.sign.value !== "person") note("time"); });
form.addEventListener("change", (event) => {
  if (event.isTrusted && event.target.name === "score") note("person");
});
form.addEventListener("submit", (event) => {
  if (isSaving === 0) return;
  event.preventDefault();
  Promise.race([saving, new Promise((go) => { setTimeout(go, PATIENCE); })]).then(() => form.submit());
});
form.elements.sign.value = "nobody";
