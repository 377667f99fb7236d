import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { BackpedalOptions } from '../../src/index.ts';
import type { SealPort } from '../../src/ports/seal.ts';
import { craft, sha, takeApart, withHead } from './craft-backup.ts';
import { CONTENT, codeOf, DEFINITION, device, imageOf, keysOf, migrated, sorted } from './kit.ts';

const seal: SealPort = {
  sign: async (text) => createHmac('sha256', 'of the app').update(text).digest('base64'),
  verify: async (text, proof) => createHmac('sha256', 'of the app').update(text).digest('base64') === proof,
};

/** A good backup of the migration, as a file. */
async function file(options: Partial<BackpedalOptions> = {}, user: string | null = null): Promise<string> {
  const on = device({ user });
  const client = on.client('file', options);
  const { runId } = await on.until(client.migrate());
  return on.until(client.backups.export(runId));
}

/** Imports a text on another device, and compares everything on it before and after. */
async function importing(
  text: unknown,
  options: { readonly seal?: SealPort; readonly user?: string; readonly limit?: number } = {},
): Promise<string> {
  const definition = options.limit === undefined ? DEFINITION : { ...DEFINITION, maxBackupSize: options.limit };
  const { on } = await migrated({ definition, user: options.user ?? null });
  const client = on.client('b', options.seal === undefined ? {} : { seal: options.seal });
  const before = imageOf(on);
  const code = await codeOf(on.until(client.backups.import(text as string)));
  expect(imageOf(on)).toEqual(before);
  return code;
}

const flip = (text: string, at: number): string =>
  text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1);

const behind = (text: string, lines: number): number => {
  let at = 0;
  for (let line = 0; line < lines; line++) at = text.indexOf('\n', at) + 1;
  return at;
};

