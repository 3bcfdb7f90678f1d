/* What goes beyond one detector and one look: a second detector, tiles, labels to check against. */
const TILE_CHOICES = [['1', 'Whole photo'], ['2', '2 \u00d7 2 tiles'], ['3', '3 \u00d7 3 tiles']];
const makeExtras = (act) => {
  const second = h('select', { 'aria-label': 'Second detector beside it' });
  second.addEventListener('change', () => act.second(second.value));
  const tiles = choiceOf('Cut into tiles', TILE_CHOICES, (value) => act.tiles(Number(value)));
  const tilesHelp = h('p', { class: 'sub' }, 'For small things: the detector also looks at each tile by itself, so it runs 5 or 10 times.');
  const merged = h('input', { type: 'checkbox' });
  merged.addEventListener('change', () => act.change({ merged: merged.checked }));
  const mergedRow = h('label', { class: 'check', hidden: true }, merged, h('span', {}, 'Merge across tiles ', h('small', {}, 'off: what each tile keeps by itself')));
  const file = h('input', { type: 'file', accept: '.txt,.xml,text/plain,text/xml', hidden: true, tabindex: -1, 'aria-label': 'Label file' });
  const choose = h('button', { type: 'button', class: 'btn sm', onclick: () => file.click() }, 'Choose a label file');
  const chosen = h('span', { class: 'sub file-name' });
  const remove = h('button', { type: 'button', class: 'btn sm quiet', hidden: true, onclick: () => act.labels(null) }, 'Remove');
  const alertBox = h('p', { class: 'alert', role: 'alert', hidden: true });
  const scenes = h('div', { class: 'btns' }, (props.scenes || []).map((scene) => h('button', { type: 'button', class: 'btn sm', onclick: () => act.scene(scene) }, scene.name)));
  const node = h('div', { class: 'fields' }, h('label', { class: 'top' }, 'Second detector beside it', second), h('div', { class: 'ctl' }, tiles.node, tilesHelp, mergedRow),
    h('div', { class: 'ctl' }, h('div', { class: 'top' }, h('span', {}, 'Check against labels ', h('small', {}, 'YOLO text or Pascal VOC XML'))),
      h('div', { class: 'btns' }, choose, chosen, remove, file), alertBox,
      h('p', { class: 'sub' }, 'Or take a scene that we drew, so that every box is known:'), scenes));
  file.addEventListener('change', async () => {
    const [picked] = file.files;
    file.value = '';
    if (!picked) return;
    try {
      const path = await sendKept('labels', new File([picked], 'labels'));
      act.labels({ path, name: picked.name.replace(/\p{C}/gu, '').slice(0, 120) });
    } catch (error) {
      console.warn('The label file could not be sent', error);
      refuse('The label file did not reach the server. Check the connection, then try again.');
    }
  });
  const refuse = (sentence) => { alertBox.textContent = sentence || ''; alertBox.hidden = !sentence; };
  const fillOthers = whenNew((rows, chosen) => second.replaceChildren(h('option', { value: '' }, 'None'), ...act.options(rows, chosen)));
  return {
    node,
    refuse,
    set(wanted, others, chosenOther) {
      fillOthers(others, chosenOther ?? null);
      second.value = chosenOther ?? '';
      tiles.select.value = String(wanted.tiles);
      merged.checked = wanted.merged;
      mergedRow.hidden = wanted.tiles === 1;
      chosen.textContent = wanted.labels?.name || '';
      remove.hidden = !wanted.labels;
    },
  };
};
