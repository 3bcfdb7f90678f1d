/* The blocks of a network in a row, each with two switches: its branch and its skip; between two that fit, a swap. */
const shortLabel = (label) => label.replace(/ of \d+/g, '');
const makeChain = (onSwitch, onSwap, onOpen) => {
  const node = h('ol', { class: 'chain', 'aria-label': 'Blocks, in the order of computation' });
  const toggle = (kind, block) => h('button', { type: 'button', class: 'chain-switch', 'data-kind': kind, 'aria-pressed': 'true', onclick: () => onSwitch(kind, block.name) }, h('span', {}));
  const swapOf = (block) => h('button', { type: 'button', class: 'chain-swap', 'aria-pressed': 'false', title: 'Change places with the next block', 'aria-label': `Swap block ${shortLabel(block.label)} with the next one`, onclick: () => onSwap(block.module) }, '\u21c4');
  /* The name opens what shortcut and branch give, where there are both. */
  const named = (block, ...told) => (block.reason ? h('div', { class: 'chain-name', title: `${block.label} (${block.name})` }, told)
    : h('button', { type: 'button', class: 'chain-name', title: `${block.label} (${block.name}): look inside`, onclick: () => onOpen(block.name) }, told));
  const cell = (block, place) => h('li', { class: 'chain-cell', 'data-name': block.name },
    named(block, h('b', {}, String(place + 1)), h('span', {}, shortLabel(block.label))),
    h('div', { class: 'chain-worth' }),
    block.reason ? null : h('div', { class: 'chain-switches' }, toggle('off', block), toggle('cut', block)),
    block.swaps ? swapOf(block) : null);
  let built = '';
  const build = (blocks) => {
    const now = JSON.stringify(blocks.map(({ name, reason }) => [name, reason]));
    if (now !== built) node.replaceChildren(...blocks.map(cell));
    built = now;
  };
  const worth = (block) => (block.reason ? [h('span', { class: 'chain-none' }, 'Always on'), h('span', { class: 'sub', title: block.reason }, 'no shortcut')]
    : [h('span', {}, block.without), h('span', { class: 'sub', title: block.says }, block.says || 'same answer')]);
  const mark = (button, on, text, name) => {
    button.setAttribute('aria-pressed', String(on));
    button.setAttribute('aria-label', `${text}, block ${name}`);
    button.firstChild.textContent = text;
  };
  return {
    node,
    show(blocks, local) {
      build(blocks);
      blocks.forEach((block, place) => {
        const own = node.children[place], [branch, skip] = own.querySelectorAll('.chain-switch'), swap = own.querySelector('.chain-swap');
        const off = local.off.includes(block.name), cut = local.cut.includes(block.name);
        own.classList.toggle('changed', off || cut);
        own.querySelector('.chain-worth').replaceChildren(...worth(block));
        if (branch) mark(branch, !off, off ? 'Branch off' : 'Branch on', place + 1);
        if (skip) mark(skip, !cut, cut ? 'Skip cut' : 'Skip on', place + 1);
        if (swap) { const on = local.swapped.includes(block.module); swap.setAttribute('aria-pressed', String(on)); own.classList.toggle('swapped', on); }
      });
    },
  };
};