describe('backups that lie', () => {
  it('BK7 BK6 the file that the lies below are made of is imported as it is', async () => {
    const text = await file();
    const { on, client } = await migrated();
    const summary = await on.until(client.backups.import(text));
    expect(summary).toMatchObject({ migrationId: 'tasks-to-database', entries: 5 });
    expect(await on.until(client.backups.export(summary.id))).toBe(text);
  });

  it('BK1 wrong magic is refused', async () => {
    const text = await file();
    for (const lie of [
      '',
      'x',
      'PK\u0003\u0004',
      '{}',
      text.slice(1),
      ` ${text}`,
      text.replace('backpedal', 'Backpedal'),
    ]) {
      expect(await importing(lie)).toBe('BACKUP_MAGIC');
    }
  });

  it('BK1 an unknown version is refused, whatever else is right', async () => {
    const { head, values } = takeApart(await file());
    for (const version of [0, 2, 999999999]) {
      expect(await importing(withHead(JSON.stringify(head), values, { version }))).toBe('BACKUP_VERSION');
    }
  });

  it('BK1 a wrong count is refused', async () => {
    const text = await file();
    expect(await importing(craft(text, (head) => Object.assign(head, { count: 4 })))).toBe('BACKUP_COUNT');
    expect(await importing(craft(text, (head) => Object.assign(head, { count: 6 })))).toBe('BACKUP_COUNT');
    expect(await importing(craft(text, (head) => head.entries.pop()))).toBe('BACKUP_COUNT');
  });

  it('BK1 a missing entry is refused: values that end too early, or are not there', async () => {
    const text = await file();
    expect(await importing(text.slice(0, -1))).toBe('BACKUP_ENTRY_MISSING');
    expect(await importing(text.slice(0, behind(text, 2)))).toBe('BACKUP_ENTRY_MISSING');
  });

  it('BK1 a doubled entry is refused', async () => {
    const text = await file();
    const doubled = craft(text, (head) => {
      const [first] = head.entries;
      head.entries[1] = { ...(head.entries[1] as (typeof head.entries)[number]), key: first?.key ?? '' };
    });
    expect(await importing(doubled)).toBe('BACKUP_ENTRY_DOUBLED');
  });

  it('BK1 a flipped bit is refused: in the hash, the head, and any value', async () => {
    const text = await file();
    const head = behind(text, 1);
    const content = behind(text, 2);
    expect(await importing(flip(text, text.indexOf('sha256:') + 10))).toMatch(/BACKUP_(DAMAGED|MAGIC)/);
    for (const at of [head, head + 30, content - 3]) expect(await importing(flip(text, at))).toBe('BACKUP_DAMAGED');
    for (const at of [content, content + 40, text.length - 1])
      expect(await importing(flip(text, at))).toBe('BACKUP_DAMAGED');
  });

  it('BK1 what is more than the entries, or of another size than they say, is refused', async () => {
    const text = await file();
    expect(await importing(`${text} `)).toBe('BACKUP_DAMAGED');
    expect(await importing(craft(text, (head) => Object.assign(head, { size: Number(head.size) + 1 })))).toBe(
      'BACKUP_DAMAGED',
    );
    const shifted = craft(text, (head) => {
      const [a, b] = head.entries as { size: number }[];
      if (a !== undefined) a.size += 1;
      if (b !== undefined) b.size -= 1;
    });
    expect(await importing(shifted)).toBe('BACKUP_DAMAGED');
    const lyingAboutJson = craft(text, (head) => {
      const of = (kind: string) => head.entries.find(({ encoding }) => encoding === kind) as { size?: number };
      of('json').size = Number(of('json').size) - 5;
      of('raw').size = Number(of('raw').size) + 5;
    });
    expect(await importing(lyingAboutJson)).toBe('BACKUP_DAMAGED');
  });

  it('BK1 a head that hashes right and is no head is refused with a code', async () => {
    const { head, values } = takeApart(await file());
    for (const json of ['', '{', 'null', '[]', '"x"', '{}', JSON.stringify({ ...head, extra: 1 })]) {
      expect(await importing(withHead(json, values))).toBe('BACKUP_DAMAGED');
    }
  });

  it('BK1 identifiers that are not identifiers are refused', async () => {
    const text = await file();
    for (const id of ['', '../../etc', 'a/b', 'x'.repeat(65), 'a b', 7, null]) {
      expect(await importing(craft(text, (head) => Object.assign(head, { id: id })))).toBe('BACKUP_DAMAGED');
    }
    for (const name of ['migration', 'storage', 'definition']) {
      expect(await importing(craft(text, (head) => Object.assign(head, { [name]: '../x' })))).toBe('BACKUP_DAMAGED');
    }
  });

  it('BK1 __proto__ and its like in a manifest are refused and pollute nothing', async () => {
    const { head, values } = takeApart(await file());
    const json = JSON.stringify(head);
    for (const name of ['__proto__', 'constructor', 'prototype']) {
      const inHead = json.replace('{', `{"${name}":{"polluted":true},`);
      const inEntry = json.replace('"entries":[{', `"entries":[{"${name}":{"polluted":true},`);
      expect(inEntry).not.toBe(json);
      for (const lie of [inHead, inEntry]) expect(await importing(withHead(lie, values))).toBe('BACKUP_DAMAGED');
    }
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('BK7 a backup of another migration, origin or user is refused', async () => {
    const text = await file();
    expect(await importing(craft(text, (head) => Object.assign(head, { migration: 'another' })))).toBe(
      'BACKUP_FOREIGN_MIGRATION',
    );
    expect(await importing(craft(text, (head) => Object.assign(head, { origin: 'https://evil.example' })))).toBe(
      'BACKUP_FOREIGN_ORIGIN',
    );
    expect(await importing(craft(text, (head) => Object.assign(head, { user: 'mallory' })))).toBe(
      'BACKUP_FOREIGN_USER',
    );
    expect(await importing(await file({}, 'ann'), { user: 'bob' })).toBe('BACKUP_FOREIGN_USER');
    expect(await importing(text, { user: 'bob' })).toBe('BACKUP_FOREIGN_USER');
  });

  it('BK7 a backup over the limit is refused, as a text and unpacked', async () => {
    const text = await file();
    expect(await importing(text, { limit: text.length - 1 })).toBe('BACKUP_TOO_LARGE');
    const bomb = craft(text, (head) => {
      head.size = 1e12;
      const [first] = head.entries as { size: number }[];
      const rest = (head.entries as unknown as { size: number }[]).slice(1).reduce((sum, { size }) => sum + size, 0);
      if (first !== undefined) first.size = 1e12 - rest;
    });
    expect(await importing(bomb)).toBe('BACKUP_TOO_LARGE');
  });

  it('BK7 keys outside the migration are refused: a crafted backup cannot write an auth token', async () => {
    const text = await file();
    for (const key of ['auth-token', 'length', '__proto__', 'backpedal:tasks-to-database', '']) {
      const crafted = craft(text, (head) => {
        const last = head.entries.at(-1);
        if (last !== undefined) last.key = key;
      });
      expect(await importing(crafted)).toBe('BACKUP_FOREIGN_KEY');
    }
  });

  it('BK7 a key that is declared to be what it is not is refused', async () => {
    const text = await file();
    const asFormData = craft(text, (head) => Object.assign(head.entries[0] ?? {}, { kind: 'formData' }));
    const asCollection = craft(text, (head) => Object.assign(head.entries.at(-1) ?? {}, { kind: 'collection' }));
    expect(await importing(asFormData)).toBe('BACKUP_FOREIGN_KEY');
    expect(await importing(asCollection)).toBe('BACKUP_FOREIGN_KEY');
  });

  it('BK7 with a seal, a backup without it, with another one, or with garbage for it is refused', async () => {
    const unsealed = await file();
    const { head, values } = takeApart(unsealed);
    const json = JSON.stringify(head);
    expect(await importing(unsealed, { seal })).toBe('BACKUP_FORGED');
    for (const proof of ['x', '%zz', '%', encodeURIComponent(await seal.sign(`${json} `))]) {
      expect(await importing(withHead(json, values, { seal: proof }), { seal })).toBe('BACKUP_FORGED');
    }
    const sealed = await file({ seal });
    const moved = craft(sealed, (forged) => Object.assign(forged, { createdAt: '2030-01-01T00:00:00.000Z' }));
    expect(await importing(moved, { seal })).toBe('BACKUP_FORGED');
  });

  it('BK7 with a seal, a sealed backup is imported and rolled back with', async () => {
    const sealed = await file({ seal });
    const { on } = await migrated();
    const client = on.client('b', { seal });
    expect(await on.until(client.backups.import(sealed))).toMatchObject({ entries: 5 });
  });

  it('BK1 a value that no vault could have held as it is, is refused', async () => {
    const { head, values } = takeApart(await file());
    const lone = 'a\ud800';
    const at = head.entries.findIndex(({ key }) => key === 'settings');
    const entry = head.entries[at];
    if (entry === undefined) throw new Error('no settings');
    const difference = lone.length - Number(entry.size);
    Object.assign(entry, { size: lone.length, stored: lone.length, sha256: sha('anything') });
    head.size = Number(head.size) + difference;
    values[at] = lone;
    expect(await importing(withHead(JSON.stringify(head), values))).toBe('BACKUP_DAMAGED');
  });

  it('BK7 what is not a text is refused', async () => {
    for (const lie of [undefined, null, 7, {}, new Uint8Array(3)]) expect(await importing(lie)).toBe('INPUT_ARGUMENT');
  });

  it('BK7 another backup under an id that is taken is refused', async () => {
    const text = await file();
    const { on, client } = await migrated();
    await on.until(client.backups.import(text));
    const before = imageOf(on);
    const other = craft(text, (head) => Object.assign(head, { createdAt: '2020-01-01T00:00:00.000Z' }));
    expect(await codeOf(on.until(client.backups.import(other)))).toBe('BACKUP_DAMAGED');
    expect(imageOf(on)).toEqual(before);
  });

  it('BK1 a backup in the vault that is damaged is told by verify and never restored', async () => {
    const { on, client } = await migrated();
    const [name, text] = [...on.vault.disk].find(([entry]) => entry.endsWith('/content')) ?? ['', ''];
    const [{ id = '' } = {}] = await on.until(client.backups.list());
    for (let at = behind(text, 2); at < text.length; at += 97) {
      on.vault.disk.set(name, flip(text, at));
      expect(await on.until(client.backups.verify(id))).toMatchObject({
        valid: false,
        error: { code: 'BACKUP_DAMAGED' },
      });
    }
    // What is damaged is put together from what is left, every hash of which is the one that was backed up.
    const result = await on.until(client.rollback({ reason: 'USER_REQUEST' }));
    expect(result).toMatchObject({ outcome: 'rolledBack', finalStatus: 'PARTIAL', escalation: 1 });
    expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
  });
});
