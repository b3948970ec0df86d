import { type JsonObject, recordsOf } from '../../json.ts';
import type { SbomProblem } from '../model.ts';
import { Check } from './check.ts';
import { checkFile, checkPackage, checkSnippet } from './elements.ts';
import { checkHead, checkLicenses, checkLists } from './head.ts';
import { Identifiers } from './identifiers.ts';
import { checkAnnotations } from './parts.ts';
import type { Place } from './place.ts';
import { checkRelationships } from './relationships.ts';

/** What SPDX 2.2 and 2.3 ask of a document, in the order of the specification's clauses. */
export function spdxProblems(document: JsonObject, described: ReadonlySet<unknown>): SbomProblem[] {
  const check = new Check();
  const ids = new Identifiers(check);
  const old = document.spdxVersion === 'SPDX-2.2';
  checkHead(document, check);
  checkLists(document, check);
  each(document, 'packages', (one, place) => checkPackage(one, place, ids, check, old));
  each(document, 'files', (one, place) => checkFile(one, place, ids, check));
  each(document, 'snippets', (one, place) => checkSnippet(one, place, ids, check));
  checkLicenses(document, check);
  checkAnnotations(document.annotations, null, check);
  checkRelationships(document, described, ids, check);
  return check.problems;
}

function each(document: JsonObject, list: string, visit: (one: JsonObject, place: Place) => void): void {
  recordsOf(document[list]).forEach((one, index) => {
    visit(one, { within: null, name: list, index });
  });
}
