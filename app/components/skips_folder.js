/* Skips, Surgery: up to 50 photos that are asked the same way, in one look with the visitor's own. */
const makeFolder = () => {
  const counted = h('b', {}), said = h('p', { class: 'sub', role: 'status' }), left = h('p', { class: 'sub', hidden: true }), fault = h('p', { class: 'alert', role: 'alert', hidden: true });
  const some = h('input', { type: 'file', accept: 'image/*', multiple: true, hidden: true, tabindex: -1 }), whole = h('input', { type: 'file', webkitdirectory: true, hidden: true, tabindex: -1 });
  const begin = h('button', { type: 'button', class: 'btn sm primary', hidden: true, onclick: () => start() });
  const forget = smallButton('Forget them', async () => { if (await call({ do: 'forget' })) { told(null); bench.look(); } });
  const choose = [smallButton('Choose photos', () => some.click()), smallButton('Choose a folder', () => whole.click())];
  let count = 0, known = null, working = false;
  const told = (sentence) => { left.hidden = !sentence; left.textContent = sentence || ''; };
  const complain = (sentence) => { fault.hidden = !sentence; fault.textContent = sentence || ''; };
  const start = () => bench.start('many', { stopped: false });
  const call = async (question) => {
    try {
      const answer = await server.folder(question);
      complain(answer.error);
      if (answer.error) return null;
      count = answer.count;
      draw();
      return answer;
    } catch (error) {
      console.warn('The server did not answer', error);
      complain(saidBy(error) || 'The server did not answer. Check the connection, then try again.');
      return null;
    }
  };
  /* Files that stayed behind, by the reason. */
  const reasons = (rows) => [...new Set(rows.map(({ why }) => why))].map((why) => {
    const names = rows.filter((one) => one.why === why).map(({ name }) => name);
    return `${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}: ${why}`;
  }).join(' ');
  const take = async (files) => {
    if (!files.length || working) return;
    const rows = [], before = count;
    working = true;
    told(null);
    await sendFiles(files.slice(0, props.most + 1), { // one more than fit, so that it is told
      tell: (sentence) => { said.textContent = sentence || ''; },
      note: (why, name) => rows.push({ name, why }),
      give: async (sent) => { const answer = await call({ do: 'add', files: sent }); rows.push(...(answer?.skipped || [])); return Boolean(answer); },
    });
    working = false;
    if (rows.length) told(`${rows.length} left out. ${reasons(rows)}`);
    draw();
    if (count > before) start();
  };
  for (const input of [some, whole]) input.addEventListener('change', () => { take([...input.files].filter(({ name }) => !name.startsWith('.'))); input.value = ''; });
  root.addEventListener('dragover', (event) => event.preventDefault());
  /* One photo that is dropped is the page's; more of them, or a folder, are these. */
  root.addEventListener('drop', async (event) => {
    const files = [...event.dataTransfer.files], folders = foldersOf(event);
    if (!folders.length && files.length < 2 && !node.contains(event.target)) return;
    event.preventDefault();
    const inside = await Promise.all(folders.map(filesIn));
    take(folders.length ? inside.flat() : files);
  });
  const busy = () => Boolean(props.value.busy) || working;
  const draw = () => {
    const done = known?.of === count ? known.done : 0;
    counted.textContent = count ? `${count} photo${count === 1 ? '' : 's'}` : '';
    counted.hidden = forget.hidden = !count;
    begin.hidden = !count || done === count || working;
    begin.textContent = done ? `Continue with the other ${count - done}` : count === 1 ? 'Ask it' : `Ask all ${count}`;
    for (const button of [begin, forget, ...choose]) button.disabled = busy();
    if (!working) said.textContent = count && done ? known.said : count && props.value.stopped ? 'Stopped. What is answered is kept.' : count ? 'They are not answered yet.' : `Drop a folder or several photos here, ${props.most} at most: of how many the answer stays without each block. They stay on this machine and go with the page.`;
  };
  const node = h('div', { class: 'many-photos' }, h('div', { class: 'bar' }, h('span', { class: 'name' }, 'Many photos'), counted, ...choose, begin, forget, some, whole), fault, said, left);
  draw();
  return { node, show(many) { known = many; draw(); }, drawn: draw, any: () => count };
};
