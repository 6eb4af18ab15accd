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

// All that was said so far goes along: who leaves halfway has answered as far as they came.
async function send(score, sign) {
  const body = new URLSearchParams(new FormData(form));
  body.set("score", score);
  body.set("sign", sign);
  body.set("by_itself", "1");
  if (stands) body.set("stands", stands);
  try {
    const answer = await fetch(form.action, { method: "POST", body, credentials: "omit", keepalive: true });
    if (answer.status === 204) {
      stands = score;
      form.elements.knew_answers.value = "1"; // what is kept is what stands here
    }
    if (answer.status === 204 && score === chosen()) {
      saved.textContent = saved.dataset.saved.replace("#", score);
    }
  } catch {
    // The Send button still works, and says so if it does not.
  }
}

function note(sign) {
  const score = chosen();
  if (score === null || "anonymous" in form.dataset) return;
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
let isDirty = false;
let isSent = false;
form.addEventListener("input", () => { isDirty = true; });
form.addEventListener("change", (event) => {
  if (!event.isTrusted) return;
  isDirty = false;
  note("person");
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "hidden" || !isDirty || isSent) return;
  isDirty = false;
  note(form.elements.sign.value);
});
form.addEventListener("submit", (event) => {
  isSent = true;
  if (isSaving === 0) return;
  event.preventDefault();
  Promise.race([saving, new Promise((go) => { setTimeout(go, PATIENCE); })]).then(() => form.submit());
});
form.elements.sign.value = "nobody";

// Further questions come and go with the score and with what was answered before them.
function isAsked(when) {
  const score = chosen();
  const from = when.lowest ?? -1, to = when.highest ?? 99;
  if ((when.lowest !== undefined || when.highest !== undefined) && (score === null || score < from || score > to)) return false;
  if (!when.question) return true;
  const other = form.elements[when.question];
  const isOther = [...form.querySelectorAll(".further")].find((each) => each.contains(other?.[0] ?? other));
  return !isOther?.classList.contains("unasked")
    && new FormData(form).getAll(when.question).some((said) => when.answers.includes(said));
}

function ask() {
  for (const part of form.querySelectorAll("[data-when]")) {
    part.classList.toggle("unasked", !isAsked(JSON.parse(part.dataset.when)));
  }
  const prompt = form.querySelector("[data-prompts]");
  if (prompt && chosen() !== null) prompt.textContent = JSON.parse(prompt.dataset.prompts)[chosen()];
}
form.addEventListener("change", ask);
ask();
