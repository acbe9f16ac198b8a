// Tells what changed: unseen to screen readers, and aloud on the page when
// something failed. The live region stands in the page from the start, because
// one that arrives together with its text is often not read.

const region = document.getElementById("said");

function say(text, failed) {
  if (!region) return;
  region.classList.toggle("vh", !failed);
  region.textContent = text;
}

export const sayDone = (text) => say(text || region?.dataset.done, false);
export const sayFailed = (why) => say(why || region?.dataset.failed, true);
export const sayOffline = () => say(region?.dataset.offline, true);
