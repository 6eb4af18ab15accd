// Notes the chosen score as soon as a person, not a mail scanner, is seen to look at the page.
const form = document.querySelector("[data-survey]");
const saved = form.querySelector("[data-saved]");
const SIGNS = ["pointerdown", "pointermove", "touchstart", "touchmove", "wheel", "keydown"];
const PATIENCE = 5000;
const TICK = 250;
let saving = Promise.resolve();
let isSaving = 0;

function chosen() {
  return new FormData(form).get("score");
}

async function send(score) {
  const body = new URLSearchParams({ score, visit: form.elements.visit.value, by_itself: "1" });
  try {
    const answer = await fetch(form.action, { method: "POST", body, credentials: "omit" });
    if (answer.ok && score === chosen()) {
      saved.textContent = `Your ${score} is noted. Anything to add?`;
    }
  } catch {
    // The Send button still works, and says so if it does not.
  }
}

function note() {
  const score = chosen();
  if (score === null) return;
  isSaving += 1;
  saving = saving.then(() => send(score)).finally(() => { isSaving -= 1; });
}

function whenAPersonIsSeen(act) {
  let looked = 0;
  const stop = new AbortController();
  const seen = () => {
    stop.abort();
    clearInterval(clock);
    act();
  };
  const clock = setInterval(() => {
    looked = document.visibilityState === "visible" && document.hasFocus() ? looked + TICK : 0;
    if (looked >= PATIENCE) seen();
  }, TICK);
  for (const sign of SIGNS) {
    const heed = (event) => { if (event.isTrusted) seen(); };
    addEventListener(sign, heed, { signal: stop.signal, passive: true, capture: true });
  }
}

if ("fromLink" in form.dataset) whenAPersonIsSeen(note);
form.addEventListener("change", (event) => {
  if (event.isTrusted && event.target.name === "score") note();
});
form.addEventListener("submit", (event) => {
  if (isSaving === 0) return;
  event.preventDefault();
  Promise.race([saving, new Promise((go) => { setTimeout(go, PATIENCE); })]).then(() => form.submit());
});
