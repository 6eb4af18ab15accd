// <form data-filters>: adds and removes filters and groups, and offers what fits the field chosen.
const form = document.querySelector("[data-filters]");
const groups = form.querySelector("[data-filters-groups]");
const outside = form.querySelector("[data-filters-rows]"); // the first: those in no group
const emptyGroup = groups.querySelector("[data-empty][data-filters-group]");
const PLACEHOLDERS = {
  number: "a number", pair: "two numbers: 10 and 20", date: "a date: 2026-01-31",
  days: "number of days", list: "words, between commas", text: "",
};
let lastNumber = groups.children.length;

function fit(row) {
  const operator = row.querySelector("[data-filter-operator]");
  const kind = row.querySelector("[data-filter-field]").selectedOptions[0]?.dataset.kind ?? "";
  const word = operator.value;
  for (const group of operator.querySelectorAll("optgroup")) {
    const fits = group.dataset.kind === kind;
    group.hidden = group.disabled = !fits;
  }
  if (kind && operator.selectedOptions[0]?.parentElement.dataset.kind !== kind) {
    const group = operator.querySelector(`optgroup[data-kind="${kind}"]`);
    const same = [...group.children].find((option) => option.value === word);
    (same ?? group.firstElementChild).selected = true;
  }
  operator.classList.toggle("invisible", !kind); // not disabled: each row sends all of its own
  const value = row.querySelector("[data-filter-value]");
  const takes = operator.selectedOptions[0]?.dataset.takes ?? "text";
  value.readOnly = takes === "none";
  const chosen = row.querySelector("[data-filter-field]").value;
  value.classList.toggle("invisible", takes === "none" || !chosen);
  value.placeholder = PLACEHOLDERS[takes] ?? "";
}

function count() {
  form.querySelector("[data-filters-none]").hidden = !!form.querySelector("[data-filter]");
}

function addFilter(rows, number) {
  const added = form.querySelector("[data-filters-template]").content.cloneNode(true);
  const row = added.querySelector("[data-filter]");
  row.querySelector("[data-filter-group]").value = number;
  rows.append(added);
  fit(row);
  row.querySelector("[data-filter-field]").focus();
}

function addGroup() {
  const group = emptyGroup.cloneNode(true);
  lastNumber += 1;
  group.querySelector("[data-filters-match]").name = `match_${lastNumber}`;
  groups.append(group);
  addFilter(group.querySelector("[data-filters-rows]"), lastNumber);
}

function numberOf(group) {
  return group.querySelector("[data-filters-match]").name.replace("match_", "");
}

function changed() { // what a person takes away or adds is a change, as what they type is
  count();
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

emptyGroup.remove();
for (const each of [emptyGroup, form]) {
  for (const row of each.querySelectorAll("[data-filter][data-empty]")) row.remove();
}
emptyGroup.removeAttribute("data-empty");
for (const row of form.querySelectorAll("[data-filter]")) fit(row);
count();

form.addEventListener("change", (event) => {
  const row = event.target.closest("[data-filter]");
  if (row && event.target.matches("select")) fit(row);
});
form.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const group = button?.closest("[data-filters-group]");
  if (button?.matches("[data-filters-add]")) {
    if (group) addFilter(group.querySelector("[data-filters-rows]"), numberOf(group));
    else addFilter(outside, "");
  } else if (button?.matches("[data-filters-add-group]")) {
    addGroup();
  } else if (button?.matches("[data-filters-group-remove]")) {
    group.remove();
    form.querySelector("[data-filters-add-group]").focus();
  } else if (button?.matches("[data-filter-remove]")) {
    button.closest("[data-filter]").remove();
    if (group && !group.querySelector("[data-filter]")) group.remove(); // it would mean nothing
    const rest = group?.isConnected ? group : form;
    rest.querySelector(group?.isConnected ? "[data-filters-add]" : '[data-filters-add="outside"]').focus();
  } else {
    return;
  }
  changed();
});
