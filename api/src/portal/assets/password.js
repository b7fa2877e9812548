// Ticks the rules for a new password while it is typed. The rules are data on the page; nothing is sent, nothing kept.
// Rule::is_met in tenants/domain/src/policy/rule.rs says the same and decides; a test compares the two.
'use strict';
(() => {
  const list = document.querySelector('.rules ul'), count = document.getElementById('rules-count');
  const field = document.getElementById('password');

  const four = [/\p{Uppercase}/u, /\p{Lowercase}/u, /[0-9]/, /[^\p{Alphabetic}\p{N}]/u];
  const five = [/[A-Z]/, /[a-z]/, /[0-9]/, /[!-/:-@[-`{-~]/, /(?![A-Za-z])\p{Alphabetic}/u];
  const among = (kinds, text) => kinds.filter((kind) => kind.test(text)).length;
  const holds = (text, words) => words.split(' ').some((word) => word && text.toLowerCase().includes(word));

  // See tenants/domain/src/policy/words.rs.
  const readAs = {
    0: 'o', 1: 'il', '!': 'il', '|': 'il', 3: 'e', '€': 'e', 4: 'a', '@': 'a',
    5: 's', $: 's', 6: 'g', 7: 't', '+': 't', 8: 'b', 9: 'g',
  };
  const banned = (password, words) => {
    const typed = [...password.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()];
    const letter = typed.map((c) => /\p{Alphabetic}/u.test(c));
    const reads = (at, c) => (letter[at] ? typed[at] === c : (readAs[typed[at]] || '').includes(c));
    const next = (at, c) => {
      const ends = [];
      for (; at < typed.length && !letter[at]; at++) if (!ends[0] && reads(at, c)) ends[0] = at + 1;
      return typed[at] === c ? [...ends, at + 1] : ends;
    };
    // What the beginning may be: letters outside words, words, whether one of them is short.
    const may = [new Set(['000']), ...typed.map(() => new Set())];
    typed.forEach((_, at) => {
      const found = words.filter(([first]) => reads(at, first)).flatMap(([, ...rest]) => {
        const ends = rest.reduce((all, c) => new Set([...all].flatMap((end) => next(end, c))), new Set([at + 1]));
        return [...ends].map((end) => [end, rest.length < 4]);
      });
      for (const state of may[at]) {
        const [spare, used, short] = [...state].map(Number);
        if (!letter[at]) may[at + 1].add(state);
        else if (spare < 3) may[at + 1].add(`${spare + 1}${used}${short}`);
        if (used < 2) for (const [end, brief] of found) may[end].add(`${spare}${used + 1}${short | brief}`);
      }
    });
    return !letter.includes(true) || [...may[typed.length]].some(([spare, used, short]) => used > 0 && spare * short === 0);
  };

  // What was typed, what it is compared with, and what was typed with its letters put together.
  const checks = {
    min: (typed, value) => [...typed].length >= value,
    max: (typed, value) => [...typed].length <= value,
    kinds: (typed, value, text) => among(four, text) >= value,
    both: (typed, value, text) => among(four, text) >= value && among(five, text) > 2,
    directory: (typed, value, text) => among(five, text) > 2,
    upper: (typed, value, text) => four[0].test(text),
    lower: (typed, value, text) => four[1].test(text),
    digit: (typed, value, text) => four[2].test(text),
    sign: (typed, value, text) => four[3].test(text),
    without: (typed, value, text) => ![...text].some((c) => value.includes(c)),
    alphanumeric: (typed, value, text) => !four[3].test(text),
    ascii: (typed, value, text) => /^[!-~]*$/.test(text),
    asciispace: (typed, value, text) => /^[ -~]*$/.test(text),
    username: (typed, value, text) => !value || !text.toLowerCase().includes(value),
    name: (typed, value, text) => !holds(text, value),
    banned: (typed, value) => !banned(typed, value.split(' ')),
  };

  const rules = [...list.children].filter((rule) => checks[rule.dataset.rule]);
  let pause;
  field.addEventListener('input', () => {
    const typed = field.value;
    let met = 0;
    for (const rule of rules) {
      const kept = checks[rule.dataset.rule](typed, rule.dataset.value, typed.normalize('NFC'));
      const word = rule.firstElementChild;
      met += kept;
      rule.className = '';
      rule.dataset.state = typed && (kept ? 'met' : 'unmet');
      word.className = 'unseen';
      word.textContent = typed && `${kept ? list.dataset.met : list.dataset.unmet} `;
    }
    clearTimeout(pause);
    const said = list.dataset.count.replace('{met}', met).replace('{of}', rules.length);
    pause = setTimeout(() => { count.textContent = typed && said; }, 700);
  });
  for (const later of list.querySelectorAll('[hidden]')) later.hidden = false;
})();
