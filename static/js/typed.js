// What a moderator types on the page of a case stays in this tab until they
// send it, whichever button they press and whatever case they open before.
// It is theirs, and never shown to who logs in after them.

const form = document.getElementById("decide");
const key = `foyer-typed ${form.dataset.by} ${new URL(form.action).pathname}`;
const fields = [...form.elements].filter((field) => field.matches("textarea, select, input:not([type=hidden])"));
const note = fields.find((field) => field.closest(".note-form"));
const cameBack = document.querySelector(".case .error-summary, .conflict") !== null;
let sent = [];

const given = (field) => field.defaultValue ?? [...field.options].find((option) => option.defaultSelected)?.value;
const isTyped = (field) => cameBack || field.value !== given(field);

function keep() {
  const typed = fields.filter((field) => isTyped(field) && !sent.includes(field));
  if (typed.length) sessionStorage.setItem(key, JSON.stringify(typed.map(({ name, value }) => [name, value])));
  else sessionStorage.removeItem(key);
  sent = [];
}

function bringBack() {
  if (fields.some(isTyped)) return;
  for (const [name, value] of JSON.parse(sessionStorage.getItem(key)) ?? []) {
    const field = fields.find((one) => one.name === name);
    if (field) field.value = value;
  }
  if (note.value) note.closest("details").open = true;
}

bringBack();
addEventListener("pagehide", keep);

form.addEventListener("submit", ({ submitter }) => {
  if (!submitter?.hasAttribute("formaction")) sent = fields;
  else if (submitter.closest(".note-form")) sent = [note];
});
// Where there are no scripts, all of it travels with every button.
form.addEventListener("formdata", ({ formData }) => {
  for (const field of fields) if (!sent.includes(field)) formData.delete(field.name);
});

// Ready reasons go below what was typed, or in place of others that were ready, and Ctrl+Z takes them out again.
form.addEventListener("click", (event) => {
  const button = event.target.closest(".canned button");
  if (!button) return;
  event.preventDefault();
  const { reasons, rule } = form.elements;
  const { length } = reasons.value;
  const isReady = [...form.querySelectorAll(".canned button")].some(({ dataset }) => dataset.text === reasons.value);
  const text = length && !isReady ? `\n${button.dataset.text}` : button.dataset.text;
  button.closest(".canned").open = false;
  reasons.focus();
  reasons.setSelectionRange(isReady ? 0 : length, length);
  if (!document.execCommand("insertText", false, text)) reasons.setRangeText(text);
  if ([...rule.options].some((option) => option.value === button.dataset.rule)) rule.value = button.dataset.rule;
});
