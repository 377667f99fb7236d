import type { ReactElement } from 'react';
import type { Report, RollbackResult, VerificationResult } from '../index.ts';
import type { Fault } from '../react/index.ts';
import type { Tone } from './messages.ts';
import { Actions, Button } from './parts/button.tsx';
import { Listing } from './parts/long-list.tsx';
import { FaultNotice, Notice } from './parts/notice.tsx';
import { Heading, Section } from './parts/section.tsx';
import { StepList } from './progress-view.tsx';
import { fileName } from './save-file.ts';
import { useUi } from './ui-provider.tsx';

/** How a rollback ended, as far as it is known: one of another tab has no more than that. */
export type Ending = Pick<RollbackResult, 'outcome' | 'finalStatus'> & Partial<RollbackResult>;

const toneOf = ({ outcome, finalStatus }: Ending): Tone => {
  if (outcome === 'safeMode') return 'critical';
  return finalStatus === 'SUCCESS' ? 'good' : 'warning';
};

function Steps({ steps }: { readonly steps: RollbackResult['steps'] }): ReactElement {
  return (
    <>
      <Heading>{useUi().messages.resultSteps}</Heading>
      <StepList
        stateOf={(name) => {
          const found = steps.find(({ step }) => step === name);
          if (found === undefined) return 'pending';
          return found.success ? 'done' : 'failed';
        }}
      />
    </>
  );
}

/** The proof of what a run did, to be read and to be kept. */
export function ReceiptView({ report: { receipt, markdown } }: { readonly report: Report }): ReactElement {
  const { messages, formats, onDownload } = useUi();
  const save = (ending: string, type: string, text: string): void =>
    void onDownload({ name: `${fileName('receipt', receipt.runId)}.${ending}`, type, text });
  return (
    <>
      <Heading>{messages.receipt}</Heading>
      <Listing
        summary={messages.showKeys(receipt.keys.length, formats)}
        items={receipt.keys.map(({ key, verdict }) => [key, messages.verdict(verdict, formats)])}
      />
      <Actions>
        <Button onPress={() => save('json', 'application/json', JSON.stringify(receipt))}>
          {messages.receiptData}
        </Button>
        <Button onPress={() => save('md', 'text/markdown', markdown)}>{messages.receiptText}</Button>
      </Actions>
    </>
  );
}

/** See `ResultView`. */
export interface ResultViewProps {
  readonly ending: Ending;
  /** `undefined` while it is being read. */
  readonly report?: Report | undefined;
  readonly verification?: VerificationResult | undefined;
  readonly fault?: Fault | undefined;
  readonly state?: 'ready' | 'verifying';
  readonly onVerify?: (() => void) | undefined;
  readonly onDone?: (() => void) | undefined;
}

/** How a rollback ended: in one word, step by step, with what did not go as it should, and with the receipt. */
export function ResultView(props: ResultViewProps): ReactElement {
  const { ending, report, verification, fault, state, onVerify, onDone } = props;
  const { messages, formats } = useUi();
  const { steps, warnings = [], error } = ending;
  const faults = [...(error === undefined ? [] : [error]), ...warnings] as readonly Fault[];
  const told = faults.map((one) => messages.fault(one, formats));
  return (
    <Section name="result" title={messages.resultTitle(ending, formats)}>
      <Notice tone={toneOf(ending)} texts={[messages.resultText(ending, formats)]} />
      {told.length > 0 && <Notice tone="warning" title={messages.resultWarnings} texts={told} />}
      {steps !== undefined && <Steps steps={steps} />}
      {report !== undefined && <ReceiptView report={report} />}
      {verification !== undefined && (
        <Notice
          tone={verification.success ? 'good' : 'warning'}
          role="status"
          title={messages.verified({ checked: verification.checked, errors: verification.errors.length }, formats)}
          texts={verification.errors.slice(0, 20).map((text) => messages.note(text, formats))}
        />
      )}
      <FaultNotice fault={fault} />
      <Actions>
        {onVerify !== undefined && (
          <Button off={state === 'verifying'} onPress={onVerify}>
            {messages.verify}
          </Button>
        )}
        {onDone !== undefined && (
          <Button kind="primary" onPress={onDone}>
            {messages.done}
          </Button>
        )}
      </Actions>
    </Section>
  );
}
