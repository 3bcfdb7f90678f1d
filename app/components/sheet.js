/* Pictures to take away are laid out in blocks: a block knows its height and paints itself at a place. What each holds
   stands in exports.js; this comes once for the whole page, see sheet.py. Always light, whatever the page's theme is: they end on paper, slides and in chats. */
const SHEET_FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "DejaVu Sans", sans-serif';
const lightTokens = getComputedStyle(document.documentElement); // the dark tokens stand on the body
const inLight = (token) => lightTokens.getPropertyValue(`--cv-${token}`).trim();
const measuring = h('canvas', {}).getContext('2d');
const setFont = (pen, size, weight) => { pen.font = `${weight} ${size}px ${SHEET_FONT}`; };
const fitting = (pen, text, width) => {
  const letters = [...text];
  let count = letters.length;
  while (count > 1 && pen.measureText(letters.slice(0, count).join('')).width > width) count -= 1;
  return letters.slice(0, count).join('');
};
/* The lines of a text at most `width` pixels wide; a word that is wider by itself is broken. No-break spaces hold. */
const wrapped = (pen, text, width) => {
  const lines = [];
  let line = '';
  for (const word of String(text ?? '').split(/[ \n]+/)) {
    const longer = line ? `${line} ${word}` : word;
    if (pen.measureText(longer).width <= width) { line = longer; continue; }
    if (line) lines.push(line);
    for (line = word; pen.measureText(line).width > width && line.length > 1;) {
      const part = fitting(pen, line, width);
      if (part === line) break;
      lines.push(part);
      line = line.slice(part.length);
    }
  }
  return line ? [...lines, line] : lines;
};
/* What is more than `most` lines ends in dots. */
const textBlock = (text, width, { size, weight = 400, colour = 'ink', most = Infinity }) => {
  setFont(measuring, size, weight);
  const all = wrapped(measuring, text, width), lines = all.slice(0, most), tall = Math.round(1.32 * size);
  if (all.length > lines.length) lines.push(`${fitting(measuring, lines.pop(), width - size)}\u2026`);
  return {
    lines,
    width: Math.max(0, ...lines.map((line) => measuring.measureText(line).width)),
    height: lines.length * tall,
    paint(pen, x, y) {
      setFont(pen, size, weight);
      Object.assign(pen, { fillStyle: inLight(colour), textAlign: 'left', textBaseline: 'alphabetic' });
      lines.forEach((line, place) => pen.fillText(line, x, y + place * tall + size));
    },
  };
};
/* Blocks one under the other; those without height are left out, gap and all. */
const stacked = (blocks, gap) => {
  const shown = blocks.filter((block) => block?.height);
  return {
    height: shown.reduce((sum, block) => sum + block.height, gap * Math.max(0, shown.length - 1)),
    paint(pen, x, y) { for (const block of shown) { block.paint(pen, x, y); y += block.height + gap; } },
  };
};
const familyBlock = (title, family, hollow, width, style) => {
  const room = family ? 1.5 * style.size : 0, text = textBlock(title, width - room, style);
  return {
    width: text.width + room,
    height: text.height,
    paint(pen, x, y) {
      text.paint(pen, x + room, y);
      if (!family) return;
      pen.save();
      pen.translate(x, y + 0.16 * style.size);
      pen.scale(style.size / 14, style.size / 14);
      const mark = new Path2D(MARKS[family] || MARKS.classical);
      Object.assign(pen, { fillStyle: inLight(family), strokeStyle: inLight(family), lineWidth: 2 });
      if (hollow) pen.stroke(mark); else pen.fill(mark);
      pen.restore();
    },
  };
};
/* Two of one family: the later ones are hollow. */
const hollowAt = (models, place) => models.findIndex(({ family }) => family === models[place].family) !== place;
/* The models' names in a row that wraps. */
const modelsBlock = (models, width, style) => {
  const placed = [];
  let [left, top, tall] = [0, 0, 0];
  models.forEach(({ title, family, random }, place) => {
    const block = familyBlock(random ? `${title} (random weights)` : title, family, hollowAt(models, place), width, { weight: 600, ...style });
    if (left && left + block.width > width) [left, top, tall] = [0, top + tall + 6, 0];
    placed.push([block, left, top]);
    [left, tall] = [left + block.width + 22, Math.max(tall, block.height)];
  });
  return { height: placed.length ? top + tall : 0, paint(pen, x, y) { for (const [block, right, down] of placed) block.paint(pen, x + right, y + down); } };
};
/* A numbered scale: colours, ticks [[share of its length 0..1, text]], and what it counts. */
const scaleBlock = (scale, width, size = 13) => {
  if (!scale) return null;
  const { colours, ticks, text } = scale, told = textBlock(text, width, { size, colour: 'ink-2' }), strip = colours ? 10 : 0;
  return {
    height: strip + Math.round(1.5 * size) + told.height,
    paint(pen, x, y) {
      if (colours) {
        const shade = pen.createLinearGradient(x, 0, x + width, 0);
        colours.forEach((colour, place) => shade.addColorStop(place / (colours.length - 1), colour));
        pen.fillStyle = shade;
        pen.fillRect(x, y, width, strip);
      }
      setFont(pen, size, 400);
      pen.fillStyle = inLight('ink-2');
      for (const [share, tick] of ticks) {
        pen.textAlign = share < 0.1 ? 'left' : share > 0.9 ? 'right' : 'center';
        pen.fillText(tick, x + share * width, y + strip + size + 2);
      }
      told.paint(pen, x, y + strip + Math.round(1.5 * size));
    },
  };
};
const PERCENT_TICKS = [[0, '0'], [0.5, '50'], [1, '100\u00a0%']];
/* Bars of one scale from 0: rows {title, family, label, text, share 0..1, colour}; a name above each, its value at the right. */
const barsBlock = (rows, width, { size, scale, most = Infinity }) => {
  const lines = rows.map((row, place) => {
    setFont(measuring, size, 650);
    const room = measuring.measureText(row.text).width, name = [row.title, row.label].filter(Boolean).join(': ');
    return { ...row, name: familyBlock(name, row.family, row.family && hollowAt(rows, place), width - room - 14, { size, weight: 550, most }) };
  });
  const thick = Math.round(0.8 * size), gap = Math.round(0.7 * size), axis = scaleBlock(scale, width, Math.max(13, size - 4));
  return {
    height: lines.reduce((sum, { name }) => sum + name.height + 4 + thick + gap, 0) - (axis ? gap - 2 : gap) + (axis?.height || 0),
    paint(pen, x, y) {
      for (const { name, text, share, colour } of lines) {
        name.paint(pen, x, y);
        setFont(pen, size, 650);
        Object.assign(pen, { fillStyle: inLight('ink'), textAlign: 'right' });
        pen.fillText(text, x + width, y + size);
        y += name.height + 4;
        pen.fillStyle = inLight('sunk');
        pen.fillRect(x, y, width, thick);
        pen.fillStyle = inLight(colour || 'accent');
        pen.fillRect(x, y, Math.max(2, Math.min(1, share) * width), thick);
        y += thick + gap;
      }
      axis?.paint(pen, x, y - gap + 2);
    },
  };
};
/* A picture in a rectangle: `whole`, or filling it, cut evenly on both sides. */
const sizeOf = (image) => [image.naturalWidth || image.width, image.naturalHeight || image.height];
const paintInto = (pen, image, [x, y, width, height], whole) => {
  const [wide, high] = sizeOf(image), scale = (whole ? Math.min : Math.max)(width / wide, height / high);
  pen.save();
  pen.beginPath();
  pen.rect(x, y, width, height);
  pen.clip();
  pen.imageSmoothingEnabled = scale < 3 || wide > 96; // cells stay cells
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(image, x + (width - scale * wide) / 2, y + (height - scale * high) / 2, scale * wide, scale * high);
  pen.restore();
};
/* Pictures or blocks side by side, each {title, family, image | block, caption, scale, fine, row}; a row wraps. `fine`: twice
   as many pixels as it was drawn for, and not to be enlarged; `row`: it has a row of its own. */
