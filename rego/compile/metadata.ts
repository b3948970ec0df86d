import type * as ast from '../syntax/ast.ts';
import type { Value } from '../value/types.ts';
import type { MetadataLink } from './ir.ts';
import { packagePath, pathKey, rulePath } from './names.ts';

/**
 * What `rego.metadata.chain()` gives inside a rule: the rule's own link, the documents it belongs to, its
 * package and the packages above that speak for their subpackages.
 */
export function metadataChain(
  modules: readonly ast.Module[],
  module: ast.Module,
  rule: ast.Rule,
  path: readonly string[],
): MetadataLink[] {
  const links: MetadataLink[] = [];
  const own = ofRow(module, rule.location.row, 'rule');
  links.push({ path, annotations: own });
  const document = documentAnnotation(modules, module, path);
  if (document !== undefined) links.push({ path, annotations: document });
  const packages = packagePath(module);
  const inPackage = annotationOf(modules, packages, 'package');
  if (inPackage !== undefined) links.push({ path: packages, annotations: inPackage });
  for (let length = packages.length; length > 0; length -= 1) {
    const above = packages.slice(0, length);
    const spoken = annotationOf(modules, above, 'subpackages');
    if (spoken !== undefined) links.push({ path: above, annotations: spoken });
  }
  return links;
}

function ofRow(module: ast.Module, row: number, scope: ast.Annotation['scope']): Value | undefined {
  return module.annotations.find((annotation) => annotation.targetRow === row && annotation.scope === scope)
    ?.content;
}

function documentAnnotation(
  modules: readonly ast.Module[],
  module: ast.Module,
  path: readonly string[],
): Value | undefined {
  for (const other of modules) {
    if (pathKey(packagePath(other)) !== pathKey(packagePath(module))) continue;
    for (const rule of other.rules) {
      if (pathKey(rulePath(other, rule.ref).path) !== pathKey(path)) continue;
      const found = ofRow(other, rule.location.row, 'document');
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function annotationOf(
  modules: readonly ast.Module[],
  path: readonly string[],
  scope: 'package' | 'subpackages',
): Value | undefined {
  for (const module of modules) {
    if (pathKey(packagePath(module)) !== pathKey(path)) continue;
    const found = ofRow(module, module.packageLocation.row, scope);
    if (found !== undefined) return found;
  }
  return undefined;
}
