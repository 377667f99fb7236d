import { isForbiddenName } from '../definition/names.ts';

const LONGEST = 48;

/**
 * Gives each found collection a name that can also name a table: letters, digits and `_`, a letter first, different
 * from all others however they are written, and nobody's reserved prefix.
 */
export function createNaming(): (key: string, path: readonly string[]) => string {
  const taken = new Set<string>();
  return (key, path) => {
    const short = nameFrom(path.at(-1) ?? key);
    const long = nameFrom([key, ...path].join('_'));
    const numbered = function* (): Generator<string> {
      yield short;
      yield long;
      for (let number = 2; ; number++) yield `${short}_${number}`;
    };
    for (const name of numbered()) {
      if (taken.has(name.toLowerCase())) continue;
      taken.add(name.toLowerCase());
      return name;
    }
    return short;
  };
}

function nameFrom(text: string): string {
  const name = text
    .slice(0, 4 * LONGEST)
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_|_$/g, '')
    .slice(0, LONGEST);
  const isUsable = /^[A-Za-z]/.test(name) && !/^(sqlite|backpedal|pg)_/i.test(name) && !isForbiddenName(name);
  return isUsable ? name : `c_${name}`;
}
