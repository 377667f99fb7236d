/** Every exported declaration of src/ has a docstring: it is the reference that people read in their editor. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

function isExported(statement: ts.Statement): boolean {
  return (
    ts.canHaveModifiers(statement) && !!ts.getModifiers(statement)?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword)
  );
}

/** What a statement declares, by name. */
function declaredNames(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map((d) => d.name.getText());
  const { name } = statement as ts.Statement & { readonly name?: ts.Node };
  return name ? [name.getText()] : [];
}

/** The names that `export { … }` without `from` adds to those with the modifier. */
function namesExportedBelow(source: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  for (const statement of source.statements) {
    if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier || !statement.exportClause) continue;
    if (!ts.isNamedExports(statement.exportClause)) continue;
    for (const { name, propertyName } of statement.exportClause.elements) names.add((propertyName ?? name).text);
  }
  return names;
}

function undocumented(file: string): readonly string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const below = namesExportedBelow(source);
  const documented = new Set<string>();
  const missing = new Map<string, string>();
  for (const statement of source.statements) {
    for (const name of declaredNames(statement)) {
      if (!isExported(statement) && !below.has(name)) continue;
      const { line } = source.getLineAndCharacterOfPosition(statement.getStart());
      if (ts.getJSDocCommentsAndTags(statement).some(ts.isJSDoc)) documented.add(name);
      else missing.set(name, `${file}:${line + 1}: ${name} is exported without a docstring`);
    }
  }
  // Of overloads, and of a type and a value that share their name, one docstring is enough.
  for (const name of documented) missing.delete(name);
  return [...missing.values()];
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file));
const faults = files.toSorted().flatMap((file) => undocumented(join('src', file)));
for (const fault of faults) console.error(fault);
console.log(`${files.length} files, ${faults.length} exports without a docstring`);
process.exitCode = faults.length > 0 ? 1 : 0;
