/* One question at a time; while one is under way only the newest waits, so the last value always wins. */
const makeAsk = (call, onAnswer) => {
  let asking = false, waiting = null;
  const ask = async (question) => {
    if (asking) { waiting = question; return; }
    asking = true;
    try {
      onAnswer(await call(question), waiting !== null);
    } finally {
      asking = false;
      if (waiting !== null) { const latest = waiting; waiting = null; ask(latest); }
    }
  };
  return ask;
};
/* What the visitor wants now. New cells, which an older question brought, may come at any time, and Gradio sets a value
   that it has set already once more some frames later: then it is asked for again. */
const makeWishes = (ask) => {
  let wish = {}, standing = '';
  const now = () => JSON.stringify([props.value.key, props.value.settings]);
  const send = () => {
    props.value.settings = { ...props.value.settings, ...wish };
    standing = now();
    ask({ key: props.value.key, settings: props.value.settings });
  };
  const kept = () => Object.entries(wish).every(([name, value]) => JSON.stringify(props.value.settings[name]) === JSON.stringify(value));
  return {
    add(settings) {
      if (!props.value?.key) return;
      wish = { ...wish, ...settings };
      send();
    },
    /* The answer that is drawn now may say it in its own words, such as 1 for "1". */
    settle() { standing = now(); },
    hold() {
      if (now() === standing || kept()) return false;
      send();
      return true;
    },
    forget() { wish = {}; },
  };
};
/* Values in the address, so that a copied link brings the same settings. */
const address = new URLSearchParams(location.search);
const linkTo = (values) => {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(values)) url.searchParams.set(name, value);
  return url.href;
};
const saveFile = (name, url) => {
  const anchor = h('a', { href: url, download: name });
  anchor.click();
};
const saveText = (name, text) => {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  saveFile(name, url);
  setTimeout(() => URL.revokeObjectURL(url), 1000);
};
/* Buttons of which one is pressed; rows: [value, text]. */
const makeChoice = (label, rows, onPick) => {
  const buttons = rows.map(([value, text]) => h('button', { type: 'button', 'aria-pressed': 'false', onclick: () => onPick(value) }, text));
  return {
    node: h('div', { class: 'seg', role: 'group', 'aria-label': label }, buttons),
    set(value, disabled = () => false) {
      rows.forEach(([own], index) => {
        buttons[index].setAttribute('aria-pressed', String(own === value));
        buttons[index].disabled = disabled(own);
      });
    },
  };
};
const shown = (value) => {
  const size = Math.abs(value), whole = Math.abs(value - Math.round(value)) < 1e-9;
  const text = whole ? Math.round(size).toLocaleString('en') : String(Number(size.toFixed(size >= 100 ? 1 : size >= 1 ? 2 : 3)));
  return value < 0 && Number(text.replaceAll(',', '')) ? `\u2212${text}` : text;
};
