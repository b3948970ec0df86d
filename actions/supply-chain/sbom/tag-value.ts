import type { SbomProblem } from './model.ts';

type Target = Record<string, unknown>;

/** Tags that carry plain text, by the object they belong to and the JSON name of the field; `[]` marks a list. */
const plainTags: Readonly<Record<Section, Readonly<Record<string, string>>>> = {
  document: {
    SPDXVersion: 'spdxVersion',
    DataLicense: 'dataLicense',
    DocumentName: 'name',
    DocumentNamespace: 'documentNamespace',
    DocumentComment: 'comment',
  },
  creation: {
    Creator: 'creators[]',
    Created: 'created',
    CreatorComment: 'comment',
    LicenseListVersion: 'licenseListVersion',
  },
  package: {
    PackageName: 'name',
    PackageVersion: 'versionInfo',
    PackageFileName: 'packageFileName',
    PackageSupplier: 'supplier',
    PackageOriginator: 'originator',
    PackageDownloadLocation: 'downloadLocation',
    PackageHomePage: 'homepage',
    PackageSourceInfo: 'sourceInfo',
    PackageLicenseConcluded: 'licenseConcluded',
    PackageLicenseInfoFromFiles: 'licenseInfoFromFiles[]',
    PackageLicenseDeclared: 'licenseDeclared',
    PackageLicenseComments: 'licenseComments',
    PackageCopyrightText: 'copyrightText',
    PackageSummary: 'summary',
    PackageDescription: 'description',
    PackageComment: 'comment',
    PackageAttributionText: 'attributionTexts[]',
    PrimaryPackagePurpose: 'primaryPackagePurpose',
    BuiltDate: 'builtDate',
    ReleaseDate: 'releaseDate',
    ValidUntilDate: 'validUntilDate',
  },
  file: {
    FileName: 'fileName',
    FileType: 'fileTypes[]',
    LicenseConcluded: 'licenseConcluded',
    LicenseInfoInFile: 'licenseInfoInFiles[]',
    LicenseComments: 'licenseComments',
    FileCopyrightText: 'copyrightText',
    FileComment: 'comment',
    FileNotice: 'noticeText',
    FileContributor: 'fileContributors[]',
    FileAttributionText: 'attributionTexts[]',
    FileDependency: 'fileDependencies[]',
    ArtifactOfProjectName: 'artifactOfs[]',
    ArtifactOfProjectHomePage: 'artifactOfs[]',
    ArtifactOfProjectURI: 'artifactOfs[]',
  },
  snippet: {
    SnippetSPDXID: 'SPDXID',
    SnippetFromFileSPDXID: 'snippetFromFile',
    SnippetByteRange: 'ranges[]',
    SnippetLineRange: 'ranges[]',
    SnippetLicenseConcluded: 'licenseConcluded',
    LicenseInfoInSnippet: 'licenseInfoInSnippets[]',
    SnippetLicenseComments: 'licenseComments',
    SnippetCopyrightText: 'copyrightText',
    SnippetComment: 'comment',
    SnippetName: 'name',
    SnippetAttributionText: 'attributionTexts[]',
  },
  license: {
    LicenseID: 'licenseId',
    ExtractedText: 'extractedText',
    LicenseName: 'name',
    LicenseCrossReference: 'seeAlsos[]',
    LicenseComment: 'comment',
  },
  annotation: {
    Annotator: 'annotator',
    AnnotationDate: 'annotationDate',
    AnnotationComment: 'comment',
    AnnotationType: 'annotationType',
    SPDXREF: 'SPDXREF',
  },
  review: { Reviewer: 'reviewer', ReviewDate: 'reviewDate', ReviewComment: 'comment' },
};
type Section = 'document' | 'creation' | 'package' | 'file' | 'snippet' | 'license' | 'annotation' | 'review';

/** A tag that begins a new object, and the list of the document that takes it. */
const openers: Readonly<Record<string, readonly [Section, string]>> = {
  PackageName: ['package', 'packages'],
  FileName: ['file', 'files'],
  SnippetSPDXID: ['snippet', 'snippets'],
  LicenseID: ['license', 'hasExtractedLicensingInfos'],
  Annotator: ['annotation', 'annotations'],
  Reviewer: ['review', 'revieweds'],
};

/** SPDX 2.x tag-value text as the object that its JSON form has (SPDX 2.3, clause 6 to 12). */
export function parseTagValue(text: string): { document: Target; problems: SbomProblem[] } {
  const builder = new Builder();
  for (const line of readTags(text)) builder.take(line);
  return { document: builder.document, problems: builder.problems };
}

interface TagLine {
  readonly tag: string;
  readonly value: string;
  readonly line: number;
}

