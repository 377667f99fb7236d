import { type FocusEvent, type ReactElement, type ReactNode, type RefObject, useEffect, useRef } from 'react';
import type { Decision, RollbackStatus } from '../index.ts';
import type { Fault } from '../react/index.ts';
import { PoliteText } from './parts/polite-text.tsx';
import { ProgressView } from './progress-view.tsx';
import { QuestionView } from './question-view.tsx';
import type { Ending } from './result-view.tsx';
import { type Ui, useUi } from './ui-provider.tsx';

/** What is to be shown in a status; `ready` is what the app shows when nothing is being done. */
export type Screen = 'ready' | 'progress' | 'question' | 'safeMode' | 'result';

/** The screen of a status. */
export function screenOf(status: RollbackStatus): Screen {
  const { question, migrationState, activity, stage, outcome } = status;
  if (question !== null) return 'question';
  if (migrationState === 'SAFE_MODE') return 'safeMode';
  if (activity === 'idle') return 'ready';
  if (stage !== 'COMPLETED' && stage !== 'FAILED') return 'progress';
  return outcome === 'rolledBack' || outcome === 'unchanged' ? 'result' : 'ready';
}

/** How the run of a status ended, as far as the status says it. */
export const endingOf = ({ outcome, errors }: RollbackStatus): Ending =>
  outcome === 'rolledBack'
    ? { outcome, finalStatus: errors.length === 0 ? 'SUCCESS' : 'PARTIAL' }
    : { outcome: outcome === 'safeMode' ? outcome : 'unchanged', finalStatus: 'FAILED' };

/** What a screen reader is told when the screen becomes another one; progress speaks for itself. */
function announcement(screen: Screen, status: RollbackStatus, { messages, formats }: Ui): string {
  if (status.question !== null) return messages.questions[status.question.question].title;
  if (screen === 'safeMode') return messages.safeModeTitle;
  return screen === 'result' ? messages.resultTitle(endingOf(status), formats) : '';
}

/** What the place of the screens listens to. */
interface KeptFocus {
  readonly ref: RefObject<HTMLDivElement | null>;
  readonly onFocus: () => void;
  readonly onBlur: (event: FocusEvent) => void;
}

/** Where the focus would be lost with the screen that it was in, the new screen's heading gets it. */
function useKeptFocus(screen: Screen): KeptFocus {
  const ref = useRef<HTMLDivElement>(null);
  const wasInside = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the screen has become another one
  useEffect(() => {
    const isLost = document.activeElement === null || document.activeElement === document.body;
    if (wasInside.current && isLost) ref.current?.querySelector<HTMLElement>('[tabindex="-1"]')?.focus();
  }, [screen]);
  return {
    ref,
    onFocus: () => {
      wasInside.current = true;
    },
    onBlur: ({ relatedTarget }) => {
      wasInside.current = relatedTarget === null;
    },
  };
}

/** See `RollbackScreenView`. */
export interface RollbackScreenViewProps {
  readonly status: RollbackStatus;
  readonly onDecide: (decision: Decision) => void;
  readonly onCancel: () => void;
  /** Why the last answer or cancelling was not taken. */
  readonly fault?: Fault | undefined;
  /** What is shown when nothing is being done. */
  readonly ready: ReactNode;
  readonly safeMode: ReactNode;
  readonly result: ReactNode;
}

/** The one place of a rollback: shows at any time what a person has to see, know or decide then. */
export function RollbackScreenView(props: RollbackScreenViewProps): ReactElement {
  const { status, onDecide, onCancel, fault } = props;
  const ui = useUi();
  const screen = screenOf(status);
  const { question } = status;
  return (
    <div className="bp-screen" data-screen={screen} {...useKeptFocus(screen)}>
      {screen === 'progress' && <ProgressView status={status} onCancel={onCancel} />}
      {screen === 'question' && question !== null && (
        <QuestionView
          key={JSON.stringify(question)}
          question={question}
          onAnswer={onDecide}
          onCancel={status.canCancel ? onCancel : undefined}
          fault={fault}
        />
      )}
      {(screen === 'ready' || screen === 'safeMode' || screen === 'result') && props[screen]}
      <PoliteText text={announcement(screen, status, ui)} />
    </div>
  );
}
