/* The share card: 1,200 x 630 pixels, what chats and slides show whole: picture, question, answer, two bars at most, names,
   scale, machine, date, and the link, also as a QR code. */
const CARD_WIDE = 1200, CARD_HIGH = 630, CARD_PHOTO = Math.round(0.46 * CARD_WIDE), CARD_PAD = 36;
const ANSWER_SIZES = [38, 34, 30, 27, 24, 21, 18, 16, 15, 14, 13];
const QR_SIDE = 200, QR_QUIET = 4; // modules of white around the code, as its standard asks for
const qrBlock = (code) => {
  if (!code) return null;
  const modules = code.length + 2 * QR_QUIET, each = Math.max(2, Math.floor(QR_SIDE / modules)); // whole pixels, or no camera reads it
  return {
    width: each * modules,
    height: each * modules,
    paint(pen, x, y) {
      pen.fillStyle = '#000000';
      code.forEach((row, down) => [...row].forEach((dark, right) => { if (dark === '1') pen.fillRect(x + (right + QR_QUIET) * each, y + (down + QR_QUIET) * each, each, each); }));
    },
  };
};
/* One scale for all pictures where it is the same; else one a picture, under its name. */
const cardScales = (tiles, width) => {
  const scales = tiles.map((tile) => tile.scale).filter(Boolean), alike = new Set(scales.map((scale) => JSON.stringify(scale))).size === 1;
  if (alike) return [scaleBlock(scales[0], Math.min(width, 340), 15)];
  return tiles.filter((tile) => tile.scale).map(({ title, family, scale }) => stacked([familyBlock(title, family, false, width, { size: 15, weight: 600, most: 1 }), scaleBlock(scale, Math.min(width, 340), 15)], 4));
};
/* What does not fill its part lies on a dark copy of itself; drawings and bars lie on white. */
const paintCardPhoto = (pen, tiles) => {
  const high = CARD_HIGH / tiles.length;
  tiles.forEach(({ image, block, whole, fine }, place) => {
    const part = [0, place * high, CARD_PHOTO, high], inner = block?.(CARD_PHOTO - 2 * CARD_PAD);
    if (block || fine) {
      pen.fillStyle = inLight('page');
      pen.fillRect(...part);
      if (inner) inner.paint(pen, CARD_PAD, place * high + Math.max(CARD_PAD, (high - inner.height) / 2));
      else paintInto(pen, image, [CARD_PAD, place * high + CARD_PAD, CARD_PHOTO - 2 * CARD_PAD, high - 2 * CARD_PAD], true);
      return;
    }
    paintInto(pen, image, part, false);
    if (!whole) return;
    pen.fillStyle = 'rgb(22 32 43 / 78%)';
    pen.fillRect(...part);
    paintInto(pen, image, part, true);
  });
};
/* `what` as exports.js has it; `tiles`: one or two pictures of it; `foot`: the sentences under the link. */
const drawCard = (what, tiles, { code, link, foot }) => {
  const pen = newPen(CARD_WIDE, CARD_HIGH, 1), left = CARD_PHOTO + CARD_PAD, width = CARD_WIDE - left - CARD_PAD;
  paintCardPhoto(pen, tiles);
  const qr = qrBlock(code), beside = qr ? qr.width + 14 : 0, room = width - beside;
  const signed = stacked([textBlock('CV Lab', room, { size: 20, weight: 650 }), textBlock(link, room, { size: 15, colour: 'ink-2', most: qr ? 2 : 4 }),
    ...foot.map((sentence) => textBlock(sentence, room, { size: 15, colour: 'ink-2', most: 3 }))], 4);
  const low = Math.max(qr?.height || 0, signed.height), end = CARD_HIGH - CARD_PAD, most = end - low - 16 - CARD_PAD;
  const bars = (what.bars || []).slice(0, 2), rest = what.models.slice(bars.length);
  const fixed = [textBlock(what.question, width, { size: 20, weight: 600, colour: 'ink-2', most: 2 }),
    bars.length ? barsBlock(bars, width, { size: 18, scale: what.barScale, most: 2 }) : null, modelsBlock(rest, width, { size: 18, most: 2 }), ...(bars.length ? [] : cardScales(tiles, width))];
  const used = stacked(fixed, 14).height, lines = (size) => Math.max(1, Math.floor((most - used - 14) / Math.round(1.32 * size)));
  const sized = (size) => textBlock(what.answer, width, { size, weight: 650 });
  const size = ANSWER_SIZES.find((one) => sized(one).lines.length <= lines(one)) || ANSWER_SIZES.at(-1);
  const answer = textBlock(what.answer, width, { size, weight: 650, most: lines(size) });
  stacked([fixed[0], answer, ...fixed.slice(1)], 14).paint(pen, left, CARD_PAD);
  if (qr) qr.paint(pen, left, end - qr.height);
  signed.paint(pen, left + beside, end - signed.height);
  return pen.canvas;
};
