// Writes down where Tab leads: the numbers of the stops in the order of the page, and what is wrong with a stop.
const focusable = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
const radios = (radio) => [...document.querySelectorAll(`[type=radio][name="${radio.name}"]`)].filter((r) => r.form === radio.form);
// The radios of a group are one stop: the one that is set, or the first.
const counts = (element) => {
  if (element.disabled || !element.checkVisibility()) return false;
  if (element.type !== 'radio') return true;
  const group = radios(element);
  return element === (group.find((radio) => radio.checked) ?? group[0]);
};
// A frame that is scrolled and has nothing to press in it is a stop of its own.
const scrolled = (element) =>
  element.matches('.scroll') && element.scrollWidth > element.clientWidth && !element.querySelector(focusable);
const stops = [...document.querySelectorAll('body *')].filter((e) => (e.matches(focusable) && counts(e)) || scrolled(e));
const walk = { stops: stops.length, from: 0, order: [], problems: [] };
// Where the errors have the focus, Tab goes on from there.
const now = document.activeElement;
const after = (element) => now.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING;
if (now && now !== document.body) walk.from = Math.max(stops.findIndex(after), 0);
addEventListener('focusin', ({ target }) => {
  if (target === now && walk.order.length === 0) return; // the window has come to the front
  const style = getComputedStyle(target);
  const name = `<${target.localName} ${target.id || target.className}> ${target.textContent.trim().slice(0, 40)}`;
  if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) walk.problems.push(`the focus can't be seen on ${name}`);
  walk.order.push(stops.indexOf(target));
  if (!stops.includes(target)) walk.problems.push(`Tab leads to ${name}`);
});
// On a narrow screen everything is in one column: what comes later is not above what comes before.
const top = (element) => (element.type === 'radio' ? element.parentElement : element).getBoundingClientRect().top;
for (let at = 2; at < stops.length; at += 1) {
  if (top(stops[at]) < top(stops[at - 1]) - 1) {
    walk.problems.push(`stands above what comes before it: <${stops[at].localName} ${stops[at].id || stops[at].className}>`);
  }
}
window.walk = walk;
return walk.stops;
