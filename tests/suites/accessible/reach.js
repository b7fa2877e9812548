// Whether everything that can be pressed can be reached: nothing lies over it, and no text is cut off.
const problems = [];
const say = (what, element) => {
  const words = element.textContent.trim().replace(/\s+/g, ' ').slice(0, 40);
  problems.push(`${what}: <${element.localName} ${element.id || element.className}> ${words}`);
};
const seen = (element) => element.checkVisibility() && !element.closest('.unseen, .skip');
for (const control of document.querySelectorAll('a[href], button, input:not([type=hidden]), summary')) {
  if (!seen(control)) continue;
  control.scrollIntoView({ block: 'center' });
  const box = control.getClientRects()[0];
  const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  if (!hit || !(control.contains(hit) || (hit.localName === 'label' && hit.control === control))) {
    say(`can't be reached for ${hit ? `<${hit.localName} ${hit.className}>` : 'the edge of the window'}`, control);
  }
}
for (const element of document.querySelectorAll('body *')) {
  const { overflowX, overflowY } = getComputedStyle(element);
  if (!seen(element) || element.closest('.scroll')) continue;
  const cut = (overflow, content, room) => ['hidden', 'clip'].includes(overflow) && content > room + 1;
  if (cut(overflowX, element.scrollWidth, element.clientWidth) || cut(overflowY, element.scrollHeight, element.clientHeight)) {
    say('cuts off what is written in it', element);
  }
}
scrollTo(0, 0);
return problems;
