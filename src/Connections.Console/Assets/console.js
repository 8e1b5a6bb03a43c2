// The module of the console. Every path works without it by full pages; it adds what is listed here, and nothing else.
const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
const policy = window.trustedTypes?.createPolicy('console', { createHTML: html => html }) ?? { createHTML: html => html };
const parse = html => new DOMParser().parseFromString(policy.createHTML(html), 'text/html');
const say = text => { $('#said').textContent = text; };
const element = (name, className, text) => Object.assign(document.createElement(name), className ? { className } : {}, text ? { textContent: text } : {});

document.documentElement.classList.add('scripted');

// Buttons that only scripts can serve, times, and what a new part of the page needs
function prepare(within) {
  $$('[data-copy], [data-eye], [data-pick], [data-help], [data-all], [data-copy-ids]', within).forEach(e => { e.hidden = false; });
  times(within);
  bulk();
}

// Times: in the zone that the person chose, with its name; relative ones are renewed
function times(within = document) {
  const utc = document.documentElement.dataset.times === 'utc';
  const zone = utc ? { timeZone: 'UTC' } : {};
  for (const time of $$('time[data-when]', within)) {
    const at = new Date(time.dateTime), now = new Date();
    const parts = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hour12: false, ...zone };
    if (at.getFullYear() !== now.getFullYear() || time.dataset.when === 'long') parts.year = 'numeric';
    if ('seconds' in time.dataset) parts.second = '2-digit';
    if (time.dataset.when === 'long') parts.timeZoneName = 'short';
    time.textContent = at.toLocaleString('en-GB', parts);
    time.title = at.toLocaleString('en-GB', { dateStyle: 'full', timeStyle: 'long', ...zone });
  }
  for (const ago of $$('[data-ago]', within)) ago.textContent = relative(new Date(ago.dataset.ago));
}
function relative(at) {
  const seconds = (at - Date.now()) / 1000, size = Math.abs(seconds);
  if (size < 60) return seconds > 0 ? 'in less than a minute' : 'just now';
  const [unit, length] = size < 3600 ? ['minute', 60] : size < 86400 ? ['hour', 3600] : ['day', 86400];
  return new Intl.RelativeTimeFormat('en', { numeric: 'always' }).format(Math.trunc(seconds / length), unit);
}
setInterval(times, 30000);

// Regions: a part of the page is asked again and replaced
let asking, searched;
async function refresh(address, search) {
  asking?.abort();
  asking = new AbortController();
  if (search) searched = address;
  address = searched ?? address; // a change meanwhile must not bring back what the search replaces
  try {
    const response = await fetch(address, { headers: { Accept: 'text/html' }, signal: asking.signal });
    if (response.redirected && new URL(response.url).pathname.endsWith('/sign-in')) return location.reload();
    if (!response.ok) return;
    replace(parse(await response.text()));
    if (searched) history.replaceState(null, '', searched);
    searched = null;
  } catch { /* the next one asks again */ }
}
function replace(page) {
  for (const now of $$('[data-region]')) {
    const fresh = page.getElementById(now.id);
    if (!fresh || (now.contains(document.activeElement) && document.activeElement !== document.body && !now.matches('[data-searching]'))) continue;
    if ($('input:checked, details.typed', now) || $(':popover-open', now)) continue;
    if (now.innerHTML === fresh.innerHTML) continue;
    const versions = new Map($$('[data-row]', now).map(r => [r.dataset.row, r.dataset.version]));
    now.replaceChildren(...fresh.childNodes);
    for (const row of $$('[data-row]', now)) if (versions.size && versions.get(row.dataset.row) !== row.dataset.version) mark(row);
    prepare(now);
  }
}
function mark(row) {
  row.classList.add('changed');
  setTimeout(() => row.classList.remove('changed'), 5000);
}

// Live search: 80 ms after the last key
let typing;
document.addEventListener('input', event => {
  const form = event.target.closest('form[data-live]');
  if (!form) return;
  clearTimeout(typing);
  typing = setTimeout(() => refresh(live(form), true), 80);
});
const live = form => {
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  return form.getAttribute('action') + (query.size ? '?' + query : '');
};
document.addEventListener('submit', event => {
  if (!event.target.matches('form[data-live]')) return;
  event.preventDefault();
  refresh(live(event.target), true);
});

