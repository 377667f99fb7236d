import { DefinitionError } from '../errors.ts';
import { checkCollection } from './check-collection.ts';
import { checkFormData, checkOverlaps } from './check-keys.ts';
import { checkPolicies } from './check-policies.ts';
import { checkNoOtherProperties, checkRecord, type Faults, ownProperty, type UncheckedRecord } from './checks.ts';
import { definitionDigest } from './definition-digest.ts';
import { isIdentifier } from './names.ts';
import type { Collection, Migration, MigrationDefinition } from './types.ts';

const PROPERTIES = [
  'id',
  'collections',
  'formData',
  'triggers',
  'onDrift',
  'retention',
  'source',
  'settleAfter',
  'cacheGrace',
  'maxDepth',
  'maxBackupSize',
];

/**
 * Checks a definition and fills in its defaults. The result is frozen through and through, but for the schemas,
 * which are the app's.
 * @throws DefinitionError `DEFINITION_INVALID` with every fault, each naming its place
 */
export function defineMigration(definition: MigrationDefinition): Migration {
  const faults: Faults = [];
  const record = checkRecord(definition, 'the definition', faults);
  if (record === null) throw new DefinitionError(faults);
  checkNoOtherProperties(record, PROPERTIES, 'the definition', faults);
  const id = checkId(record, faults);
  const collections = checkCollections(record, faults);
  const formData = checkFormData(ownProperty(record, 'formData'), faults);
  const policies = checkPolicies(record, faults);
  checkOverlaps(collections, formData, faults);
  if (faults.length > 0) throw new DefinitionError(faults);
  return Object.freeze({
    id,
    collections: Object.freeze(collections.map(freezeCollection)),
    formData: Object.freeze(formData),
    ...policies,
    triggers: Object.freeze(policies.triggers),
    retention: Object.freeze(policies.retention),
    digest: definitionDigest(id, collections, formData),
  });
}

function checkId(record: UncheckedRecord, faults: Faults): string {
  const id = ownProperty(record, 'id');
  if (typeof id === 'string' && isIdentifier(id)) return id;
  faults.push('id is not an identifier: letters, digits, "_", "." and "-", at most 64, a letter or digit first');
  return '';
}

function checkCollections(record: UncheckedRecord, faults: Faults): readonly Collection[] {
  const collections = checkRecord(ownProperty(record, 'collections'), 'collections', faults);
  if (collections === null) return [];
  const checked: Collection[] = [];
  for (const name of Object.keys(collections)) {
    const collection = checkCollection(name, collections[name], faults);
    if (collection !== null) checked.push(collection);
  }
  return checked;
}

function freezeCollection(collection: Collection): Collection {
  return Object.freeze({
    ...collection,
    path: Object.freeze(collection.path),
    idFields: Object.freeze(collection.idFields),
    cachePatterns: Object.freeze(collection.cachePatterns),
  });
}
