// <form data-filters>: adds and removes filters, and offers only what fits the field chosen.
const form = document.querySelector("[data-filters]");
const rows = form.querySelector("[data-filters-rows]");
const PLACEHOLDERS = {
  number: "a number", pair: "two numbers: 10 and 20", date: "a date: 2026-01-31",
  days: "number of days", list: "words, between commas", text: "",
};

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
  operator.disabled = !kind;
  const value = row.querySelector("[data-filter-value]");
  const takes = operator.selectedOptions[0]?.dataset.takes ?? "text";
  value.readOnly = takes === "none";
  const chosen = row.querySelector("[data-filter-field]").value;
  value.classList.toggle("invisible", takes === "none" || !chosen);
  value.placeholder = PLACEHOLDERS[takes] ?? "";
}

function count() {
  form.querySelector("[data-filters-none]").hidden = rows.children.length > 0;
}

for (const row of rows.querySelectorAll("[data-empty]")) row.remove();
for (const row of rows.children) fit(row);
count();

form.addEventListener("change", (event) => {
  const row = event.target.closest("[data-filter]");
  if (row && event.target.matches("select")) fit(row);
});
form.addEventListener("submit", () => { // a disabled control is not sent, and each row needs its three
  for (const select of rows.querySelectorAll("[data-filter-operator]")) select.disabled = false;
});
form.addEventListener("click", (event) => {
  if (event.target.closest("[data-filters-add]")) {
    const added = form.querySelector("[data-filters-template]").content.cloneNode(true);
    const row = added.querySelector("[data-filter]");
    rows.append(added);
    fit(row);
    row.querySelector("[data-filter-field]").focus();
  } else if (event.target.closest("[data-filter-remove]")) {
    event.target.closest("[data-filter]").remove();
    form.querySelector("[data-filters-add]").focus();
  }
  count();
});
