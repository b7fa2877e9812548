// What is wrong with the page that is shown, at the width and in the colours it is shown with: a list of sentences.
const problems = [];
const say = (what, element) => {
  const words = element.textContent.trim().replace(/\s+/g, ' ').slice(0, 40);
  problems.push(`${what}: <${element.localName} ${element.id || element.className}> ${words}`);
};
const shown = (element) => {
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && !element.closest('.unseen, .skip') && element.checkVisibility();
};
const all = (css) => [...document.querySelectorAll(css)].filter(shown);

// 1. Nothing has to be scrolled sideways, and nothing reaches out of the window (WCAG 1.4.10).
// On a phone the window grows with what is in it; the root's own width stays.
const { scrollWidth: wide, clientWidth: room } = document.documentElement;
if (wide > room) problems.push(`scrolls sideways: ${wide} px in a window of ${room}`);
for (const element of all('body *')) {
  const box = element.getBoundingClientRect();
  const may = element.closest('.scroll'); // a table may be scrolled within its frame
  if (!may && (box.left < -0.5 || box.right > room + 0.5)) say('reaches out of the window', element);
  if (!may && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0) say('does not fit its box', element);
}

// 2. Every field has its label, and everything to tap is large enough (WCAG 2.5.5; a link within a sentence is exempt).
for (const field of all('input')) {
  if (field.labels.length !== 1 || field.labels[0].htmlFor !== field.id) say('has no label of its own', field);
}
// A radio is tapped by its whole box.
for (const target of all('main button, main input:not([type=radio], [readonly]), .go, .summary a, .plain a, .choice, .language button')) {
  const box = target.getBoundingClientRect();
  if (box.height < 44 || box.width < 44) say(`is small: ${box.width} × ${box.height}`, target);
}

// 3. What is written can be read (WCAG 1.4.3), and what is typed into can be seen (1.4.11).
const figures = (colour) => colour.match(/[\d.]+/g).map(Number);
const light = (colour) => {
  const [r, g, b] = figures(colour).map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (one, other) => {
  const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};
// Where nothing has a colour of its own, there is the browser's, which is another one in the dark.
const probe = document.body.appendChild(document.createElement('i'));
probe.style.color = 'Canvas';
const canvas = getComputedStyle(probe).color;
probe.remove();
const ground = (element) => {
  for (let e = element; e; e = e.parentElement) {
    const colour = getComputedStyle(e).backgroundColor;
    if ((figures(colour)[3] ?? 1) === 1) return colour;
  }
  return canvas;
};
for (const element of all('body *')) {
  const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const ratio = contrast(getComputedStyle(element).color, ground(element));
  if ((own || element.localName === 'input') && ratio < 4.5) say(`is hard to read, ${ratio.toFixed(1)}`, element);
}
for (const field of all('input:not([type=radio], [readonly])')) {
  const ratio = contrast(getComputedStyle(field).borderColor, ground(field.parentElement));
  if (ratio < 3) say(`has an edge that is hard to see, ${ratio.toFixed(1)}`, field);
}

// 4. One heading, a language, and the focus where something is wrong.
if (all('main h1').length !== 1 || document.querySelectorAll('h1').length !== 1) problems.push('has not one h1');
if (!['sv', 'en'].includes(document.documentElement.lang)) problems.push('does not say its language');
const summary = document.querySelector('.summary');
if (summary && document.activeElement !== summary) say('the focus is not on the errors but on', document.activeElement);
return problems;
