import { type ReactElement, useId } from 'react';
import type { RollbackStatus, StepName } from '../index.ts';
import type { StepState } from './messages.ts';
import { Button } from './parts/button.tsx';
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
export function faultFrom(error: string): { readonly code: string; readonly text: string } {
  const [, code = '', text = error] = /^([A-Z_]+): (.*)$/s.exec(error) ?? [];
  return { code, text };
}

/** The five steps, each with how it stands. */
export function StepList({
  stateOf,
}: {
  readonly stateOf: (step: StepName) => StepState;
}): ReactElement {
  const { messages } = useUi();
  return (
    <ol className="bp-steps">
      {STEPS.map((step) => {
        const state = stateOf(step);
        return (
          <li key={step} data-state={state} aria-current={state === 'current' ? 'step' : undefined}>
            <Icon shape={state} />
            <span>{messages.steps[step]}</span>
            <span className="bp-step-state">{messages.stepStates[state]}</span>
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
        <span>{percent}</span>
        <span className="bp-muted">{messages.remaining(status.estimatedTimeRemaining, formats)}</span>
      </p>
    </div>
  );
}

/** What has gone wrong while it goes on. */
export function Problems({ errors }: { readonly errors: readonly string[] }): ReactElement | null {
  const { messages, formats } = useUi();
  if (errors.length === 0) return null;
  return (
    <Notice tone="warning">
      <strong>{messages.problems}</strong>
      <ul>
        {[...new Set(errors)].map((error) => (
          <li key={error}>{messages.fault(faultFrom(error), formats)}</li>
        ))}
      </ul>
    </Notice>
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
  const milestone = Math.floor(status.progress / MILESTONE) * MILESTONE;
  return (
    <Section name="progress" title={title}>
      <p className="bp-detail">{messages.statusDetail(status, formats)}</p>
      <Bar status={status} />
      {status.activity === 'rollback' && <StepList stateOf={(step) => stepState(status, step)} />}
      <Problems errors={status.errors} />
      {onCancel !== undefined && (
        <div className="bp-actions">
          <p id={hint} className="bp-muted">
            {messages.cancellingHint[status.cancelling]}
          </p>
          <Button state={status.canCancel ? 'ready' : 'off'} describedBy={hint} onPress={onCancel}>
            {messages.cancelling[status.cancelling]}
          </Button>
        </div>
      )}
      <PoliteText text={messages.announce({ text: title, milestone }, formats)} />
    </Section>
  );
}
