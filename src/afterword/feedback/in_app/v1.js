// Afterword's surveys within a web application. Written by hand, without dependencies.
//
// It lives beside pages that it knows nothing of: what it draws stands in a shadow root with a
// stylesheet of its own (a strict Content-Security-Policy allows both), and it calls no method of
// Array.prototype or String.prototype, which pages have been seen to redefine.
(() => {
  "use strict";
  const tag = document.currentScript;
  if (!tag || !tag.dataset.key || !("adoptedStyleSheets" in Document.prototype)) return;
  const BASE = new URL("..", tag.src).href;
  const KEY = tag.dataset.key;
  const AFTER_AN_EVENT = [1000, 2000, 4000, 8000]; // it takes a moment until an event is decided
  const APART = 30000; // milliseconds between two questions that only another page brought about
  const fetch = window.fetch.bind(window);

  let who = null; // {userId, email, hash, traits}
  let waiting = []; // surveys that may be shown here, or on another page
  let current = null; // the one that is on the page
  let timer = 0;
  let askedAt = 0;
  let address = location.href;

  // ---- What the page says

  function identify(given) {
    const said = given || {};
    const userId = said.userId === undefined || said.userId === null ? "" : `${said.userId}`;
    who = { userId, email: said.email || "", hash: said.hash || "", traits: said.traits || {} };
    waiting = [];
    check();
  }

  function track(name, properties) {
    if (!who || !name) return;
    const body = JSON.stringify({
      type: "track", writeKey: KEY, event: `${name}`, userId: who.userId || who.email,
      properties: properties || {}, messageId: `in-app-${Date.now()}-${Math.random()}`,
    });
    const headers = { "Content-Type": "text/plain" };
    fetch(`${BASE}v1/track`, { method: "POST", body, headers, credentials: "omit", keepalive: true })
      .then((answer) => { if (answer.ok) checkSoon(0); }, () => {});
  }

  const CALLS = { identify, track, check: () => check() };

  function call(name, ...given) {
    if (CALLS[name]) CALLS[name](given[0], given[1]);
  }

  // ---- What we ask and tell

  function post(path, fields) {
    const body = new URLSearchParams();
    const names = Object.keys(fields);
    for (let n = 0; n < names.length; n += 1) {
      const value = fields[names[n]];
      const many = Array.isArray(value) ? value : [value];
      for (let m = 0; m < many.length; m += 1) body.append(names[n], many[m]);
    }
    const how = { method: "POST", body, credentials: "omit", keepalive: true };
    return fetch(`${BASE}in-app/v1/${path}`, how).then(async (answer) => {
      const said = await answer.json();
      if (!answer.ok) throw { problem: said.problem };
      return said;
    });
  }

  function check() {
    if (!who || !(who.userId || who.email)) return Promise.resolve();
    askedAt = Date.now();
    const asked = who;
    const { userId, email, hash, traits } = who;
    const language = document.documentElement.lang || navigator.language;
    const fields = { key: KEY, userId, email, hash, language, traits: JSON.stringify(traits) };
    return post("check", fields).then((said) => {
      if (asked !== who) return; // somebody else has signed in meanwhile
      waiting = said.surveys;
      look();
    }, () => {});
  }

  function checkSoon(turn) {
    if (turn >= AFTER_AN_EVENT.length) return;
    setTimeout(() => {
      if (current) return;
      check().then(() => { if (!waiting.length) checkSoon(turn + 1); });
    }, AFTER_AN_EVENT[turn]);
  }

  // ---- Where it may be shown

  // Whether a pattern, in which * stands for anything, is the whole of a text.
  function fits(pattern, text) {
    let p = 0, t = 0, star = -1, from = 0;
    while (t < text.length) {
      if (pattern[p] === "*") { star = p; from = t; p += 1; }
      else if (p < pattern.length && pattern[p] === text[t]) { p += 1; t += 1; }
      else if (star >= 0) { p = star + 1; from += 1; t = from; }
      else return false;
    }
    while (pattern[p] === "*") p += 1;
    return p === pattern.length;
  }

  function isHere(survey) {
    const full = location.origin + location.pathname + location.search;
    let found = !survey.pages.length;
    for (let n = 0; n < survey.pages.length; n += 1) {
      const page = survey.pages[n];
      found = found || fits(page, full) || fits(page, location.pathname)
        || fits(page, location.origin + location.pathname);
    }
    return found && (survey.look !== "inline" || !!placeOf(survey));
  }

  function placeOf(survey) {
    if (survey.look !== "inline") return document.body;
    try {
      return document.querySelector(survey.element);
    } catch {
      return null; // no selector
    }
  }

  function look() {
    if (current && !current.host.isConnected) current = null; // the page has removed it
    if (current) return;
    clearTimeout(timer);
    for (let n = 0; n < waiting.length; n += 1) {
      const survey = waiting[n];
      if (isHere(survey)) {
        const left = survey.wait * 1000 - performance.now();
        timer = setTimeout(() => { if (!current && isHere(survey)) show(survey); }, left);
        return;
      }
    }
  }

  setInterval(() => {
    if (location.href === address) {
      if (waiting.length && !current) look();
      return;
    }
    address = location.href;
    if (!current && Date.now() - askedAt > APART) check();
    else look();
  }, 1000);

  // ---- What is drawn

  function make(name, attributes, text, ...inside) {
    const made = document.createElement(name);
    const names = Object.keys(attributes || {});
    for (let n = 0; n < names.length; n += 1) {
      const value = attributes[names[n]];
      if (value !== false && value !== "") made.setAttribute(names[n], value === true ? "" : value);
    }
    if (text) made.textContent = text;
    for (let n = 0; n < inside.length; n += 1) if (inside[n]) made.appendChild(inside[n]);
    return made;
  }

  // Buttons of which one is chosen. Arrows move the focus; only Enter, Space or a click chooses.
  function choice(options, kind, labelledBy, choose) {
    const group = make("div", { role: "radiogroup", "aria-labelledby": labelledBy, class: kind });
    const buttons = [];
    function focusOn(place) {
      for (let n = 0; n < buttons.length; n += 1) buttons[n].tabIndex = n === place ? 0 : -1;
    }
    for (let n = 0; n < options.length; n += 1) {
      const { value, label, meaning, mark } = options[n];
      const button = make("button", { type: "button", role: "radio", "aria-checked": "false" }, label);
      if (meaning || mark) button.setAttribute("aria-label", meaning ? `${value} ${meaning}` : `${value}`);
      button.tabIndex = n ? -1 : 0;
      button.addEventListener("click", () => {
        for (let m = 0; m < buttons.length; m += 1) {
          buttons[m].setAttribute("aria-checked", `${m === n}`);
          buttons[m].classList.toggle("upto", m <= n);
        }
        focusOn(n);
        group.classList.add("chosen");
        choose(value);
      });
      buttons[n] = button;
      group.appendChild(button);
    }
    group.addEventListener("keydown", (event) => {
      const root = group.getRootNode();
      let here = 0;
      for (let n = 0; n < buttons.length; n += 1) if (buttons[n] === root.activeElement) here = n;
      const back = getComputedStyle(group).direction === "rtl" ? 1 : -1;
      const steps = { ArrowLeft: back, ArrowRight: -back, ArrowUp: -1, ArrowDown: 1 };
      const last = buttons.length - 1;
      let next = event.key === "Home" ? 0 : event.key === "End" ? last : here + (steps[event.key] || 0);
      if (event.key !== "Home" && event.key !== "End" && !steps[event.key]) return;
      event.preventDefault();
      event.stopPropagation();
      next = next < 0 ? last : next > last ? 0 : next;
      focusOn(next);
      buttons[next].focus();
    });
    return group;
  }

  function labelOf(text, required, words) {
    return make("span", {}, "", make("bdi", {}, text), required ? null : make("small", {}, ` ${words.optional}`));
  }

  // A further question; `said` is where its answer goes.
  function furtherOf(asked, words, said, changed) {
    const id = `l-${asked.name}`;
    const label = labelOf(asked.text, asked.required, words);
    if (asked.type === "text") {
      const area = make("textarea", { rows: "3", maxlength: "2000", dir: "auto" });
      area.addEventListener("input", () => { said[asked.name] = area.value; changed(); });
      return make("label", { class: "part" }, "", label, area);
    }
    label.id = id;
    if (asked.type === "choices") {
      const boxes = make("div", { role: "group", "aria-labelledby": id, class: "picks" });
      const chosen = {};
      for (let n = 0; n < asked.options.length; n += 1) {
        const { value, label: text } = asked.options[n];
        const box = make("input", { type: "checkbox" });
        box.addEventListener("change", () => {
          chosen[value] = box.checked;
          const values = [];
          for (let m = 0; m < asked.options.length; m += 1) {
            if (chosen[asked.options[m].value]) values[values.length] = asked.options[m].value;
          }
          said[asked.name] = values;
          changed();
        });
        boxes.appendChild(make("label", {}, "", box, make("bdi", {}, text)));
      }
      return make("div", { class: "part" }, "", label, boxes);
    }
    const group = choice(asked.options, asked.type === "rating" ? "rates" : "picks one", id, (value) => {
      said[asked.name] = value;
      changed();
    });
    return make("div", { class: "part" }, "", label, group);
  }

  function isAsked(when, score, said, hidden) {
    if (!when) return true;
    if (when.lowest !== undefined && score < when.lowest) return false;
    if (when.highest !== undefined && score > when.highest) return false;
    if (!when.question) return true;
    if (hidden[when.question]) return false;
    const given = said[when.question];
    const many = Array.isArray(given) ? given : [given];
    for (let n = 0; n < many.length; n += 1) {
      for (let m = 0; m < when.answers.length; m += 1) if (`${many[n]}` === when.answers[m]) return true;
    }
    return false;
  }

  function show(survey) {
    const { words } = survey;
    const place = placeOf(survey);
    if (!place) return;
    const isDialog = survey.look === "dialog";
    const host = document.createElement("afterword-survey");
    const root = host.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheetOf(survey.colours)];
    const attributes = {
      class: `box ${survey.look}`, lang: survey.language, dir: survey.direction,
      role: isDialog ? "" : "dialog", "aria-labelledby": "question",
    };
    const box = make(isDialog ? "dialog" : "div", attributes);
    const before = document.activeElement;
    const said = {}; // what goes with the score
    let score = null, isDirty = false, isSent = false, isGone = false;
    current = { host };

    const close = make("button", { type: "button", class: "close", "aria-label": words.close }, "✕");
    const question = make("h2", { id: "question" }, "", make("bdi", {}, survey.question));
    const prompt = make("bdi", {});
    const comment = make("textarea", { rows: "3", maxlength: `${survey.limit}`, dir: "auto" });
    const more = make("form", { class: "more", hidden: true, novalidate: true }, "",
      make("label", { class: "part" }, "", make("span", {}, "", prompt, make("small", {}, ` ${words.optional}`)), comment));
    const parts = [];
    const trouble = make("p", { role: "alert", class: "problem", hidden: true });

    function fields() {
      const hidden = {};
      const all = { id: survey.id, score, comment: comment.value };
      for (let n = 0; n < survey.further.length; n += 1) {
        const asked = survey.further[n];
        hidden[asked.name] = !isAsked(asked.when, score, said, hidden);
        parts[n].hidden = hidden[asked.name];
        if (!hidden[asked.name] && said[asked.name] !== undefined) all[asked.name] = said[asked.name];
      }
      if (said.consent) all.consent = "1";
      return all;
    }
    // Whoever leaves halfway has answered as far as they came, unless answers keep no name.
    function keep() {
      if (score === null || isSent || survey.anonymous) return;
      isDirty = false;
      post("answer", fields()).catch(() => {});
    }
    function changed() {
      isDirty = true;
      fields();
    }
    function complain(problem) {
      trouble.textContent = problem || words.failed;
      trouble.hidden = false;
    }
    function leave() {
      if (isGone) return;
      isGone = true;
      if (isDirty) keep();
      if (score === null) post("closed", { id: survey.id }).catch(() => {});
      document.removeEventListener("keydown", onKey, true);
      removeEventListener("pagehide", onHide);
      host.remove();
      current = null;
      waiting = [];
      if (before && before.isConnected && before.focus) before.focus();
    }
    function onKey(event) {
      const isOurs = document.activeElement === host || (survey.look === "corner" && document.activeElement === document.body);
      if (event.key === "Escape" && isOurs && !isDialog) leave();
    }
    function onHide() {
      if (isDirty) keep();
    }
    function thank() {
      isSent = true;
      const { text, buttons } = survey.thanks[score];
      const thanks = make("p", { class: "thanks", id: "question", tabindex: "-1", role: "status" }, text);
      const links = make("p", { class: "links" });
      for (let n = 0; n < buttons.length; n += 1) {
        const { label, url } = buttons[n];
        links.appendChild(make("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label));
      }
      box.replaceChildren(thanks, links, close);
      thanks.focus();
    }

    const scores = [];
    for (let n = 0; n < survey.scores.length; n += 1) {
      const { value, meaning, mark } = survey.scores[n];
      scores[n] = { value, meaning, mark, label: mark || `${value}` };
    }
    const group = choice(scores, `scores of-${scores.length} ${survey.as}`, "question", (value) => {
      score = value;
      prompt.textContent = survey.prompts[value];
      more.hidden = false;
      fields();
      keep();
    });
    group.setAttribute("aria-describedby", "ends");
    const endOf = (n) => make("span", {}, `${scores[n && scores.length - 1].value} – ${survey.ends[n]}`);
    const ends = make("p", { class: "ends", id: "ends" }, "", endOf(0), endOf(1));

    comment.addEventListener("input", changed);
    for (let n = 0; n < survey.further.length; n += 1) {
      parts[n] = furtherOf(survey.further[n], words, said, changed);
      more.appendChild(parts[n]);
    }
    if (survey.consent) {
      const tick = make("input", { type: "checkbox" });
      tick.addEventListener("change", () => { said.consent = tick.checked; changed(); });
      more.appendChild(make("label", { class: "tick" }, "", tick, make("bdi", {}, survey.consent)));
    }
    if (survey.anonymous) more.appendChild(make("p", { class: "quiet" }, survey.anonymous));
    const send = make("button", { type: "submit", class: "send" }, words.send);
    more.appendChild(trouble);
    more.appendChild(send);
    more.addEventListener("submit", (event) => {
      event.preventDefault();
      const all = fields();
      all.done = "1";
      send.disabled = true;
      trouble.hidden = true;
      post("answer", all).then(thank, (error) => complain(error && error.problem))
        .finally(() => { send.disabled = false; });
    });

    // The keys of what is typed here are none of the page's.
    const typed = ["keydown", "keyup", "keypress"];
    for (let n = 0; n < typed.length; n += 1) {
      box.addEventListener(typed[n], (event) => { if (event.key !== "Escape") event.stopPropagation(); });
    }
    close.addEventListener("click", leave);
    box.addEventListener("cancel", (event) => { event.preventDefault(); leave(); });
    document.addEventListener("keydown", onKey, true);
    addEventListener("pagehide", onHide);

    box.append(question, group, ends, more, close);
    // Who hears the page instead of seeing it is told that there is something new.
    const told = make("p", { role: "status", class: "told" });
    root.append(box, told);
    place.appendChild(host);
    if (isDialog) box.showModal();
    else setTimeout(() => { told.textContent = survey.question; }, 100);
    post("shown", { id: survey.id }).catch(() => {});
  }

  function sheetOf(colours) {
    const names = Object.keys(colours);
    let own = "";
    for (let n = 0; n < names.length; n += 1) own += `--${names[n]}:${colours[names[n]]};`;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`.box{${own}}${CSS_TEXT}`);
    return sheet;
  }

  const CSS_TEXT = `
:host{all:initial!important;display:block!important}
*{box-sizing:border-box}
[hidden]{display:none!important}
.box{--card:#fff;--ink:#2b2e34;--quiet:#666c76;--line:#868c96;--bad:#a4262c;color-scheme:light dark;position:relative;display:block;width:100%;max-width:440px;margin:0;padding:20px 22px 22px;border:1px solid #0002;border-radius:12px;background:var(--card);color:var(--ink);font:15px/1.5 -apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;text-align:start;overflow-wrap:anywhere}
.corner{position:fixed;z-index:2147483647;inset-block-end:20px;inset-inline-end:20px;max-height:calc(100vh - 40px);overflow:auto;box-shadow:0 8px 30px #0004}
.dialog{max-width:520px;margin:auto;max-height:calc(100vh - 40px);box-shadow:0 8px 40px #0006}
.dialog:not([open]){display:none}
.dialog::backdrop{background:#0007}
.inline{max-width:560px}
.told{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
h2{margin:0 32px 14px 0;font-size:17px;line-height:24px;font-weight:600}
[dir=rtl] h2{margin:0 0 14px 32px}
button{font:inherit;cursor:pointer}
.close{position:absolute;inset-block-start:10px;inset-inline-end:10px;width:36px;height:36px;padding:0;border:0;border-radius:6px;background:none;color:var(--quiet);font-size:16px}
.scores{display:grid;grid-template-columns:repeat(auto-fit,minmax(30px,1fr));gap:5px}
.scores button{min-width:0;height:42px;padding:0;border:1px solid var(--edge);border-radius:6px;background:var(--accent);color:var(--on-accent);font-size:16px;font-weight:700}
.scores.chosen button:not([aria-checked=true]){background:none;border-color:var(--line);color:var(--ink)}
.stars,.faces{grid-template-columns:repeat(5,44px)}
.scores.faces button,.scores.faces.chosen button:not([aria-checked=true]){height:44px;border:0;background:none;color:var(--ink);font-size:30px;line-height:1}
.faces.chosen button:not([aria-checked=true]){opacity:.45;filter:grayscale(1)}
.scores.stars button,.scores.stars.chosen button:not([aria-checked=true]){height:44px;border:0;background:none;color:var(--star);font-size:36px;line-height:1}
.scores.stars.chosen button:not(.upto){color:var(--line);opacity:.55}
.ends{display:flex;justify-content:space-between;gap:12px;margin:6px 0 0;color:var(--quiet);font-size:13px}
.more{margin-top:18px}
.part{display:block;margin:0 0 14px;font-weight:600}
.part>span{display:block;margin-bottom:6px}
small{color:var(--quiet);font-size:13px;font-weight:400}
textarea{display:block;width:100%;padding:8px 10px;border:1px solid var(--line);border-radius:6px;background:var(--card);color:inherit;font:inherit;font-weight:400;resize:vertical}
.rates{display:grid;grid-template-columns:repeat(5,1fr);gap:5px;max-width:280px}
.rates button,.one button{min-height:38px;border:1px solid var(--line);border-radius:6px;background:none;color:inherit}
.one{display:grid;gap:5px}
.one button{padding:6px 12px;text-align:start}
[role=radio][aria-checked=true]{outline:2px solid var(--edge);outline-offset:-2px}
.rates [aria-checked=true],.one [aria-checked=true]{background:var(--accent);border-color:var(--edge);color:var(--on-accent)}
.picks label,.tick{display:flex;gap:10px;align-items:flex-start;margin:0 0 8px;font-weight:400;cursor:pointer}
input{flex:none;width:20px;height:20px;margin:1px 0 0;accent-color:var(--accent)}
.send,.links a{display:inline-block;min-height:44px;padding:0 26px;border:1px solid var(--edge);border-radius:6px;background:var(--accent);color:var(--on-accent);font-weight:700;line-height:42px;text-decoration:none}
.links{display:flex;flex-wrap:wrap;gap:10px;margin:0}
.problem{margin:0 0 12px;padding:8px 12px;border:1px solid var(--bad);border-radius:6px;color:var(--bad)}
.quiet{margin:0 0 12px;color:var(--quiet);font-size:13px}
.thanks{margin:0 32px 14px 0;font-size:17px;font-weight:600;white-space:pre-line;outline:none}
.links:empty{display:none}
:focus-visible{outline:3px solid var(--ink)!important;outline-offset:2px!important}
.thanks:focus-visible{outline:none!important}
@media (prefers-color-scheme:dark){
.box{--card:#1b1d21;--ink:#f1f2f4;--quiet:#a6abb4;--line:#7d838d;--bad:#ff9a9a;--accent:var(--dark-accent);--edge:var(--dark-accent);--star:var(--dark-accent);--on-accent:var(--dark-on-accent);border-color:#fff3}
}
@media (max-width:520px){
.corner{inset-inline:0;inset-block-end:0;max-width:none;border-radius:12px 12px 0 0}
.box:not(.inline){max-height:85vh}
.scores button{height:44px}
.of-11{grid-template-columns:repeat(6,1fr)}
.send{width:100%}
}
@media (forced-colors:active){[role=radio][aria-checked=true]{outline:3px solid Highlight}}
`;

  // ---- What the page said before we came

  const before = window.afterword && window.afterword.q;
  window.afterword = call;
  for (let n = 0; before && n < before.length; n += 1) call(before[n][0], before[n][1], before[n][2]);
})();
