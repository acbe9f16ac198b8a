// Dates are written out by the server, so that pages can be cached; here they
// become "3 days ago". After a month the date itself says more. data-age asks
// for the bare age ("52 min"), data-clock for the hour where the reader is, and
// data-as-is for nothing. The page waits for this module alone before it shows:
// a date that got shorter later would move what stands below it.

const STEPS = [
  ["second", 60],
  ["minute", 60],
  ["hour", 24],
  ["day", 7],
  ["week", 4.4],
];

const { lang } = document.documentElement;
const words = new Intl.RelativeTimeFormat(lang, { numeric: "auto" });
const hours = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const ages = (unit, amount) => new Intl.NumberFormat(lang, { style: "unit", unit, unitDisplay: "short" }).format(amount);

function relative(date, bare) {
  let amount = (date - Date.now()) / 1000;
  for (const [unit, length] of STEPS) {
    if (Math.abs(amount) < length) {
      return bare ? ages(unit, Math.abs(Math.trunc(amount))) : words.format(Math.trunc(amount), unit);
    }
    amount /= length;
  }
  return null;
}

export function tellTimes(root = document) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const { clock, age, asIs } = time.dataset;
    if (asIs !== undefined) continue;
    const date = new Date(time.dateTime);
    const text = clock === undefined ? relative(date, age !== undefined) : hours.format(date);
    if (!text) continue;
    time.title = time.textContent;
    time.textContent = text;
  }
}

tellTimes();
