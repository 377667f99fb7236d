import { type ReactElement, useId } from 'react';
import type { RollbackStatus, StepName } from '../index.ts';
import type { Fault } from '../react/index.ts';
import type { StepState } from './messages.ts';
import { Actions, Button } from './parts/button.tsx';
import { Icon } from './parts/icon.tsx';
import { Notice } from './parts/notice.tsx';
import { PoliteText } from './parts/polite-text.tsx';
import { Section } from './parts/section.tsx';
import { useUi } from './ui-provider.tsx';

const STEPS: readonly StepName[] = [
  'Load Backup',
  'Clear Database',
  'Restore LocalStorage',
  'Verify Data',
  'Clean State',
];

/** Percentages that are worth being said. */
const MILESTONE = 25;

/** How a public step stands. */
export function stepState({ step, stepsDone, stage }: RollbackStatus, name: StepName): StepState {
  if (name === step) return 'current';
  if (stepsDone.includes(name)) return 'done';
  return stage === 'FAILED' ? 'failed' : 'pending';
}

/** An error of a status as its code and its sentence. */
function faultFrom(error: string): Fault {
  const [code = '', ...rest] = error.split(': ');
  return { code: code as Fault['code'], message: rest.join(': ') };
}

/** The five steps, each with how it stands. */
export function StepList({ stateOf }: { readonly stateOf: (step: StepName) => StepState }): ReactElement {
  const { messages, formats } = useUi();
  return (
    <ol className="bp-steps">
      {STEPS.map((step) => {
        const state = stateOf(step);
        return (
          <li key={step} data-state={state} aria-current={state === 'current' ? 'step' : undefined}>
            <Icon shape={state} />
            <span>{messages.step(step, formats)}</span>
            <small>{messages.stepStates[state]}</small>
          </li>
        );
      })}
    </ol>
  );
}

function Bar({ status }: { readonly status: RollbackStatus }): ReactElement {
  const { messages, formats } = useUi();
  const percent = formats.percent(status.progress);
  return (
    <div className="bp-measure">
      <div
        className="bp-bar"
        role="progressbar"
        aria-label={messages.progress}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={status.progress}
        aria-valuetext={percent}
      >
        <div style={{ inlineSize: `${status.progress}%` }} />
      </div>
      <p className="bp-figures">
        {percent}
        <small>{messages.remaining(status.estimatedTimeRemaining, formats)}</small>
      </p>
    </div>
  );
}

/**
 * How far a run is: what is being done, measured percent, estimate, steps, problems, and what cancelling would do.
 * Everything has its place from the beginning, so that nothing moves while it goes on.
 */
export function ProgressView({
  status,
  onCancel,
}: {
  readonly status: RollbackStatus;
  /** Without it nothing can be cancelled here. */
  readonly onCancel?: (() => void) | undefined;
}): ReactElement {
  const { messages, formats } = useUi();
  const hint = useId();
  const title = messages.status(status, formats);
  const faults = status.errors.map((error) => messages.fault(faultFrom(error), formats));
  const milestone = Math.floor(status.progress / MILESTONE) * MILESTONE;
  return (
    <Section name="progress" title={title}>
      <p className="bp-detail">{messages.statusDetail(status, formats)}</p>
      <Bar status={status} />
      {status.activity === 'rollback' && <StepList stateOf={(step) => stepState(status, step)} />}
      {faults.length > 0 && <Notice tone="warning" title={messages.problems} texts={faults} />}
      {onCancel !== undefined && (
        <Actions>
          <small id={hint}>{messages.cancellingHint[status.cancelling]}</small>
          <Button off={!status.canCancel} describedBy={hint} onPress={onCancel}>
            {messages.cancelling[status.cancelling]}
          </Button>
        </Actions>
      )}
      <PoliteText text={messages.announce({ text: title, milestone }, formats)} />
    </Section>
  );
}
