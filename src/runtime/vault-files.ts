import { VaultError } from '../errors.ts';
import { sha256 } from './text-hash.ts';
import type { World } from './world.ts';

/** A key's value that a run was about to overwrite. */
export interface DisplacedValue {
  readonly key: string;
  readonly value: string | null;
}

const displacedFolder = (world: World): string => `${world.migration.id}/displaced`;

/** Writes JSON under its hash, so that a damaged file is told from a good one. */
export async function putJson(world: World, name: string, value: unknown): Promise<void> {
  const json = JSON.stringify(value);
  await world.vault.put(`${world.migration.id}/${name}`, `${await sha256(json)}\n${json}`);
}

/**
 * Reads JSON that `putJson` wrote; `null` if there is none.
 * @throws VaultError `VAULT_DAMAGED` when it is damaged
 */
export async function getJson<T>(world: World, name: string): Promise<T | null> {
  const text = await world.vault.get(`${world.migration.id}/${name}`);
  if (text === null) return null;
  const json = text.slice(65);
  if (text.slice(0, 64) === (await sha256(json))) return JSON.parse(json) as T;
  throw new VaultError('VAULT_DAMAGED', `The file ${name} of the vault is damaged.`);
}

/** What tells a displaced value from every other one of the same key. */
export async function displacedId({ key, value }: DisplacedValue): Promise<string> {
  return (await sha256(JSON.stringify([key, value]))).slice(0, 32);
}

/**
 * Keeps values that are about to be overwritten; the same value of a key twice is kept once. Each is read back, since
 * there is no other copy of it (invariant I2).
 * @throws VaultError `VAULT_DAMAGED` when the vault does not hold what it has acknowledged
 */
export async function keepDisplaced(world: World, run: string, values: readonly DisplacedValue[]): Promise<void> {
  for (const { key, value } of values) {
    const name = `displaced/${run}/${await displacedId({ key, value })}`;
    await putJson(world, name, { key, value });
    const kept = await getJson<DisplacedValue>(world, name);
    if (kept?.key !== key || kept.value !== value)
      throw new VaultError('VAULT_DAMAGED', `The vault does not hold the file ${name} that it has acknowledged.`);
  }
}

/** The values that a run has displaced. */
export async function readDisplaced(world: World, run: string): Promise<readonly DisplacedValue[]> {
  const names = await world.vault.list(`${displacedFolder(world)}/${run}/`);
  const values: DisplacedValue[] = [];
  for (const name of names) {
    const value = await getJson<DisplacedValue>(world, name.slice(world.migration.id.length + 1));
    if (value !== null) values.push(value);
  }
  return values;
}

/** Removes the values that a run has displaced; only retention asks for it. */
export async function dropDisplaced(world: World, run: string): Promise<void> {
  for (const name of await world.vault.list(`${displacedFolder(world)}/${run}/`)) await world.vault.remove(name);
}

/** The runs that have displaced values. */
export async function runsWithDisplaced(world: World): Promise<readonly string[]> {
  const folder = `${displacedFolder(world)}/`;
  const names = await world.vault.list(folder);
  return [...new Set(names.map((name) => name.slice(folder.length).split('/')[0] ?? ''))];
}