const TALLEST = 860;
const imageBlock = (image, fine, room) => {
  const [wide, high] = sizeOf(image), width = Math.min(room, (TALLEST * wide) / high, fine ? wide / 2 : Infinity), height = Math.round((width * high) / wide);
  return { height, paint(pen, x, y) { paintInto(pen, image, [x, y, width, height], false); } };
};
const tilesBlock = (tiles, width, across) => {
  const gap = 24, rows = [];
  for (const tile of tiles) {
    if (!rows.length || tile.row || rows.at(-1)[0].row || rows.at(-1).length === across) rows.push([]);
    rows.at(-1).push(tile);
  }
  return stacked(rows.map((row) => {
    const wide = row[0].row ? width : Math.floor((width - gap * (across - 1)) / across);
    const blocks = row.map(({ title, family, image, block, fine, caption, scale }) => stacked([title && familyBlock(title, family, false, wide, { size: 16, weight: 600 }),
      image ? imageBlock(image, fine, wide) : block?.(wide), scaleBlock(scale, wide), textBlock(caption, wide, { size: 14, colour: 'ink-2' })], 8));
    return { height: Math.max(...blocks.map((one) => one.height)), paint(pen, x, y) { blocks.forEach((one, place) => one.paint(pen, x + place * (wide + gap), y)); } };
  }), gap);
};
/* A drawing of the page (an svg of a width and height) as a picture of its own, twice as fine, with its looks written into
   it: files bring no style sheet. */
