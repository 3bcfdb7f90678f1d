/* The end of every bench: what ran, and what can be taken away, in one order: share card, PNG, tables and texts, link.

   A lab says what its picture holds: `taken()` returns null where there is nothing yet, or (functions also give promises)
   - view: in the file's name; question and answer, where they are not those of the bench;
   - photo: {name, src}, or null where no photo matters;
   - models: [{title, family, random}];
   - tiles(): pictures and blocks of the PNG, `across` of them in a row, each as tilesBlock has it;
   - onCard(): one or two of them for the share card (`whole`: not cut; `fine`: a drawing, on white);
     if not said, the photo;
   - bars, barScale: for the card, of its first models, see barsBlock;
   - credit: what else there is to say; how: 'Measured', or what else was done on this machine. */
const { textBlock, stacked, modelsBlock, tilesBlock, barsBlock, PERCENT_TICKS, newPen, fileOf, loadPicture, drawingOf, forVisitor, drawCard } = window.cvSheet;
const PNG_WIDE = 1100, SHEET_PAD = 28;
const NOTHING = 'There is nothing to take away yet. Wait for the answer, or choose a photo.';
const SILENT = 'The server did not answer, so there is no picture. Try again when it is back.';
const OWN_PHOTO = 'Your photo is not in the link.';
const TOO_LONG = 'The link is too long for a code that cameras read; Copy link has all of it.';
const HERE_ONLY = 'The link works on this machine only.';
const ownPhoto = () => Boolean(window.cvPhoto) && !window.cvPhoto.startsWith('starter:');
const slug = (text) => String(text ?? '').normalize('NFC').toLowerCase().replace(/\.\w{1,5}$/, '').replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 40).replace(/^-+|-+$/g, '');
const today = () => { const now = new Date(), two = (part) => String(part).padStart(2, '0'); return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`; };
const fileName = (view, photo) => `cvlab-${[props.tab, slug(view), photo && (slug(photo.name) || 'photo'), today()].filter(Boolean).join('-')}.png`;
/* What its charts need of a bench. */
let home = { link: () => location.href, taken: () => null };
const askFacts = async (link, plain) => {
  let facts;
  try { facts = await server.share_facts({ link, plain }); } catch (error) { console.warn(error); throw forVisitor(SILENT); }
  if (!facts) throw forVisitor(SILENT); // Gradio returns nothing where the connection broke off
  if (facts.error) throw forVisitor(facts.error);
  return facts;
};
/* Asked before it is waited for: until then nobody may call its failure an unhandled one. */
const factsOf = (link, plain) => { const facts = askFacts(link, plain); facts.catch(() => {}); return facts; };
const measuredOn = ({ how = 'Measured' }, { machine }) => `${how} on ${machine}, ${new Date().toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })}.`;
const aboutLink = (what) => [what.photo && ownPhoto() ? OWN_PHOTO : null, ['localhost', '127.0.0.1', '[::1]'].includes(location.hostname) ? HERE_ONLY : null].filter(Boolean);
/* The frame that every PNG has. */
const drawSheet = (what, tiles, facts, link) => {
  const width = what.wide || PNG_WIDE, small = { size: 14, colour: 'ink-2' }, unnamed = (what.models || []).filter(({ title }) => !tiles.some((tile) => tile.title?.startsWith(title)));
  const all = stacked([
    stacked([textBlock(what.question, width, { size: 16, weight: 600, colour: 'ink-2' }), textBlock(what.answer, width, { size: 26, weight: 650 }), modelsBlock(unnamed, width, { size: 16 })], 8),
    tilesBlock(tiles, width, what.across || 1),
    stacked([what.photo && `Photo: ${what.photo.name}.`, what.credit, `${measuredOn(what, facts)} CV Lab.`, link, aboutLink(what).join(' ')].filter(Boolean).map((line) => textBlock(line, width, small)), 4),
  ], 20);
  const pen = newPen(width + 2 * SHEET_PAD, Math.ceil(all.height) + 2 * SHEET_PAD, 2);
  all.paint(pen, SHEET_PAD, SHEET_PAD);
  return pen.canvas;
};
const savePicture = async (what) => {
  const link = home.link(), facts = factsOf(link, true), tiles = await what.tiles();
  saveFile(fileName(what.view, what.photo), fileOf(drawSheet(what, tiles, await facts, link)));
};
const readable = (link) => { try { return decodeURIComponent(link); } catch { return link; } };
const saveCard = async (what) => {
  const link = home.link(), asked = factsOf(link, false);
  const tiles = await (what.onCard ? what.onCard() : loadPicture(what.photo.src).then((image) => [{ image }]));
  const { code, ...facts } = await asked, foot = [measuredOn(what, facts), ...(code ? [] : [TOO_LONG]), ...aboutLink(what)];
  const canvas = drawCard(what, tiles, { code, link: readable(link).replace(/^https?:\/\//, ''), foot });
  saveFile(fileName([what.view, 'card'].filter(Boolean).join(' '), what.photo), fileOf(canvas));
};
/* Returns what makes a file when a button is clicked, and says at the end of `place` why there is none. Two clicks are one. */
const makeTaking = (place) => {
  const fault = h('p', { class: 'alert', role: 'alert' });
  let busy = false;
  return async (make) => {
    if (busy) return;
    busy = true;
    fault.remove();
    try {
      await make();
    } catch (error) {
      const told = error.cause === 'for the visitor';
      fault.textContent = told ? error.message : 'This browser could not make the picture.';
      place.append(fault);
      if (!told) console.warn(error);
    } finally {
      busy = false;
    }
  };
};
/* `files`: buttons between PNG and link; `link()`: the address; without `card` there is no share card, as of a part of a tab. */
const makeExports = ({ taken, files = [], link, card = true, photo = true }) => {
  const note = h('span', { class: 'not-in-link', id: `link-note-${Math.random().toString(36).slice(2)}`, hidden: true }, OWN_PHOTO);
  const button = (text, save) => smallButton(text, () => take(async () => {
    const what = home.taken();
    if (!what) throw forVisitor(NOTHING);
    await save(what);
  }));
  const copyLink = link && smallButton('Copy link', (event) => copyText(link(), event.currentTarget));
  copyLink?.setAttribute('aria-describedby', note.id);
  const foot = makeFoot(card ? button('Share card', saveCard) : null, button('PNG', savePicture), files, copyLink, note), end = foot.node.lastChild;
  const take = makeTaking(foot.node);
  home = { link: link || home.link, taken: () => { const what = taken(); return what && { question: props.value.question, ...what }; } };
  const mark = () => { note.hidden = !(link && photo && ownPhoto()); };
  document.addEventListener('cv:photo', mark);
  mark();
  return { ...foot, offer(yes) { end.hidden = !yes; } };
};