// Streamed forms: the steps of a test are shown while they pass. Secrets stay in the form.
document.addEventListener('submit', async event => {
  const form = event.target;
  if (!form.matches('form[data-stream]')) return;
  event.preventDefault();
  const into = form.dataset.into ? $(form.dataset.into + ' [data-steps]') : $('[data-steps]', form);
  const body = new FormData(form, event.submitter ?? undefined);
  const stop = $('[data-stop]', form), aborted = new AbortController(), limit = setTimeout(() => aborted.abort('limit'), 30000);
  const busy = on => { $$('button[name=do], button:not([type])', form).forEach(b => { b.disabled = on; }); stop?.classList.toggle('hidden', !on); };
  const list = element('ol', 'steps');
  into.replaceChildren(list, element('div'));
  into.lastChild.setAttribute('role', 'status');
  clearErrors(form);
  busy(true);
  waiting(list);
  if (stop) stop.onclick = () => aborted.abort();
  try {
    const response = await fetch(form.getAttribute('action'), { method: 'POST', body, headers: { Accept: 'application/x-ndjson' }, signal: aborted.signal });
    if (response.redirected) return failed('Your session has ended. Sign in in another tab, and send the form again. What you typed is still here.');
    if (!response.body || !response.headers.get('content-type')?.includes('ndjson')) {
      const problem = await response.json().catch(() => ({}));
      return failed(problem.detail ?? 'The service could not take the form. What you typed is still here.');
    }
    for await (const line of lines(response.body)) {
      if (line.name) step(list, line);
      else if (line.go) { forget(form); dirty = false; location.assign(line.go); return; }
      else if (line.done) finish('done', line.done);
      else if (line.problem) problem(line.problem);
    }
  } catch (fault) {
    failed(aborted.signal.aborted
      ? (aborted.signal.reason === 'limit' ? 'The test took longer than 30 s.' : 'Stopped. Nothing is saved by this page; look at My Connections if it was nearly done.')
      : 'The service did not answer. What you typed is still here.');
  } finally {
    clearTimeout(limit);
    $('.now', list)?.remove();
    if (!list.childElementCount) list.remove();
    busy(false);
  }
  function failed(text) { finish('problem', text); }
  function finish(kind, text) { into.lastChild.className = kind; into.lastChild.textContent = text; }
  function problem(p) {
    finish('problem', p.detail);
    const errors = (p.errors ?? []).filter(e => fieldOf(form, e.field));
    if (errors.length) {
      const ul = element('ul');
      for (const error of errors) {
        const field = fieldOf(form, error.field), link = element('a', '', error.message);
        link.href = location.pathname + location.search + '#' + field.id;
        link.onclick = e => { e.preventDefault(); field.focus(); };
        const li = element('li');
        li.append(link);
        ul.append(li);
        showError(field, error.message);
      }
      into.lastChild.append(ul);
      fieldOf(form, errors[0].field).focus();
    }
    if (p.facts?.connectionId) {
      const view = element('a', '', ' View it');
      view.href = 'connections/' + p.facts.connectionId;
      into.lastChild.append(view);
    }
    $('[data-untested]', form)?.classList.toggle('hidden', !p.facts?.kind);
  }
});
async function* lines(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    rest += value ?? '';
    for (let end; (end = rest.indexOf('\n')) >= 0; rest = rest.slice(end + 1)) if (end) yield JSON.parse(rest.slice(0, end));
    if (done) return;
  }
}
function waiting(list) {
  const li = element('li', 'now');
  li.append(element('span'), element('div', 'muted', 'Working…'));
  list.append(li);
}
function step(list, line) {
  const ok = line.outcome === 'ok', skipped = line.outcome === 'skipped';
  const li = element('li', ok ? 'good' : skipped ? 'off' : 'bad'), text = element('div');
  const sign = element('span', '', ok ? '✓' : skipped ? '–' : '✕');
  sign.ariaHidden = 'true';
  if (li.className === 'bad') text.role = 'alert';
  text.append(element('strong', '', line.title), ' ' + line.message);
  if (line.advice) text.append(element('p', 'advice', line.advice));
  if (line.certificates) text.append(certificates(line.certificates));
  const field = line.offer && fieldOf(list.closest('form') ?? document.createElement('form'), line.offer.field);
  if (field) {
    const button = element('button', 'small', line.offer.label);
    button.type = 'button';
    button.onclick = () => {
      const fold = field.closest('details');
      if (fold) fold.open = true;
      if (line.offer.value) field.value = line.offer.value;
      field.dispatchEvent(new Event('input', { bubbles: true }));
      field.focus();
    };
    text.append(' ', button);
  }
  li.append(sign, text, element('span', 'ms', line.ms + ' ms'));
  $('.now', list)?.before(li);
}
function certificates(all) {
  const fold = element('details', 'certificates');
  fold.append(element('summary', '', 'What the server presented'));
  for (const one of all) {
    const facts = element('dl');
    for (const [name, value] of [['Subject', one.subject], ['Issuer', one.issuer], ['SHA-256', one.sha256], ['Valid until', one.until]])
      facts.append(element('dt', '', name), element('dd', '', value));
    fold.append(facts);
    if (!one.pem) continue;
    const copy = element('button', 'small', 'Copy');
    copy.type = 'button';
    copy.dataset.copy = one.pem;
    fold.append(copy);
  }
  return fold;
}
const fieldOf = (form, name) => form.elements.namedItem(name) ?? form.elements.namedItem(name.replace(/\.[^.]*$/, ''));
function showError(field, message) {
  const box = field.closest('.field');
  if (!box) return;
  const fold = field.closest('details');
  if (fold) fold.open = true;
  box.classList.add('wrong');
  field.setAttribute('aria-invalid', 'true');
  const p = element('p', 'error', message);
  p.id = field.id + '-error';
  p.dataset.streamed = '';
  (box.querySelector('.help') ?? box.lastChild).before(p);
  field.setAttribute('aria-describedby', p.id + ' ' + field.id + '-help');
}
function clearErrors(form) {
  $$('.error', form).forEach(e => e.remove());
  $$('.wrong', form).forEach(e => e.classList.remove('wrong'));
  $$('[aria-invalid]', form).forEach(e => e.removeAttribute('aria-invalid'));
}
$$('form[data-auto]').forEach(form => form.requestSubmit());

