// Everything here makes a page that already works a little better.

import { enhanceForms } from "./enhance.js";
import { closeMenus } from "./menus.js";
import { forgetSaid } from "./notice.js";
import { tellTimes } from "./times.js";

tellTimes();
forgetSaid();
enhanceForms();
closeMenus();
document.querySelector("[data-focus]")?.focus(); // the summary of errors, where there is one

// What only writers need is fetched only for them.
const writing = document.querySelectorAll("form[data-autosave], form[data-preview]");
if (writing.length) {
  const [{ countTyping }, { keepDrafts }, { previewTyping }] = await Promise.all([
    import("./counter.js"),
    import("./drafts.js"),
    import("./preview.js"),
  ]);
  for (const form of writing) {
    countTyping(form);
    keepDrafts(form);
    if (form.dataset.preview) previewTyping(form);
  }
}
