// Ticks the rules for a new password while it is typed. The rules are data on the page; nothing is sent, nothing is kept.
// Each check says the same as Rule::is_met in tenants/domain/src/policy/rule.rs, which decides; a test compares the two.
'use strict';
(() => {
  const list = document.querySelector('.rules ul'), field = document.getElementById('password');
  const count = document.getElementById('rules-count');
  if (!list || !field || !count) return;

  const four = [/\p{Uppercase}/u, /\p{Lowercase}/u, /[0-9]/, /[^\p{Alphabetic}\p{N}]/u];
  const five = [/[A-Z]/, /[a-z]/, /[0-9]/, /[!-/:-@[-`{-~]/, /(?![A-Za-z])\p{Alphabetic}/u];
  const among = (kinds, text) => kinds.filter((kind) => kind.test(text)).length;
  const low = (text) => text.normalize('NFC').toLowerCase();
  const none = (words, text) => !words.split(' ').some((word) => word && text.includes(word));

  // See tenants/domain/src/policy/words.rs.
  const readAs = {
    0: 'o', 1: 'il', '!': 'il', '|': 'il', 3: 'e', '€': 'e', 4: 'a', '@': 'a',
    5: 's', $: 's', 6: 'g', 7: 't', '+': 't', 8: 'b', 9: 'g',
  };
  const banned = (password, words) => {
    const typed = [...password.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()];
    const letter = typed.map((c) => /\p{Alphabetic}/u.test(c));
    if (!letter.includes(true)) return true;
    const reads = (at, wanted) => (letter[at] ? typed[at] === wanted : (readAs[typed[at]] || '').includes(wanted));
    const next = (from, wanted) => {
      const ends = [];
      for (; from < typed.length && !letter[from]; from++) if (!ends.length && reads(from, wanted)) ends.push(from + 1);
      return typed[from] === wanted ? [...ends, from + 1] : ends;
    };
    // A reading of the beginning: letters outside words, words, whether one of them is short.
    const readings = Array.from({ length: typed.length + 1 }, () => new Set());
    readings[0].add('000');
    typed.forEach((_, at) => {
      const found = [];
      for (const [first, ...rest] of words) {
        if (!reads(at, first)) continue;
        const ends = rest.reduce((all, c) => new Set([...all].flatMap((end) => next(end, c))), new Set([at + 1]));
        for (const end of ends) found.push([end, rest.length < 4]);
      }
      for (const reading of readings[at]) {
        const [spare, used, short] = [...reading].map(Number);
        if (!letter[at]) readings[at + 1].add(reading);
        else if (spare < 3) readings[at + 1].add(`${spare + 1}${used}${short}`);
        if (used < 2) for (const [end, brief] of found) readings[end].add(`${spare}${used + 1}${short || +brief}`);
      }
    });
    return [...readings[typed.length]].some(([spare, used, short]) => used > 0 && (spare === '0' || short === '0'));
  };

  const checks = {
    min: (typed, value) => [...typed].length >= value,
    max: (typed, value) => [...typed].length <= value,
    kinds: (typed, value, text) => among(four, text) >= value,
    both: (typed, value, text) => among(four, text) >= value && among(five, text) >= 3,
    directory: (typed, value, text) => among(five, text) >= 3,
    upper: (typed, value, text) => four[0].test(text),
    lower: (typed, value, text) => four[1].test(text),
    digit: (typed, value, text) => four[2].test(text),
    sign: (typed, value, text) => four[3].test(text),
    without: (typed, value, text) => ![...text].some((c) => value.includes(c)),
    alphanumeric: (typed, value, text) => !four[3].test(text),
    ascii: (typed, value, text) => /^[!-~]*$/.test(text),
    asciispace: (typed, value, text) => /^[ -~]*$/.test(text),
    username: (typed, value) => !value || !low(typed).includes(value),
    name: (typed, value) => none(value, low(typed)),
    banned: (typed, value) => !banned(typed, value.split(' ').map((word) => [...word])),
  };

  const rules = [...list.children].filter((rule) => checks[rule.dataset.rule]);
  let pause;
  field.addEventListener('input', () => {
    const typed = field.value, text = typed.normalize('NFC');
    let met = 0;
    for (const rule of rules) {
      const kept = checks[rule.dataset.rule](typed, rule.dataset.value, text);
      met += kept;
      rule.classList.remove('broken');
      rule.dataset.state = typed && (kept ? 'met' : 'unmet');
      rule.firstElementChild.className = 'unseen';
      rule.firstElementChild.textContent = typed && `${kept ? list.dataset.met : list.dataset.unmet} `;
    }
    clearTimeout(pause);
    const said = list.dataset.count.replace('{met}', met).replace('{of}', rules.length);
    pause = setTimeout(() => { count.textContent = typed && said; }, 700);
  });
  for (const later of list.querySelectorAll('[hidden]')) later.hidden = false;
})();
