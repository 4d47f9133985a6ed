/** What the dialog of kept runs shows, and what it can do with it. */
import type { App } from '../../app';
import { choose } from '../../run/choose';
import { Emitter } from '../../state/emitter';
import { bytesWords, counted, errorSentence } from '../../state/figures';
import { givenName, shownName } from '../../state/names';
import { FILE_ENDING, readRunFile, runFile } from '../../store/file';
import { freshRunId } from '../../store/claim';
import type { OwnRecord } from '../../store/own-records';
import { isSameRun } from '../../store/place';
import type { RunHead } from '../../store/records';
import { askToLast, room, type Room } from '../../store/room';
import { StorageTrouble } from '../../store/trouble';
import { download } from '../shared/download';
import { calledWords } from './words';

/** Tells when the dialog has to be drawn anew. */
export class KeptList extends Emitter {
  runs: readonly RunHead[] = [];
  sets: readonly OwnRecord[] = [];
  /** Entries that cannot be read. */
  unusable = 0;
  trouble: StorageTrouble | undefined;
  /** What was done last, as a sentence. */
  said = '';
  /** What is to be deleted once a person has said so again. */
  asked: string | undefined;
  /** Whether the storage has been looked into. */
  known = false;
  /** Called when what was acted on is gone. */
  onGone: () => void = () => undefined;
  /** A name that is being typed, which stays when the list is drawn anew. */
  private typed: { readonly id: string; readonly name: string } | undefined;
  private room: Room | undefined;
  private damaged: { readonly runs: readonly string[]; readonly sets: readonly string[] } = { runs: [], sets: [] };

  constructor(private readonly app: App) {
    super();
    app.keeping.subscribe(() => { if (this.known) void this.refresh(); });
  }

  get roomWords(): string {
    const { used, most, lasting } = this.room ?? {};
    if (used === undefined || most === undefined) return 'This browser keeps what stands here, and nothing of it goes anywhere else.';
    const promise = lasting === true ? ' and has promised not to clear by itself' : '';
    return `This browser keeps ${bytesWords(used)} of the ${bytesWords(most)} that it would${promise}; nothing of it goes anywhere else.`;
  }

  /** Looks into the storage. */
  async refresh(): Promise<void> {
    const { keeping, own } = this.app;
    try {
      const [runs, sets] = [await keeping.runs.list(), await own.list()];
      this.runs = runs.runs;
      this.sets = sets.sets;
      this.damaged = { runs: [...runs.unusable.keys()], sets: [...sets.unusable.keys()] };
      this.unusable = runs.unusable.size + sets.unusable.size;
      this.trouble = undefined;
    } catch (error) {
      this.runs = [];
      this.sets = [];
      this.trouble = error instanceof StorageTrouble ? error : new StorageTrouble('unreadable');
    }
    this.room = await room();
    this.known = true;
    this.tell();
  }

  /** The dialog is closed. */
  leave(): void {
    this.known = false;
    this.asked = undefined;
    this.said = '';
    this.endTyping();
  }

  ask(what: string | undefined): void {
    this.asked = what;
    this.tell();
  }

  async tryAgain(): Promise<void> {
    this.app.database.tryAgain();
    await this.refresh();
  }

  async clear(): Promise<void> {
    await this.doing('All that was kept is deleted.', () => this.app.database.clear());
  }

  isOpen({ id }: RunHead): boolean {
    return this.app.keeping.isOpen(id);
  }

  isInUse({ identity }: OwnRecord): boolean {
    return this.app.own.identity === identity;
  }

  open(head: RunHead): void {
    void this.app.keeping.open(head, false);
  }

  /** The name of an entry, or what is being typed in its place. */
  typedOr(id: string, name: string): string {
    return this.typed?.id === id ? this.typed.name : name;
  }

  type(id: string, name: string): void {
    this.typed = { id, name };
    this.tell();
  }

  endTyping(): void {
    this.typed = undefined;
  }

  async rename({ id }: RunHead, typed: string): Promise<void> {
    await this.naming(typed, ', and stays until you delete it', (name) => this.app.keeping.runs.rename(id, name));
  }

  async renameOwn({ identity }: OwnRecord, typed: string): Promise<void> {
    await this.naming(typed, '', (name) => this.app.own.rename(identity, name));
  }

  async save(head: RunHead): Promise<void> {
    const name = head.name === '' ? `${head.view}-step-${head.step}` : head.name;
    await this.doing('', async () => { download(`${name}${FILE_ENDING}`, await runFile(await this.app.keeping.runs.read(head.id))); });
  }

  async take(file: File): Promise<void> {
    const { runs } = this.app.keeping;
    const called = shownName(file.name);
    await this.doing(`${called} is kept now, and can be opened.`, async () => {
      const { head, body } = await readRunFile(file, called);
      const kept = (await runs.list()).runs;
      const same = kept.find((known) => isSameRun(known, head));
      if (same !== undefined) throw new Error(`${called} is kept already${same.name === '' ? ', without a name:' : ' as'} ${calledWords(same)}.`);
      const id = kept.some((known) => known.id === head.id) ? freshRunId() : head.id;
      const name = head.name === '' ? givenName(file.name.replace(/\.[^.]*$/, '')) : head.name;
      await runs.write({ head: { ...head, id, name, savedAt: Date.now() }, body: { ...body, id } });
      await askToLast();
    });
  }

  async delete(head: RunHead): Promise<void> {
    await this.doing('It is deleted.', () => this.app.keeping.delete([head.id]), true);
  }

  async deleteUnusable(): Promise<void> {
    await this.doing(`${counted(this.unusable, 'entry', 'entries')} deleted.`, async () => {
      await this.app.keeping.delete(this.damaged.runs);
      await this.app.own.delete(this.damaged.sets);
    }, true);
  }

  async deleteAll(): Promise<void> {
    await this.doing('All of it is deleted.', async () => {
      await this.app.keeping.delete([...this.runs.map(({ id }) => id), ...this.damaged.runs]);
      await this.app.own.delete([...this.sets.map(({ identity }) => identity), ...this.damaged.sets]);
    }, true);
  }

  async use({ identity }: OwnRecord): Promise<void> {
    const { own, store, notices, desk } = this.app;
    try {
      await own.use(identity);
      store.update({ view: 'train' });
      if (store.state.config.data !== 'own') choose(store, notices, { data: 'own' });
      // One that an earlier version kept gets its identity now.
      if (identity === '') await own.keep((await desk.dataInfo('own')).identity);
    } catch (error) {
      notices.show({ name: 'own', kind: 'warning', text: errorSentence(error) });
    }
  }

  saveOwn({ name, summary, file }: OwnRecord): void {
    download(`${name === '' ? summary.source : name}.safetensors`, file);
  }

  async deleteOwn({ identity }: OwnRecord): Promise<void> {
    await this.doing('It is deleted. What is open on it stays until this page is closed.', () => this.app.own.delete([identity]), true);
  }

  private async naming(typed: string, besides: string, work: (name: string) => Promise<void>): Promise<void> {
    this.endTyping();
    const name = givenName(typed);
    await this.doing(name === '' ? 'It has no name any more.' : `It is called ${shownName(name)} now${besides}.`, () => work(name));
    // A person who names something wants it to last.
    if (name !== '') await askToLast();
  }

  /** Does something and says that it is done, or why it is not. */
  private async doing(done: string, work: () => Promise<void>, goes = false): Promise<void> {
    this.asked = undefined;
    try {
      await work();
      this.said = done;
    } catch (error) {
      this.said = error instanceof Error ? error.message : String(error);
    }
    await this.refresh();
    if (goes) this.onGone();
  }
}
