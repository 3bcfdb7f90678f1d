/* The two small grids of numbers: what lies under the window, tinted as its cells are, and the kernel, editable. */
const written = (value) => {
  const size = Math.abs(value), whole = Math.abs(value - Math.round(value)) < 1e-9;
  const text = whole ? Math.round(size).toLocaleString('en') : String(Number(size.toFixed(size >= 100 ? 1 : size >= 1 ? 2 : 3)));
  return value < 0 && Number(text.replaceAll(',', '')) ? `\u2212${text}` : text;
};
const NUMBERS_AT_MOST = 7; // the numbers of a larger kernel would be too small to read: tints only
const makeNumbers = (onEdit) => {
  const under = h('div', { class: 'numbers', role: 'img' });
  const kernel = h('div', { class: 'numbers kernel', role: 'group', 'aria-label': 'Kernel' });
  let drawn = '';
  const shape = (node, size) => {
    node.style.setProperty('--k', size);
    node.classList.toggle('small', size > 3);
    node.classList.toggle('tiny', size > NUMBERS_AT_MOST);
  };
  const tint = (share) => {
    const level = Math.round(255 * Math.min(1, Math.max(0, share)));
    return `background:rgb(${level} ${level} ${level});color:${level > 140 ? '#16202b' : '#fff'}`;
  };
  const read = () => {
    const size = Math.sqrt(kernel.children.length);
    const values = [...kernel.children].map((input) => (input.value.trim() === '' ? NaN : Number(input.value)));
    [...kernel.children].forEach((input, index) => input.setAttribute('aria-invalid', String(!Number.isFinite(values[index]))));
    if (values.every(Number.isFinite)) onEdit(Array.from({ length: size }, (_, row) => values.slice(row * size, (row + 1) * size)));
  };
  return {
    under,
    kernel,
    /* taps: k x k numbers; editable: whether the visitor may change them */
    showKernel(taps, editable) {
      const size = taps.length, key = JSON.stringify([taps, editable]);
      if (key === drawn) return;
      drawn = key;
      shape(kernel, size);
      if (size > NUMBERS_AT_MOST) {
        const most = Math.max(...taps.flat().map(Math.abs)) || 1;
        kernel.replaceChildren(...taps.flat().map((value) => h('span', { style: tint((value / most + 1) / 2), title: written(value) })));
        return;
      }
      const inputs = [...kernel.querySelectorAll('input')];
      if (inputs.length === size * size && inputs.includes(document.activeElement)) {
        inputs.forEach((input, index) => { if (input !== document.activeElement) input.value = String(taps[Math.floor(index / size)][index % size]); });
        return;
      }
      kernel.replaceChildren(...taps.flatMap((row, y) => row.map((value, x) => h('input', {
        type: 'number', step: 'any', value: editable ? String(value) : String(Number(value.toFixed(2))), readonly: !editable, 'aria-label': `Row ${y + 1}, column ${x + 1}`, oninput: read,
      }))));
    },
    /* values: k x k numbers under the window, or null outside the picture */
    showWindow(values, low, high) {
      const size = values.length;
      shape(under, size);
      const text = (value) => (size > NUMBERS_AT_MOST ? '' : Math.abs(value) >= 10 ? written(Math.round(value)) : written(Number(value.toFixed(size > 3 ? 1 : 2))));
      under.replaceChildren(...values.flat().map((value) => (value === null ? h('span', { class: 'none' }) : h('span', { style: tint((value - low) / (high - low)) }, text(value)))));
      under.setAttribute('aria-label', `Cells under the window: ${values.flat().map((value) => (value === null ? 'none' : written(value))).join(', ')}`);
    },
  };
};
