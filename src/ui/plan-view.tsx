import type { ReactElement, ReactNode } from 'react';
import type { RollbackPlan } from '../index.ts';
import { LongList } from './parts/long-list.tsx';
import { Notice } from './parts/notice.tsx';
import { useUi } from './ui-provider.tsx';

/** Whether anything was changed after the migration. */
export const hasDrifted = ({ drift }: RollbackPlan): boolean =>
  drift.added + drift.changed + drift.deleted + drift.dependents + drift.storageKeys > 0;

/** What becomes of the changes by the plan itself; `null` where a person is asked. */
export const plannedChoice = ({ onDrift }: RollbackPlan): 'merge' | 'discard' | null =>
  onDrift === 'ask' ? null : onDrift;

function Part({
  name,
  title,
  text,
  children,
}: {
  readonly name: 'restored' | 'removed' | 'kept' | 'lost';
  readonly title: string;
  readonly text: string;
  readonly children?: ReactNode;
}): ReactElement {
  return (
    <div className="bp-part" data-part={name}>
      <dt>{title}</dt>
      <dd>
        {text}
        {children}
      </dd>
    </div>
  );
}

function Keys({ keys }: { readonly keys: RollbackPlan['keys'] }): ReactElement | null {
  const { messages, formats } = useUi();
  if (keys.length === 0) return null;
  return (
    <details>
      <summary>{messages.keys(keys.length, formats)}</summary>
      <LongList items={keys}>
        {({ key, action }) => (
          <li key={key}>
            <code>
              <bdi>{key}</bdi>
            </code>{' '}
            <span className="bp-muted">{messages.keyActions[action]}</span>
          </li>
        )}
      </LongList>
    </details>
  );
}

function Changes({ plan: { driftEntries, drift } }: { readonly plan: RollbackPlan }): ReactElement | null {
  const { messages, formats } = useUi();
  const unlisted = drift.added + drift.changed + drift.deleted + drift.dependents - driftEntries.length;
  if (driftEntries.length === 0) return null;
  return (
    <details>
      <summary>{messages.changes(driftEntries.length, formats)}</summary>
      <LongList items={driftEntries}>
        {({ table, key, kind }) => (
          <li key={`${table} ${key}`}>
            <code>
              <bdi>{`${table} ${key}`}</bdi>
            </code>{' '}
            <span className="bp-muted">{messages.rowKinds[kind]}</span>
          </li>
        )}
      </LongList>
      {unlisted > 0 && <p>{messages.unlisted(unlisted, formats)}</p>}
    </details>
  );
}

/** Sentences that the client has written, one each. */
function Notes({
  tone,
  title,
  notes,
}: {
  readonly tone: 'warning' | 'critical';
  readonly title: string;
  readonly notes: readonly string[];
}): ReactElement | null {
  const { messages, formats } = useUi();
  if (notes.length === 0) return null;
  return (
    <Notice tone={tone}>
      <strong>{title}</strong>
      {notes.map((note) => (
        <p key={note}>{messages.note(note, formats)}</p>
      ))}
    </Notice>
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
  const { keys, collections, dependents } = plan;
  const ofOthers = collections.reduce((sum, { kept }) => sum + kept, 0);
  const keptKeys = keys.filter(({ action }) => action === 'keep').length;
  return (
    <div className="bp-plan">
      <p>{messages.planLead(plan, formats)}</p>
      <Notes tone="critical" title={messages.planImpossible} notes={plan.obstacles} />
      <dl>
        <Part name="restored" title={messages.restored} text={messages.restoredText(plan, formats)}>
          <Keys keys={keys} />
        </Part>
        <Part name="removed" title={messages.removed} text={messages.removedText(plan, formats)}>
          {dependents.map((dependent) => (
            <p key={dependent.table + dependent.collection}>{messages.dependents(dependent, formats)}</p>
          ))}
        </Part>
        <Part
          name="kept"
          title={messages.kept}
          text={messages.keptText({ keys: keptKeys, rows: ofOthers }, formats)}
        />
        <Part name="lost" title={messages.lost} text={messages.lostText({ plan, choice }, formats)}>
          <Changes plan={plan} />
        </Part>
      </dl>
      <Notes tone="warning" title={messages.planWarnings} notes={plan.warnings} />
      <p className="bp-muted">{messages.planTime(plan.estimatedTime, formats)}</p>
    </div>
  );
}