// Dialogs: the page of a link, shown above this one
document.addEventListener('click', async event => {
  const link = event.target.closest('a[data-dialog]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const opener = link.closest('[popover]') ? $(`[popovertarget="${link.closest('[popover]').id}"]`) : link;
  link.closest('[popover]')?.hidePopover();
  const response = await fetch(link.href, { headers: { Accept: 'text/html' } }).catch(() => null);
  const content = response?.ok && $('[data-dialog-content]', parse(await response.text()));
  if (!content) return location.assign(link.href);
  const dialog = $('#dialog');
  content.className = '';
  dialog.replaceChildren(...content.childNodes);
  dialog.onclose = () => opener?.focus();
  dialog.showModal();
  ($('[autofocus]', dialog) ?? $('a, button, input:not([type=hidden])', dialog))?.focus();
});
document.addEventListener('click', event => {
  if (!event.target.closest('#dialog [data-close]')) return;
  event.preventDefault();
  $('#dialog').close();
});

// Name helper, and whether the name is free
document.addEventListener('input', event => {
  const helper = event.target.closest('[data-name-helper]');
  if (!helper) return;
  const parts = [helper.dataset.nameHelper, ...$$('[data-part]', helper).map(i => i.value)];
  const name = $('[name=name]', helper.form ?? helper.closest('form'));
  name.value = parts.map(p => p.trim().toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '')).filter(Boolean).join('-');
  name.dispatchEvent(new Event('input', { bubbles: true }));
});
let checking;
document.addEventListener('input', event => {
  const input = event.target;
  if (!input.dataset?.checkName) return;
  clearTimeout(checking);
  checking = setTimeout(async () => {
    const note = $('#' + input.id + '-free');
    note.replaceChildren();
    if (!input.value.trim()) return;
    const answer = await fetch(input.dataset.checkName + '?name=' + encodeURIComponent(input.value), { headers: { Accept: 'application/json' } })
      .then(r => r.json()).catch(() => ({}));
    note.className = answer.free ? 'free' : 'free taken';
    if (answer.free) note.textContent = '✓ free';
    else if (answer.id) { const a = element('a', '', 'this connection'); a.href = 'connections/' + answer.id; note.append('Taken by ', a); }
    else if (answer.problem) note.textContent = answer.problem;
  }, 200);
});

// Drafts: what is not secret, by app, until it is saved. Leaving with a typed secret asks.
let dirty = false;
const draftOf = form => 'draft:' + form.dataset.draft;
const kept = form => [...form.elements].filter(e => e.name && !['hidden', 'password', 'file', 'submit'].includes(e.type) && !('secret' in e.dataset) && e.name !== 'skipTest');
document.addEventListener('input', event => {
  if ('secret' in (event.target.dataset ?? {})) dirty = $$('[data-secret]').some(e => e.value);
  const form = event.target.closest?.('form[data-draft]');
  if (form) sessionStorage.setItem(draftOf(form), JSON.stringify(kept(form).map(e => [e.name, e.type === 'checkbox' ? e.checked : e.value])));
});
for (const form of $$('form[data-draft]')) {
  const draft = JSON.parse(sessionStorage.getItem(draftOf(form)) ?? '[]');
  if (location.search) continue;
  for (const [name, value] of draft) {
    const input = kept(form).find(e => e.name === name);
    if (input?.type === 'checkbox') input.checked = value; else if (input && value) input.value = value;
  }
}
const forget = form => form.dataset.draft && sessionStorage.removeItem(draftOf(form));
addEventListener('beforeunload', event => { if (dirty) event.preventDefault(); });

