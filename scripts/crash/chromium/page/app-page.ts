/** A tab of the app: it does what it is told, says what it is about to do, and is struck down where it was said. */
import type { NotifyPort } from '../../../../src/index.ts';
import { act, codeOf } from '../../act.ts';
import { operationChooser } from '../../chosen-operation.ts';
import type { Blow } from '../../episode.ts';
import { countOperations, type OperationCounter, type OperationWatcher } from '../../node/numbered-ports.ts';
import type { Told } from '../../protocol.ts';
import type { PageAnswer, PageOrder } from '../page-protocol.ts';
import { openWebApp, type WebApp } from './app.ts';
import { isDeed, perform } from './worlds.ts';

const episode = new URLSearchParams(location.search).get('episode') ?? '';

/** From here on nothing of this tab happens any more: nobody answers. */
function fall(number: number): void {
  const request = new XMLHttpRequest();
  request.open('POST', `/strike/${episode}`, false);
  request.send(String(number));
}

function watcherFor(blow: Blow | null, chart: () => string | null): OperationWatcher {
  const isChosen = operationChooser(blow);
  const hit = (number: number, name: string, moment: 'before' | 'after'): void => {
    const chosen = isChosen(number, name);
    if (chosen && blow !== null && 'operation' in blow.at && blow.at.moment === moment) fall(number);
  };
  return {
    begins(number, name) {
      console.debug(JSON.stringify({ number, name, chart: chart() }));
      hit(number, name, 'before');
    },
    ends: (number, name) => hit(number, name, 'after'),
  };
}

const notify: NotifyPort = async (notice) => {
  const { ok } = await fetch(`/notice/${episode}`, { method: 'POST', body: notice.idempotencyKey });
  if (!ok) throw new Error('The notice was not taken.');
};

/** Counts what is written into localStorage as operations too, so that a burst can be struck in its middle. */
const { setItem, removeItem } = Storage.prototype;
function countStorage(counter: OperationCounter): void {
  Storage.prototype.setItem = function (this: Storage, key: string, value: string) {
    counter.count('localStorage.setItem', () => setItem.call(this, key, value));
  };
  Storage.prototype.removeItem = function (this: Storage, key: string) {
    counter.count('localStorage.removeItem', () => removeItem.call(this, key));
  };
}

function stopCounting(): void {
  Object.assign(Storage.prototype, { setItem, removeItem });
}

/** A person answers what nobody else may: the storage that was emptied is filled again. */
async function recovered({ client }: WebApp): Promise<Told> {
  const told = await act(client, 'recover');
  const { question } = client.getSnapshot();
  if (told.recovered !== 'waiting' || question?.question !== 'emptiedStorage') return told;
  await client.decide({ question: 'emptiedStorage', choice: 'restore' });
  return act(client, 'recover');
}

let open: Awaited<ReturnType<typeof opened>> | null = null;

const opened = async (blow: Blow | null): Promise<{ readonly app: WebApp; readonly counter: OperationCounter }> => {
  const chart = (): string | null => open?.app.client.getSnapshot().state ?? null;
  await open?.app.close();
  const counter = countOperations(watcherFor(blow, chart));
  return { app: await openWebApp({ counter, notify }), counter };
};

async function obey({ action, blow, app: which = 'new' }: PageOrder): Promise<PageAnswer> {
  if (which === 'new' || open === null) open = await opened(blow);
  const { app, counter } = open;
  if (isDeed(action)) {
    await perform(app, action);
    return { kind: 'performed', news: app.news };
  }
  countStorage(counter);
  try {
    return { kind: 'done', told: action === 'recover' ? await recovered(app) : await act(app.client, action) };
  } finally {
    stopCounting();
  }
}

async function order(text: string): Promise<string> {
  try {
    return JSON.stringify(await obey(JSON.parse(text) as PageOrder));
  } catch (thrown) {
    const message = thrown instanceof Error ? `${thrown.message}\n${thrown.stack ?? ''}` : '';
    return JSON.stringify({ kind: 'failed', code: codeOf(thrown), message } satisfies PageAnswer);
  }
}

(globalThis as { order?: typeof order }).order = order;
