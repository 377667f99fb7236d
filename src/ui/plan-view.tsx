import type { ReactElement, ReactNode } from 'react';
import type { RollbackPlan } from '../index.ts';
import type { Messages } from './messages.ts';
import { Listing } from './parts/long-list.tsx';
import { Notice } from './parts/notice.tsx';
import { useUi } from './ui-provider.tsx';

/** What was changed after the migration, in one number. */
export const driftTotal = ({ added, changed, deleted, dependents, storageKeys }: RollbackPlan['drift']): number =>
  added + changed + deleted + dependents + storageKeys;

/** What becomes of the changes by the plan itself; `null` where a person is asked. */
export const plannedChoice = ({ onDrift }: RollbackPlan): 'merge' | 'discard' | null =>
  onDrift === 'ask' ? null : onDrift;

function Part({
  name,
  text,
  children,
}: {
  readonly name: keyof Messages['planParts'];
  readonly text: string;
  readonly children?: ReactNode;
}): ReactElement {
  return (
    <div data-part={name}>
      <dt>{useUi().messages.planParts[name]}</dt>
      <dd>
        <p>{text}</p>
        {children}
      </dd>
    </div>
  );
}

/** What a rollback would do: what is restored, removed, kept, and lost with the choice that was made about drift. */
export function PlanView({
  plan,
  choice = plannedChoice(plan),
}: {
  readonly plan: RollbackPlan;
  /** What becomes of the drift; `null` until it is chosen. Default: as the plan says. */
  readonly choice?: 'merge' | 'discard' | null;
}): ReactElement {
  const { messages, formats } = useUi();
  const { keys, collections, dependents, drift, driftEntries, obstacles, warnings } = plan;
  const noted = (texts: readonly string[]): readonly string[] => texts.map((text) => messages.note(text, formats));
  const kept = {
    keys: keys.filter(({ action }) => action === 'keep').length,
    rows: collections.reduce((sum, collection) => sum + collection.kept, 0),
  };
  const unlisted = driftTotal(drift) - drift.storageKeys - driftEntries.length;
  return (
    <div className="bp bp-plan" lang={formats.locale}>
      <p>{messages.planLead(plan, formats)}</p>
      {obstacles.length > 0 && <Notice tone="critical" title={messages.planImpossible} texts={noted(obstacles)} />}
      <dl>
        <Part name="restored" text={messages.restored(plan, formats)}>
          <Listing
            summary={messages.showKeys(keys.length, formats)}
            items={keys.map(({ key, action }) => [key, messages.keyActions[action]])}
          />
        </Part>
        <Part name="removed" text={messages.removed(plan, formats)}>
          {dependents.map((dependent) => (
            <p key={dependent.table + dependent.collection}>{messages.dependents(dependent, formats)}</p>
          ))}
        </Part>
        <Part name="kept" text={messages.kept(kept, formats)} />
        <Part name="lost" text={messages.lost({ plan, choice }, formats)}>
          <Listing
            summary={messages.showChanges(driftEntries.length, formats)}
            items={driftEntries.map(({ table, key, kind }) => [`${table} ${key}`, messages.changeKind(kind, formats)])}
          />
          {unlisted > 0 && <p>{messages.unlisted(unlisted, formats)}</p>}
        </Part>
      </dl>
      {warnings.length > 0 && <Notice tone="warning" title={messages.planWarnings} texts={noted(warnings)} />}
      <small>{messages.planTime(plan.estimatedTime, formats)}</small>
    </div>
  );
}
