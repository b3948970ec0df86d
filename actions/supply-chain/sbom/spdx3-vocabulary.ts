const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Elements and other classes of SPDX 3.0 that a graph may hold, by their JSON-LD names. */
export const elementClasses = words(
  `Agent Annotation Bom Bundle LifecycleScopedRelationship Organization Person Relationship SoftwareAgent SpdxDocument
   Tool IndividualElement ai_AIPackage dataset_DatasetPackage build_Build
   software_File software_Package software_Sbom software_Snippet
   expandedlicensing_ConjunctiveLicenseSet expandedlicensing_CustomLicense expandedlicensing_CustomLicenseAddition
   expandedlicensing_DisjunctiveLicenseSet expandedlicensing_IndividualLicensingInfo expandedlicensing_ListedLicense
   expandedlicensing_ListedLicenseException expandedlicensing_OrLaterOperator expandedlicensing_WithAdditionOperator
   simplelicensing_LicenseExpression simplelicensing_SimpleLicensingText
   security_CvssV2VulnAssessmentRelationship security_CvssV3VulnAssessmentRelationship
   security_CvssV4VulnAssessmentRelationship security_EpssVulnAssessmentRelationship
   security_ExploitCatalogVulnAssessmentRelationship security_SsvcVulnAssessmentRelationship
   security_VexAffectedVulnAssessmentRelationship security_VexFixedVulnAssessmentRelationship
   security_VexNotAffectedVulnAssessmentRelationship security_VexUnderInvestigationVulnAssessmentRelationship
   security_Vulnerability extension_CdxPropertiesExtension`,
);

export const otherClasses = words(
  `CreationInfo DictionaryEntry ExternalIdentifier ExternalMap ExternalRef Hash IntegrityMethod NamespaceMap
   PackageVerificationCode PositiveIntegerRange ai_EnergyConsumption ai_EnergyConsumptionDescription
   software_ContentIdentifier extension_CdxPropertyEntry`,
);

export const packageClasses = words('software_Package ai_AIPackage dataset_DatasetPackage');

export const relationshipTypes3 = words(
  `affects amendedBy ancestorOf availableFrom configures contains coordinatedBy copiedTo delegatedTo dependsOn
   descendantOf describes doesNotAffect expandsTo exploitCreatedBy fixedBy fixedIn foundBy generates hasAddedFile
   hasAssessmentFor hasAssociatedVulnerability hasConcludedLicense hasDataFile hasDeclaredLicense hasDeletedFile
   hasDependencyManifest hasDistributionArtifact hasDocumentation hasDynamicLink hasEvidence hasExample hasHost
   hasInput hasMetadata hasOptionalComponent hasOptionalDependency hasOutput hasPrerequisite hasProvidedDependency
   hasRequirement hasSpecification hasStaticLink hasTest hasTestCase hasVariant invokedBy modifiedBy other packagedBy
   patchedBy publishedBy reportedBy republishedBy serializedInArtifact testedOn trainedOn underInvestigationFor
   usesTool`,
);

/** Properties that a class must have (cardinality 1 in the model), beside those of every element. */
export const requiredProperties: Readonly<Record<string, readonly string[]>> = {
  Annotation: ['annotationType', 'subject'],
  CreationInfo: ['created', 'createdBy', 'specVersion'],
  DictionaryEntry: ['key'],
  ExternalIdentifier: ['externalIdentifierType', 'identifier'],
  ExternalMap: ['externalSpdxId'],
  Hash: ['algorithm', 'hashValue'],
  LifecycleScopedRelationship: ['from', 'relationshipType', 'to'],
  NamespaceMap: ['namespace', 'prefix'],
  Relationship: ['from', 'relationshipType', 'to'],
  build_Build: ['build_buildType'],
  expandedlicensing_ConjunctiveLicenseSet: ['expandedlicensing_member'],
  expandedlicensing_DisjunctiveLicenseSet: ['expandedlicensing_member'],
  expandedlicensing_WithAdditionOperator: [
    'expandedlicensing_subjectAddition',
    'expandedlicensing_subjectExtendableLicense',
  ],
  expandedlicensing_CustomLicense: ['simplelicensing_licenseText'],
  dataset_DatasetPackage: ['dataset_datasetType'],
  simplelicensing_LicenseExpression: ['simplelicensing_licenseExpression'],
  simplelicensing_SimpleLicensingText: ['simplelicensing_licenseText'],
  software_Snippet: ['software_snippetFromFile'],
};

/** Properties whose values name other elements of the document. */
export const referenceProperties = words(
  `creationInfo createdBy createdUsing from to element rootElement originatedBy suppliedBy subject
   software_snippetFromFile expandedlicensing_member`,
);

export const listProperties = words(
  'createdBy createdUsing to element rootElement originatedBy expandedlicensing_member',
);
