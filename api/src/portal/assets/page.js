// What pages do while they lie open: a password shown, seconds counted, a code taken from its SMS, the end of the time
// told beforehand. Without a script they say the same in words, and every form works.
'use strict';
(() => {
  const at = (id) => document.getElementById(id);
  const ended = new AbortController();

  // A password can be looked at while it is typed. It leaves the page as a password, so that browsers treat it as one.
  for (const form of document.querySelectorAll('form[data-show]')) {
    const fields = [...form.querySelectorAll('[type=password]')];
    const button = document.createElement('button');
    const show = (shown) => {
      for (const field of fields) field.type = shown ? 'text' : 'password';
      button.textContent = shown ? form.dataset.hide : form.dataset.show;
    };
    button.type = 'button';
    button.className = 'quiet reveal';
    button.addEventListener('click', () => show(fields[0].type === 'password'));
    form.addEventListener('submit', () => show(false));
    addEventListener('pagehide', () => show(false));
    show(false);
    fields[fields.length - 1].after(button);
  }

  // The seconds until a new code may be asked for: counted for the eye, said once when they are over.
  const wait = at('again-wait');
  if (wait) {
    const from = Date.now() + wait.dataset.seconds * 1000;
    const form = wait.closest('section').querySelector('form'), button = form.querySelector('button');
    const count = () => {
      const seconds = Math.ceil((from - Date.now()) / 1000);
      if (seconds > 0) {
        wait.textContent = seconds === 1 ? wait.dataset.one : wait.dataset.other.replace('{seconds}', seconds);
        return;
      }
      clearInterval(beat);
      wait.hidden = true;
      button.removeAttribute('aria-disabled');
      button.removeAttribute('aria-describedby');
      const ready = at('again-ready');
      ready.textContent = ready.dataset.text;
    };
    const beat = setInterval(count, 1000);
    button.setAttribute('aria-disabled', 'true');
    form.addEventListener('submit', (event) => { if (button.hasAttribute('aria-disabled')) event.preventDefault(); });
    count();
  }

  // The code of the SMS, where the browser reads it and the person lets it. It is filled in and not sent: what it is for
  // stands on the page, and whoever reads that decides.
  const code = at('code');
  if (code && 'OTPCredential' in window) {
    navigator.credentials.get({ otp: { transport: ['sms'] }, signal: ended.signal }).then((found) => {
      if (!found || !found.code) return;
      code.value = found.code;
      const filled = at('code-filled');
      filled.textContent = filled.dataset.text;
    }, () => {});
  }

  const dialog = at('time');
  if (dialog) {
    const heading = at('time-heading'), text = at('time-text'), button = at('time-stay');
    const early = 120000;
    // When the flow ends by idleness and as a whole; which of the two was told, and whether the page is about to be left.
    let idle, whole, told = '', leaves = false;
    const known = (left) => {
      idle = Date.now() + left.idle * 1000;
      whole = Date.now() + left.whole * 1000;
    };
    for (const words of [heading, text]) words.dataset.idle = words.textContent;
    const tell = (what) => {
      for (const words of [heading, text]) words.textContent = words.dataset[what];
      if (!dialog.open) dialog.showModal();
      (button.hidden ? heading : button).focus();
    };
    const over = () => {
      clearInterval(beat);
      ended.abort();
      told = 'over';
      for (const field of document.querySelectorAll('input')) if (/password/.test(field.autocomplete)) field.value = '';
      button.hidden = true;
      dialog.querySelector('a').hidden = false;
      tell('over');
    };
    const look = () => {
      if (leaves || told === 'over') return;
      const now = Date.now(), next = idle < whole ? 'idle' : 'whole';
      const left = Math.min(idle, whole) - now;
      if (left <= 0) over();
      else if (left <= early && told !== next) {
        told = next;
        tell(next);
      }
    };
    const stay = async () => {
      if (told === 'whole') return dialog.close();
      try {
        const answer = await fetch(dialog.dataset.stay, { method: 'POST', body: new URLSearchParams(), redirect: 'error' });
        const left = answer.ok && await answer.json();
        // An answer that comes after the end changes nothing: what was typed is gone already.
        if (told === 'over') return;
        if (left) {
          known(left);
          told = '';
          dialog.close();
        } else if (answer.status === 410) over();
        else tell('failed');
      } catch { if (told !== 'over') tell('failed'); }
    };
    known({ idle: dialog.dataset.idle, whole: dialog.dataset.whole });
    const beat = setInterval(look, 1000);
    document.addEventListener('visibilitychange', look);
    button.addEventListener('click', stay);
    // Esc goes on as the button does; when the time is over there is nothing to go back to. A browser may close a dialog
    // without asking first.
    dialog.addEventListener('cancel', (event) => {
      event.preventDefault();
      if (told !== 'over') stay();
    });
    dialog.addEventListener('close', () => {
      if (told === 'over') tell(told);
      else if (told === 'idle') stay();
    });
    addEventListener('submit', (event) => { leaves = !event.defaultPrevented; });
    addEventListener('pageshow', () => { leaves = false; });
    look();
  }
  addEventListener('submit', (event) => { if (!event.defaultPrevented) ended.abort(); });
})();
