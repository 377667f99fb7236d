import { type ReactElement, type ReactNode, useState } from 'react';
import { useUi } from '../ui-provider.tsx';
import { Button } from './button.tsx';

const PAGE = 50;

/** A list of any length: a page at a time is drawn, so that 100,000 entries are as quick as fifty. */
export function LongList<T>({
  items,
  children,
  name = 'list',
}: {
  readonly items: readonly T[];
  /** Draws an entry, which needs a `key`. */
  readonly children: (item: T) => ReactNode;
  /** Becomes its class. */
  readonly name?: string;
}): ReactElement | null {
  const { messages, formats } = useUi();
  const [shown, setShown] = useState(PAGE);
  const left = items.length - shown;
  if (items.length === 0) return null;
  return (
    <>
      <ul className={`bp-${name}`}>{items.slice(0, shown).map(children)}</ul>
      {left > 0 && (
        <Button onPress={() => setShown(shown + PAGE)}>
          {messages.showMore({ next: Math.min(PAGE, left), left }, formats)}
        </Button>
      )}
    </>
  );
}

/** Names that others chose, each with what becomes of it, behind a line that opens them. */
export function Listing({
  summary,
  items,
}: {
  readonly summary: string;
  readonly items: readonly (readonly [name: string, about: string])[];
}): ReactElement | null {
  if (items.length === 0) return null;
  return (
    <details>
      <summary>{summary}</summary>
      <LongList items={items}>
        {([name, about]) => (
          <li key={name}>
            <bdi>
              <code>{name}</code>
            </bdi>{' '}
            <small>{about}</small>
          </li>
        )}
      </LongList>
    </details>
  );
}
