// Keeps what is typed as a draft on the server, a few seconds after the last
// key, when the tab is left and when the network is back. Nothing is kept once the form itself was sent.

const PAUSE = 3000;
const MOST_KEPT_ALIVE = 60_000; // browsers refuse to let more than 64 KiB outlive the page

export function keepDrafts(form) {
  if (!form.dataset.autosave) return;
  const saved = form.querySelector("[data-saved]");
  let timer;
  let underWay = new AbortController();
  let sent = null;
  // What was typed before this module came, or was sent and came back with errors, is kept nowhere yet.
  let kept = isTouched(form) || form.querySelector(".error-summary") ? "" : snapshot(form);

  async function save() {
    clearTimeout(timer);
    const now = snapshot(form);
    if (now === kept || now === sent) return;
    let arrived = false;
    let why = "";
    underWay = new AbortController();
    sent = now;
    try {
      const response = await fetch(form.dataset.autosave, {
        method: "POST",
        keepalive: now.length < MOST_KEPT_ALIVE, // outlives the page when the tab is closed
        headers: { "Content-Type": "application/x-www-form-urlencoded" },
        body: now,
        signal: underWay.signal,
      });
      arrived = response.ok;
      if (response.status === 422) why = await response.text();
    } catch (error) {
      if (error.name === "AbortError") return;
      // Tried again with the next key.
    } finally {
      if (sent === now) sent = null;
    }
    if (arrived) kept = now;
    if (saved) saved.textContent = arrived ? saved.dataset.saved : why || saved.dataset.unsaved;
  }

  function saveSoon() {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  }

  if (!kept) saveSoon();
  form.addEventListener("input", saveSoon);
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    underWay.abort(); // else it could arrive after the form, and bring back what was posted
    kept = snapshot(form);
  });
  form.addEventListener("sent", () => {
    kept = snapshot(form);
    if (saved) saved.textContent = "";
  });
  form.addEventListener("unsent", () => {
    kept = "";
    saveSoon();
  });
  addEventListener("online", save);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save();
  });
  addEventListener("pagehide", save); // where a page that is left was hidden before, or never said so
}

const isTouched = (form) =>
  [...form.elements].some((field) =>
    field.type === "radio" ? field.checked !== field.defaultChecked : field.value !== (field.defaultValue ?? field.value));

const snapshot = (form) => new URLSearchParams(new FormData(form)).toString();
