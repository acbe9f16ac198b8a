// The queue without a mouse. A key presses the button or follows the link that
// the page has anyway, so each of them also works without this module.
// The list under "?" switches the keys off, for those whose dictation or
// keyboard types letters by itself.

import { sayDone } from "./say.js";

const ACTS = "ahrd"; // these decide: a second one that comes too soon was meant for the case before
const PAUSE = 350;
const OFF = "foyer-keys-off";
const LAST = "foyer-last-act";

const list = document.getElementById("keys");
const on = document.getElementById("keys-on");

on.checked = !localStorage.getItem(OFF);
on.addEventListener("change", () => (on.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));

function follow(step) {
  const rows = [...document.querySelectorAll(".case-link")];
  const here = rows.findIndex((row) => row.hasAttribute("aria-current"));
  const row = here < 0 ? rows[0] : rows[here + step];
  const more = step > 0 ? document.querySelector(".queue-list [rel=next]") : null;
  (row ?? more)?.click();
}

function writeNote() {
  const field = document.querySelector(".note-form textarea");
  if (!field) return;
  field.closest("details").open = true;
  field.focus();
}

function decidedJustNow() {
  const soon = Date.now() - Number(sessionStorage.getItem(LAST)) < PAUSE;
  if (!soon) sessionStorage.setItem(LAST, Date.now());
  return soon;
}

function press(key) {
  const button = document.querySelector(`button[data-key="${CSS.escape(key)}"]`);
  if (!button || (ACTS.includes(key) && decidedJustNow())) return;
  button.focus();
  button.click();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
  if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog")) return;
  const { key } = event;
  if (key !== "?" && !on.checked) return;
  if (key === "j") follow(1);
  else if (key === "k") follow(-1);
  else if (key === "n") writeNote();
  else if (key === "?") list.showModal();
  else if (/^[a-z]$/.test(key)) press(key);
  else return;
  event.preventDefault();
});

document.querySelector(".keys-all").addEventListener("click", () => list.showModal());

// A new case begins at its title; what was done about the last one is said first.
document.querySelector(".case-link[aria-current]")?.scrollIntoView({ block: "nearest" });
if (!location.hash && !document.querySelector("[data-focus]")) document.getElementById("case-head")?.focus({ preventScroll: true });
const notice = document.querySelector(".notice")?.textContent;
if (notice) setTimeout(() => sayDone(notice), PAUSE);