const LOOKS = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linecap', 'opacity', 'fill-opacity', 'stroke-opacity', 'font-size', 'font-weight', 'text-anchor', 'paint-order', 'visibility', 'display'];
const TOKENS = ['page', 'card', 'sunk', 'line', 'edge', 'ink', 'ink-2', 'accent', 'accent-soft', 'warn', 'cnn', 'vit', 'hybrid', 'classical', 'tp', 'fp', 'fn'];
const drawingOf = (drawing) => {
  for (const token of TOKENS) drawing.style.setProperty(`--cv-${token}`, inLight(token));
  const copy = drawing.cloneNode(true), [width, height] = ['width', 'height'].map((side) => Number(drawing.getAttribute(side))), nodes = [...drawing.querySelectorAll('*')];
  [...copy.querySelectorAll('*')].forEach((node, place) => {
    const look = getComputedStyle(nodes[place]);
    node.setAttribute('style', LOOKS.map((name) => `${name}:${look.getPropertyValue(name)}`).join(';'));
  });
  for (const token of TOKENS) drawing.style.removeProperty(`--cv-${token}`);
  fill(copy, { xmlns: SVG_NS, width: 2 * width, height: 2 * height, viewBox: `0 0 ${width} ${height}`, style: `font-family:${SHEET_FONT.replaceAll('"', "'")}` }, []);
  return loadPicture(`data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`);
};
/* An error whose message is for the visitor. */
const forVisitor = (sentence) => new Error(sentence, { cause: 'for the visitor' });
/* The picture at an address; fails with a sentence where it is not there any more: photos are deleted after an hour. */
const loadPicture = async (src) => {
  const image = new Image();
  image.src = src;
  try { await image.decode(); } catch { throw forVisitor('The photo is no longer here. Choose it again, then take the picture.'); }
  return image;
};
const newPen = (width, height, twice) => {
  const canvas = h('canvas', { width: twice * width, height: twice * height }), pen = canvas.getContext('2d');
  pen.scale(twice, twice);
  pen.fillStyle = '#ffffff';
  pen.fillRect(0, 0, width, height);
  return pen;
};
/* Not by toBlob: Chromium makes that when it is idle, seconds later where something else is under way. */
const fileOf = (canvas) => {
  const letters = atob(canvas.toDataURL('image/png').split(',')[1]), bytes = new Uint8Array(letters.length);
  for (let place = 0; place < letters.length; place += 1) bytes[place] = letters.charCodeAt(place);
  return new Blob([bytes], { type: 'image/png' });
};
