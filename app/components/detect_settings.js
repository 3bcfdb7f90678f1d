/* The settings that most visitors leave alone: method, overlap, limits, classes. */
const METHODS = [['greedy', 'Greedy'], ['soft_linear', 'Soft, linear'], ['soft_gaussian', 'Soft, Gaussian'], ['diou', 'DIoU'], ['merge', 'Merge']];
const OVERLAPS = [['iou', 'IoU'], ['smaller', 'Share of the smaller box']];
const choiceOf = (label, rows, onChange) => {
  const select = h('select', { 'aria-label': label }, rows.map(([value, text]) => h('option', { value }, text)));
  select.addEventListener('change', () => onChange(select.value));
  return { select, node: h('label', { class: 'top' }, label, select) };
};
const makeSettings = (change) => {
  const method = choiceOf('Method', METHODS, (value) => change({ method: value }));
  const overlap = choiceOf('Overlap measured by', OVERLAPS, (value) => change({ overlap: value }));
  const across = h('input', { type: 'checkbox' });
  across.addEventListener('change', () => change({ class_agnostic: across.checked }));
  const acrossRow = h('label', { class: 'check' }, across, h('span', {}, 'Compare across classes ', h('small', {}, 'on: a cup may remove a table')));
  const most = makeRange({ label: 'Most boxes', help: 'the best ones', low: 1, high: 300, step: 1 }, (value) => change({ max_detections: value }));
  const each = makeRange({ label: 'Most of one class', help: '', low: 0, high: 100, step: 1, format: (value) => value || 'no limit' },
    (value) => change({ max_per_class: value || null }));
  const kinds = h('div', { class: 'kinds', role: 'group', 'aria-label': 'Classes that count' });
  const kindsRow = h('div', { class: 'ctl' }, h('div', { class: 'top' }, h('span', {}, 'Classes that count')), kinds);
  const node = h('div', { class: 'fields' }, method.node, overlap.node, acrossRow, most.node, each.node, kindsRow);

  const drawKinds = (classes, chosen) => {
    const names = classes.map(([name]) => name);
    const toggle = (name) => {
      const before = chosen ?? names;
      const now = before.includes(name) ? before.filter((one) => one !== name) : [...before, name];
      change({ classes: now.length === names.length ? null : now });
    };
    kinds.replaceChildren(...classes.map(([name, count]) => h('button', { type: 'button', class: 'btn sm kind', 'aria-pressed': String(!chosen || chosen.includes(name)), onclick: () => toggle(name) },
      name, h('small', {}, count.toLocaleString('en')))));
    kindsRow.hidden = acrossRow.hidden = names.length < 2;
  };
  let drawn = '';
  return {
    node,
    set(settings, panes) {
      method.select.value = settings.method;
      overlap.select.value = settings.overlap;
      overlap.select.disabled = settings.method === 'diou';
      across.checked = settings.class_agnostic;
      most.set(settings.max_detections, null);
      each.set(settings.max_per_class ?? 0, null);
      const counts = new Map();
      for (const [name, count] of panes.flatMap((pane) => pane.classes)) counts.set(name, (counts.get(name) || 0) + count);
      const now = JSON.stringify([[...counts], settings.classes]);
      if (now !== drawn) drawKinds([...counts], settings.classes); // else a click would lose the keyboard's place
      drawn = now;
    },
  };
};
