import { type ReactElement, type ReactNode, useState } from 'react';
import { useUi } from '../ui-provider.tsx';
import { Button } from './button.tsx';

const PAGE = 50;

/** A list of any length: a page at a time is drawn, so that 100,000 entries are as quick as fifty. */
export function LongList<T>({
  items,
  children,
  name = 'list',
  ordered = 'no',
}: {
  readonly items: readonly T[];
  /** Draws an entry, which needs a `key`. */
  readonly children: (item: T, index: number) => ReactNode;
  readonly name?: string;
  readonly ordered?: 'no' | 'byTime';
}): ReactElement {
  const { messages, formats } = useUi();
  const [shown, setShown] = useState(PAGE);
  const left = items.length - shown;
  const List = ordered === 'no' ? 'ul' : 'ol';
  return (
    <>
      <List className={`bp-${name}`}>{items.slice(0, shown).map(children)}</List>
      {left > 0 && (
        <Button onPress={() => setShown(shown + PAGE)}>
          {messages.showMore({ next: Math.min(PAGE, left), left }, formats)}
        </Button>
      )}
    </>
  );
}
