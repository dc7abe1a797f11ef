import type { FileToSend } from "./sendFile";

/** The files of a drop, folders opened; each with its path below what was dropped. */
export async function droppedFiles(transfer: DataTransfer): Promise<FileToSend[]> {
  // Entries must be taken before the first wait: the browser empties the list afterwards.
  const entries = [...transfer.items]
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  const found = await Promise.all(entries.map(filesBelow));
  return found.flat();
}

async function filesBelow(entry: FileSystemEntry): Promise<FileToSend[]> {
  if (entry instanceof FileSystemFileEntry) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [{ path: entry.fullPath.replace(/^\//, ""), file }];
  }
  if (!(entry instanceof FileSystemDirectoryEntry)) return [];
  const reader = entry.createReader();
  const found: FileToSend[] = [];
  for (;;) {
    // A directory tells at most a hundred of its entries at a time.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return found;
    const visible = some.filter(({ name }) => !name.startsWith("."));
    for (const files of await Promise.all(visible.map(filesBelow))) found.push(...files);
  }
}