/** `Tag: value`, values between `<text>` and `</text>` over several lines, comments behind `#`. */
function* readTags(text: string): Generator<TagLine> {
  const lines = text.split(/\r\n|\r|\n/);
  for (let at = 0; at < lines.length; at++) {
    const line = at + 1;
    const match = /^\s*([A-Za-z]+)\s*:\s*(.*)$/.exec(lines[at] ?? '');
    if (match === null) {
      if (!/^\s*(#|$)/.test(lines[at] ?? '')) yield { tag: '', value: lines[at] ?? '', line };
      continue;
    }
    let value = match[2] ?? '';
    if (value.startsWith('<text>')) {
      const parts = [value.slice('<text>'.length)];
      while (!(parts.at(-1) ?? '').includes('</text>') && at + 1 < lines.length)
        parts.push(lines[++at] ?? '');
      const whole = parts.join('\n');
      const end = whole.indexOf('</text>');
      if (end < 0) yield { tag: '', value: '<text> without </text>', line };
      value = end < 0 ? whole : whole.slice(0, end);
    }
    yield { tag: match[1] ?? '', value: value.trim(), line };
  }
}

class Builder {
  private readonly creation: Target = {};
  readonly document: Target = { creationInfo: this.creation };
  readonly problems: SbomProblem[] = [];
  private readonly open: Partial<Record<Section, Target>> = {
    document: this.document,
    creation: this.creation,
  };
  /** The element that `SPDXID` names: the one begun last. */
  private element: Target = this.document;

  take(line: TagLine): void {
    this.begin(line.tag);
    if (!this.plain(line) && !this.structured(line)) {
      const what =
        line.tag === '' ? `the text ${JSON.stringify(line.value.slice(0, 60))}` : `the tag ${line.tag}`;
      this.problems.push({ place: `line ${line.line}`, message: `holds ${what}, which means nothing here` });
    }
  }

  private begin(tag: string): void {
    const opener = Object.hasOwn(openers, tag) ? openers[tag] : undefined;
    if (opener === undefined) return;
    const [section, list] = opener;
    const target: Target = {};
    this.open[section] = target;
    push(this.document, list, target);
    if (section === 'package' || section === 'file' || section === 'snippet') this.element = target;
  }

  private plain({ tag, value }: TagLine): boolean {
    for (const [section, tags] of Object.entries(plainTags)) {
      const field = Object.hasOwn(tags, tag) ? tags[tag] : undefined;
      const target = this.open[section as Section];
      if (field === undefined || target === undefined) continue;
      if (field.endsWith('[]')) push(target, field.slice(0, -2), value);
      else target[field] = value;
      return true;
    }
    return false;
  }

  private structured({ tag, value }: TagLine): boolean {
    const words = value.split(/\s+/);
    const inPackage = this.open.package;
    switch (tag) {
      case 'SPDXID':
        this.element.SPDXID = value;
        return true;
      case 'Relationship':
        push(this.document, 'relationships', {
          spdxElementId: words[0],
          relationshipType: words[1],
          relatedSpdxElement: words[2],
        });
        return words.length === 3;
      case 'RelationshipComment':
        return true;
      case 'ExternalDocumentRef':
        push(this.document, 'externalDocumentRefs', {
          externalDocumentId: words[0],
          spdxDocument: words[1],
          checksum: checksum(words.slice(2).join(' ')),
        });
        return words.length >= 3;
      case 'FileChecksum':
        push(this.element, 'checksums', checksum(value));
        return this.open.file !== undefined;
      case 'PackageChecksum':
        if (inPackage !== undefined) push(inPackage, 'checksums', checksum(value));
        return inPackage !== undefined;
      case 'FilesAnalyzed':
        if (inPackage !== undefined) inPackage.filesAnalyzed = value.toLowerCase() === 'true';
        return inPackage !== undefined && /^(true|false)$/i.test(value);
      case 'PackageVerificationCode':
        if (inPackage !== undefined)
          inPackage.packageVerificationCode = { packageVerificationCodeValue: words[0] };
        return inPackage !== undefined;
      case 'ExternalRef':
        if (inPackage !== undefined)
          push(inPackage, 'externalRefs', {
            referenceCategory: words[0],
            referenceType: words[1],
            referenceLocator: words.slice(2).join(' '),
          });
        return inPackage !== undefined && words.length >= 3;
      case 'ExternalRefComment':
        return inPackage?.externalRefs !== undefined;
      default:
        return false;
    }
  }
}

function checksum(text: string): Target {
  const [algorithm = '', value = ''] = text.split(/:\s*/);
  return { algorithm: algorithm.trim(), checksumValue: value.trim() };
}

function push(target: Target, field: string, value: unknown): void {
  const list = target[field];
  if (Array.isArray(list)) list.push(value);
  else target[field] = [value];
}
