/* Photos that go to the server as files, many at once: from a dialog, a drop or a folder. */
const OURS = () => `teach-${Math.random().toString(36).slice(2, 12).padEnd(8, '0')}`; // such uploads go once they are read
const FILES_AT_ONCE = 8; // of one question
const saidBy = (error) => { // the server, as when its disk is full
  try { return JSON.parse(error.message.slice(error.message.indexOf('{'))).detail || ''; } catch { return ''; }
};
/* Sends files some at a time: `tell` says how far it is, `note(why, name)` what stayed behind, `give(files)` hands over what arrived. */
const sendFiles = async (chosen, { tell, note, give }) => {
  for (let start = 0; start < chosen.length; start += FILES_AT_ONCE) {
    const files = [];
    for (const [place, file] of chosen.slice(start, start + FILES_AT_ONCE).entries()) {
      tell(`Sending ${start + place + 1} of ${chosen.length}`);
      if (file.size > props.photo_bytes) { note(`It is larger than ${props.photo_bytes / 1e6} MB.`, file.name); continue; }
      try {
        const { path } = await upload(new File([file], OURS()));
        files.push({ path, name: file.name || 'photo' });
      } catch (error) { note(saidBy(error) || 'It did not reach the server. Check the connection, then try again.', file.name || 'A photo'); }
    }
    if (files.length && await give(files) === false) break;
  }
  tell(null);
};
/* The files that lie in a folder that was dropped, those that systems add left out. */
const filesIn = async (folder) => {
  const reader = folder.createReader(), files = [];
  for (;;) {
    const some = await new Promise((done, failed) => { reader.readEntries(done, failed); }); // a hundred at a time
    if (!some.length) return files;
    for (const entry of some.filter((one) => one.isFile && !one.name.startsWith('.'))) files.push(await new Promise((done, failed) => { entry.file(done, failed); }));
  }
};
const foldersOf = (event) => [...event.dataTransfer.items].map((one) => one.webkitGetAsEntry?.()).filter((one) => one?.isDirectory);
