// Counts what is typed: "20 / 80" under a field with a limit, words beside a long text.

function countWords(text, { word, words }) {
  const count = text.trim().split(/\s+/).filter(Boolean).length;
  return `${count} ${count === 1 ? word : words}`;
}

export function countTyping(root = document) {
  for (const counter of root.querySelectorAll("[data-counts]")) {
    const field = document.getElementById(counter.dataset.counts);
    if (!field) continue;
    const { max } = counter.dataset;
    const tell = () => {
      const length = [...field.value].length; // characters as people count them
      counter.textContent = max ? `${length} / ${max}` : countWords(field.value, counter.dataset);
      counter.classList.toggle("over", Boolean(max) && length > Number(max));
    };
    field.addEventListener("input", tell);
    tell();
  }
}