// Small things: copy, show a secret, read a file, select all, the slider of versions, the theme
document.addEventListener('click', async event => {
  const copy = event.target.closest('[data-copy]'), eye = event.target.closest('[data-eye]'), pick = event.target.closest('[data-pick]');
  if (copy) { await navigator.clipboard.writeText(copy.dataset.copy); said(copy, 'Copied'); }
  if (eye) {
    const input = document.getElementById(eye.dataset.eye), shown = input.type === 'password';
    input.type = shown ? 'text' : 'password';
    eye.ariaPressed = String(shown);
  }
  if (pick) document.getElementById(pick.dataset.pick).click();
  if (event.target.closest('[data-help]')) $('#help').showModal();
  if (event.target.closest('[data-copy-ids]')) {
    await navigator.clipboard.writeText($$('input[name=ids]:checked').map(i => i.value).join('\n'));
    said(event.target, 'Copied');
  }
});
function said(button, text) {
  const was = button.textContent;
  button.textContent = text;
  say(text);
  setTimeout(() => { button.textContent = was; }, 1500);
}
document.addEventListener('change', async event => {
  const input = event.target;
  if (input.dataset.into && input.files?.[0]) {
    const field = document.getElementById(input.dataset.into);
    field.value = await input.files[0].text();
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
  if (input.matches('[data-all]')) $$('input[name=ids]').forEach(i => { i.checked = input.checked; });
  if (input.closest('[data-theme-choice]')) document.documentElement.dataset.theme = input.value;
  if (input.matches('[name=ids], [data-all]')) bulk();
  if (input.closest('[data-slider]')) {
    const points = JSON.parse(input.dataset.points), last = Number(input.value) === points.length - 1;
    location.assign(input.form.getAttribute('action') + (last ? '' : '?at=' + encodeURIComponent(points[input.value].at)));
  }
});
document.addEventListener('input', event => {
  const input = event.target;
  if (!input.closest?.('[data-slider]')) return;
  const point = JSON.parse(input.dataset.points)[input.value];
  input.setAttribute('aria-valuetext', point.text);
  input.form.querySelector('output').textContent = point.text;
});
function bulk() {
  const bar = $('[data-bulk-bar]');
  if (!bar) return;
  const count = $$('input[name=ids]:checked').length;
  $$('button', bar).forEach(b => { b.disabled = !count; });
  $('[data-bulk-count]', bar).textContent = count ? `${count} selected` : 'Select rows to test or delete them';
}

// Live: one stream for all visible tabs, since a browser opens only six connections; regions are asked again when something changed
const tabs = new BroadcastChannel('changes');
let stream, soon, leave;
function changed() { clearTimeout(soon); soon = setTimeout(() => refresh(location.href), 150); }
tabs.onmessage = changed;
function follow() {
  if (!$('[data-refresh]')) return;
  if (document.hidden) { leave?.abort(); stream?.close(); stream = leave = null; return; }
  if (leave) return;
  leave = new AbortController();
  if (navigator.locks) navigator.locks.request('changes', { signal: leave.signal }, () => new Promise(listen)).catch(() => {});
  else listen(() => {});
}
function listen(end) {
  leave.signal.addEventListener('abort', end);
  stream = new EventSource('changes');
  // Also when it opens: what changed after the page was read, and before, came over no stream.
  stream.onopen = stream.onmessage = () => { changed(); tabs.postMessage(''); };
  stream.onerror = () => { leave?.abort(); stream?.close(); stream = leave = null; setTimeout(follow, 5000); };
}
addEventListener('pagehide', () => { leave?.abort(); stream?.close(); stream = leave = null; });
addEventListener('pageshow', event => { if (event.persisted) follow(); });
document.addEventListener('visibilitychange', () => { if (!document.hidden && $('[data-refresh]')) refresh(location.href); follow(); });

// Shortcuts, off while typing
let g = false;
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches('input:not([type=checkbox]), textarea, select') || $('dialog[open]')) return;
  const pages = { c: 'connections', a: 'activities', m: 'marketplace' };
  if (g && pages[event.key]) location.assign(pages[event.key]);
  else if (event.key === '/' && $('[data-search]')) { event.preventDefault(); $('[data-search]').focus(); }
  else if (event.key === '?') $('#help').showModal();
  g = event.key === 'g';
});

prepare(document);
follow();
