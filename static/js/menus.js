// The theme's choice is a <details>: here it also closes with Escape, and when
// something else is clicked.

export function closeMenus() {
  const open = () => document.querySelectorAll(".masthead details[open]");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest(".masthead")) return;
    for (const menu of open()) menu.open = false;
  });
}
