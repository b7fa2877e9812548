// axe-core's verdict on the page that is shown: a list of sentences, one an element. What it can't decide is told as well.
const found = await axe.run(document, {
  runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
  resultTypes: ['violations', 'incomplete'],
  preload: false,
});
const told = (kind) => (rule) =>
  rule.nodes.map((node) => {
    const why = [...node.any, ...node.all, ...node.none].map((check) => check.message).join('; ');
    return `axe ${kind} ${rule.id} (${rule.help}): ${node.target.join(' ')} ${node.html.slice(0, 160)}: ${why}`;
  });
// What is scrolled out of its frame on a narrow screen is decided on a wide one. A page without a style sheet is in the
// browser's own colours, which axe-core does not know.
const decided = (rule) => {
  const open = rule.nodes.filter((node) => !document.querySelector(node.target[0])?.closest('.scroll') || innerWidth > 600);
  return { ...rule, nodes: rule.id === 'color-contrast' && document.styleSheets.length === 0 ? [] : open };
};
return [...found.violations.flatMap(told('violation')), ...found.incomplete.map(decided).flatMap(told('undecided'))];
