import {
  checkChoice,
  checkNoOtherProperties,
  checkNumber,
  checkRecord,
  type Faults,
  type NumberRange,
  ownProperty,
  type UncheckedRecord,
} from './checks.ts';
import { DEFAULTS, type PolicySettings } from './defaults.ts';

const DAY = 86_400_000;
const EMPTY: UncheckedRecord = Object.freeze({});

const FRACTION: NumberRange = { min: 0, max: 1, kind: 'real' };
const MEMORY: NumberRange = { min: 0.01, max: 1, kind: 'real' };
const TIMEOUT: NumberRange = { min: 1, max: 7 * DAY, kind: 'integer' };
const TIMEOUT_ITEMS: NumberRange = { min: 1, max: 1_000_000_000, kind: 'integer' };
const RETENTION_DAYS: NumberRange = { min: 0, max: 36_500, kind: 'real' };
const RETENTION_BACKUPS: NumberRange = { min: 1, max: 10_000, kind: 'integer' };
const SETTLE_AFTER: NumberRange = { min: 0, max: 366 * DAY, kind: 'integer' };
const CACHE_GRACE: NumberRange = { min: 0, max: 7 * DAY, kind: 'integer' };
// Beyond some thousand levels JSON.stringify itself runs out of stack.
const MAX_DEPTH: NumberRange = { min: 1, max: 1_000, kind: 'integer' };
const MAX_BACKUP_SIZE: NumberRange = { min: 1, max: 1_073_741_824, kind: 'integer' };

/** Everything of a definition but its data, checked and with defaults. */
export function checkPolicies(record: UncheckedRecord, faults: Faults): PolicySettings {
  const place = 'definition';
  const number = (name: 'settleAfter' | 'cacheGrace' | 'maxDepth' | 'maxBackupSize', range: NumberRange): number =>
    checkNumber(record, name, { ...range, fallback: DEFAULTS[name] }, place, faults);
  return {
    triggers: checkTriggers(record, faults),
    onDrift: checkChoice(record, 'onDrift', ['ask', 'merge', 'discard'], place, faults),
    retention: checkRetention(record, faults),
    source: checkChoice(record, 'source', ['clear', 'keep'], place, faults),
    settleAfter: number('settleAfter', SETTLE_AFTER),
    cacheGrace: number('cacheGrace', CACHE_GRACE),
    maxDepth: number('maxDepth', MAX_DEPTH),
    maxBackupSize: number('maxBackupSize', MAX_BACKUP_SIZE),
  };
}

function checkTriggers(record: UncheckedRecord, faults: Faults): PolicySettings['triggers'] {
  const triggers = checkGroup(record, 'triggers', Object.keys(DEFAULTS.triggers), faults);
  const number = (name: keyof PolicySettings['triggers'], range: NumberRange): number =>
    checkNumber(triggers, name, { ...range, fallback: DEFAULTS.triggers[name] }, 'triggers', faults);
  return {
    validationFailures: number('validationFailures', FRACTION),
    memory: number('memory', MEMORY),
    timeout: number('timeout', TIMEOUT),
    timeoutItems: number('timeoutItems', TIMEOUT_ITEMS),
  };
}

function checkRetention(record: UncheckedRecord, faults: Faults): PolicySettings['retention'] {
  const retention = checkGroup(record, 'retention', Object.keys(DEFAULTS.retention), faults);
  const number = (name: keyof PolicySettings['retention'], range: NumberRange): number =>
    checkNumber(retention, name, { ...range, fallback: DEFAULTS.retention[name] }, 'retention', faults);
  return { days: number('days', RETENTION_DAYS), backups: number('backups', RETENTION_BACKUPS) };
}

function checkGroup(record: UncheckedRecord, name: string, known: readonly string[], faults: Faults): UncheckedRecord {
  const value = ownProperty(record, name);
  if (value === undefined) return EMPTY;
  const group = checkRecord(value, name, faults) ?? EMPTY;
  checkNoOtherProperties(group, known, name, faults);
  return group;
}
