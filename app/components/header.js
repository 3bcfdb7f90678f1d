/* Name and status, from one small GET of /healthz now and then while the page is in view: no event, no session. */
const logo = svg('svg', { width: 24, height: 24, viewBox: '0 0 24 24', 'aria-hidden': 'true' },
  svg('rect', { x: 1, y: 1, width: 22, height: 22, rx: 5, class: 'plate' }),
  [[5, 5, 1], [13, 5, 0.55], [5, 13, 0.55], [13, 13, 1]].map(([x, y, opacity]) =>
    svg('rect', { x, y, width: 6, height: 6, rx: 1, opacity, class: 'cell' })));
const state = h('b', {});
const machine = h('span', { class: 'from-640' });
const models = h('b', {});
const memory = h('b', {});
const resident = h('span', { class: 'from-1200', hidden: true });
const reach = h('span', {}), limits = h('span', { class: 'from-1200' });
const network = h('span', { class: 'network' }, reach, limits);
const starter = makeStarter();
const lab = h('span', {});
const labs = h('button', { type: 'button', class: 'btn labs', 'aria-haspopup': 'dialog', hidden: true, onclick: () => document.dispatchEvent(new CustomEvent('cv:labs')) },
  lab, h('i', { 'aria-hidden': 'true' }, '\u25be'), h('span', { class: 'sr' }, 'All labs'));
const nameLab = (id) => { lab.textContent = props.titles[id] || ''; labs.hidden = !props.titles[id]; };
document.addEventListener('cv:tab', (event) => nameLab(event.detail));
nameLab(document.documentElement.dataset.lab);
const lesson = h('button', { type: 'button', class: 'btn sm soft lesson-open', hidden: !props.lesson, onclick: () => document.dispatchEvent(new CustomEvent('cv:lesson')) }, props.lesson);
document.addEventListener('cv:in-lesson', ({ detail }) => { lesson.textContent = detail ? 'Leave the lesson' : props.lesson; });
root.append(
  h('h1', {}, logo, h('span', {}, 'CV Lab')),
  labs,
  lesson,
  h('span', { class: 'tagline' }, 'One photo. See what vision models do with it.'),
  starter.node,
  h('div', { class: 'status' }, h('a', { href: 'status', target: '_blank', title: 'Check every tab' }, h('span', { role: 'status' }, h('i', { class: 'dot' }), state)), machine, resident, network),
  makePresenter());

const WORDS = { ready: 'Ready', busy: 'Busy', starting: 'Starting', full: 'Full', lost: 'Not connected' };
const size = (bytes) => (bytes >= 999.5e6 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`);
const text = (node, words) => { if (node.textContent !== words) node.textContent = words; };
const draw = () => {
  const value = props.value;
  if (!value) return;
  root.dataset.state = value.state;
  text(state, value.detail ? `${WORDS[value.state]}: ${value.detail}` : WORDS[value.state] || 'Ready');
  text(machine, value.device || '');
  resident.hidden = value.state === 'starting' || value.models === null || value.models === undefined;
  if (!resident.hidden) {
    const limit = value.limit ? ` of ${size(value.limit)}` : '';
    text(models, String(value.models));
    text(memory, size(value.bytes || 0));
    resident.replaceChildren(models, ` model${value.models === 1 ? '' : 's'} in memory, `, memory, limit);
  }
  starter.heard(value.online);
  text(reach, value.online === true ? 'Online' : value.online === false ? 'Offline' : '');
  text(limits, value.online === false ? ': only models that are here' : '');
};

const known = (fresh, old) => (fresh === undefined || fresh === null ? old : fresh);
watchServer((health) => {
  if (health) {
    if (!window.cvPair && health.pair) { // once: what is shown must not change under a visitor's eyes
      window.cvPair = health.pair.models;
      document.dispatchEvent(new CustomEvent('cv:pair', { detail: window.cvPair }));
    }
    const queued = (health.state || 'ready') === 'ready' && health.waiting > 0;
    props.value = { ...props.value, state: queued ? 'busy' : health.state || 'ready', detail: queued ? `${health.waiting} in line` : health.detail || null,
      device: known(health.device, props.value.device), models: known(health.models_resident, props.value.models),
      bytes: known(health.bytes_resident, props.value.bytes), limit: known(health.bytes_limit, props.value.limit),
      online: known(health.online, props.value.online) };
  } else props.value = { ...props.value, state: 'lost', detail: null };
  draw();
});
watch('value', draw);
draw();
