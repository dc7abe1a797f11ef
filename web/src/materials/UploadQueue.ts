import { ApiProblem } from "../api/problem";
import { t } from "../words/words";
import type { Job } from "./jobEvents";
import type { FileToSend } from "./sendFile";
import { isUnderWay, stateOf, type Upload, type UploadState } from "./upload";

const SENDING_AT_ONCE = 2;
/** A browser keeps few connections to a server; some must stay free for the views. */
const WATCHING_AT_ONCE = 2;
const ATTEMPTS = 6;

/** How files reach the server and what becomes of them is heard. */
export interface Carrier {
  send: (
    file: FileToSend,
    key: string,
    onSent: (share: number) => void,
    signal: AbortSignal,
  ) => Promise<Job>;
  watch: (jobId: string, onJob: (job: Job) => void, signal: AbortSignal) => Promise<void>;
  cancel: (jobId: string) => Promise<unknown>;
  retry: (jobId: string) => Promise<unknown>;
  /** Milliseconds before a file that the server could not take is sent again. */
  pause: (milliseconds: number) => Promise<void>;
}

/** Files on their way into one course, a few at a time; it lives on while views change. */
export class UploadQueue {
  private uploads: readonly Upload[] = [];
  private readonly files = new Map<string, FileToSend>();
  private readonly aborts = new Map<string, AbortController>();
  private readonly listeners = new Set<() => void>();
  private readonly sending = new Lane(SENDING_AT_ONCE);
  private readonly watching = new Lane(WATCHING_AT_ONCE);

  constructor(
    private readonly carrier: Carrier,
    private readonly onDone: () => void,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The files in the order in which they were chosen; another array after each change. */
  readonly snapshot = (): readonly Upload[] => this.uploads;

  add(files: readonly FileToSend[]): void {
    for (const file of files) {
      const id = newId();
      const { path, file: blob } = file;
      this.files.set(id, file);
      const state: UploadState = { is: "waiting" };
      this.uploads = [...this.uploads, { id, path, byteSize: blob.size, state, jobId: null }];
      void this.sending.run(() => this.bringIn(id));
    }
    this.tell();
  }

  /** Stops a file that is under way; what is in already stays. */
  async cancel(id: string): Promise<void> {
    const jobId = this.find(id)?.jobId ?? null;
    if (jobId === null) {
      this.aborts.get(id)?.abort();
      this.change(id, { state: { is: "cancelled" } });
      return;
    }
    await this.carrier.cancel(jobId);
  }

  /** Tries a file again that failed or was cancelled. */
  async retry(id: string): Promise<void> {
    const jobId = this.find(id)?.jobId ?? null;
    this.change(id, { state: { is: "waiting" } });
    if (jobId === null) {
      void this.sending.run(() => this.bringIn(id));
      return;
    }
    try {
      await this.carrier.retry(jobId);
    } catch (error) {
      this.change(id, { state: { is: "failed", reasons: [reasonOf(error)] } });
      return;
    }
    void this.watching.run(() => this.follow(id, jobId));
  }

  /** Takes the files off the list whose outcome is known. */
  clear(): void {
    this.uploads = this.uploads.filter((upload) => isUnderWay(upload.state));
    this.tell();
  }

  private async bringIn(id: string): Promise<void> {
    const file = this.files.get(id);
    if (file === undefined || this.find(id)?.state.is !== "waiting") return;
    const abort = new AbortController();
    this.aborts.set(id, abort);
    try {
      const job = await this.send(id, file, abort.signal);
      this.change(id, { jobId: job.id, state: stateOf(job, file.path) });
      void this.watching.run(() => this.follow(id, job.id));
    } catch (error) {
      if (abort.signal.aborted) return;
      this.change(id, { state: { is: "failed", reasons: [reasonOf(error)] } });
    }
  }

  private async send(id: string, file: FileToSend, signal: AbortSignal): Promise<Job> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const tell = (share: number) => this.change(id, { state: { is: "sending", share } });
        return await this.carrier.send(file, id, tell, signal);
      } catch (error) {
        if (signal.aborted || attempt === ATTEMPTS || !canComeAgain(error)) throw error;
        this.change(id, { state: { is: "waiting" } });
        await this.carrier.pause(Math.max(error.retryAfterSeconds, 2 ** attempt) * 1000);
        signal.throwIfAborted();
      }
    }
  }

  private async follow(id: string, jobId: string): Promise<void> {
    const path = this.find(id)?.path ?? "";
    const listen = (job: Job) => this.change(id, { state: stateOf(job, path) });
    try {
      await this.carrier.watch(jobId, listen, new AbortController().signal);
    } catch (error) {
      this.change(id, { state: { is: "failed", reasons: [reasonOf(error)] } });
    }
    this.onDone();
  }

  private find(id: string): Upload | undefined {
    return this.uploads.find((upload) => upload.id === id);
  }

  private change(id: string, part: Partial<Upload>): void {
    this.uploads = this.uploads.map((one) => (one.id === id ? { ...one, ...part } : one));
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

/** Does what it is given in order, so many at a time. */
class Lane {
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  constructor(private readonly width: number) {}

  async run(work: () => Promise<void>): Promise<void> {
    if (this.running >= this.width) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running += 1;
    }
    try {
      await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.running -= 1;
      else next();
    }
  }
}

function canComeAgain(error: unknown): error is ApiProblem {
  return error instanceof ApiProblem && (error.isPassing || error.status === 429);
}

function reasonOf(error: unknown): string {
  return error instanceof ApiProblem ? error.message : t("The file could not be sent.");
}

function newId(): string {
  const values = crypto.getRandomValues(new Uint32Array(4));
  return Array.from(values, (value) => value.toString(16).padStart(8, "0")).join("");
}
