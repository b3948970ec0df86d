import { addingAutoIncrementField } from './adding-auto-increment-field.ts';
import { addingExclusionConstraint } from './adding-exclusion-constraint.ts';
import { addingFieldWithDefault } from './adding-field-with-default.ts';
import { addingForeignKeyConstraint } from './adding-foreign-key-constraint.ts';
import { addingNotNullableField } from './adding-not-nullable-field.ts';
import { addingRequiredField } from './adding-required-field.ts';
import { addingSerialPrimaryKeyField } from './adding-serial-primary-key-field.ts';
import { addingUniqueIndex } from './adding-unique-index.ts';
import { banAlterDomainWithAddConstraint } from './ban-alter-domain-with-add-constraint.ts';
import { banCharField } from './ban-char-field.ts';
import { banConcurrentIndexCreationInTransaction } from './ban-concurrent-index-creation-in-transaction.ts';
import { banCreateDomainWithConstraint } from './ban-create-domain-with-constraint.ts';
import { banDropColumn } from './ban-drop-column.ts';
import { banDropConstraint } from './ban-drop-constraint.ts';
import { banDropDatabase } from './ban-drop-database.ts';
import { banDropNotNull } from './ban-drop-not-null.ts';
import { banDropOwned } from './ban-drop-owned.ts';
import { banDropSchema } from './ban-drop-schema.ts';
import { banDropTable } from './ban-drop-table.ts';
import { banDuplicateColumnAssignments } from './ban-duplicate-column-assignments.ts';
import { banServerAccess } from './ban-server-access.ts';
import { banTruncateCascade } from './ban-truncate-cascade.ts';
import { banUncommittedTransaction } from './ban-uncommitted-transaction.ts';
import { changingColumnType } from './changing-column-type.ts';
import { columnAlignment } from './column-alignment.ts';
import { combineAlterTable } from './combine-alter-table.ts';
import { concurrentlyInTransaction } from './concurrently-in-transaction.ts';
import { constraintMissingNotValid } from './constraint-missing-not-valid.ts';
import { creatingEnum } from './creating-enum.ts';
import { creatingTrigger } from './creating-trigger.ts';
import { disablingTrigger } from './disabling-trigger.ts';
import { disallowedUniqueConstraint } from './disallowed-unique-constraint.ts';
import { doBlockNotJudged } from './do-block-not-judged.ts';
import { droppingDefault } from './dropping-default.ts';
import { droppingObject } from './dropping-object.ts';
import { identifierTooLong } from './identifier-too-long.ts';
import { indexTooWide } from './index-too-wide.ts';
import { lockingTable } from './locking-table.ts';
import { namingConvention } from './naming-convention.ts';
import { preferBigintOverInt } from './prefer-bigint-over-int.ts';
import { preferBigintOverSmallint } from './prefer-bigint-over-smallint.ts';
import { preferIdentity } from './prefer-identity.ts';
import { preferJsonb } from './prefer-jsonb.ts';
import { preferRepack } from './prefer-repack.ts';
import { preferRobustStmts } from './prefer-robust-stmts.ts';
import { preferTextField } from './prefer-text-field.ts';
import { preferTimestampTz } from './prefer-timestamp-tz.ts';
import { primaryKeyUsingIndex } from './primary-key-using-index.ts';
import { renamingColumn } from './renaming-column.ts';
import { renamingEnumValue } from './renaming-enum-value.ts';
import { renamingSchema } from './renaming-schema.ts';
import { renamingTable } from './renaming-table.ts';
import { requireConcurrentIndexCreation } from './require-concurrent-index-creation.ts';
import { requireConcurrentIndexDeletion } from './require-concurrent-index-deletion.ts';
import { requireConcurrentPartitionDetach } from './require-concurrent-partition-detach.ts';
import { requireConcurrentRefresh } from './require-concurrent-refresh.ts';
import { requireConcurrentReindex } from './require-concurrent-reindex.ts';
import { requireEnumValueOrdering } from './require-enum-value-ordering.ts';
import { requireLockTimeout } from './require-lock-timeout.ts';
import { requireStatementTimeout } from './require-statement-timeout.ts';
import { requireTableSchema } from './require-table-schema.ts';
import { rewritingTable } from './rewriting-table.ts';
import { rowSecurityOff, rowSecurityWithoutPolicy } from './row-security-off.ts';
import type { Rule } from './rule.ts';
import { transactionNesting } from './transaction-nesting.ts';
import { unboundedWrite } from './unbounded-write.ts';

/** Every rule, in the order of its name. A new rule is one file and one line here. */
export const rules: readonly Rule[] = [
  addingAutoIncrementField,
  addingExclusionConstraint,
  addingFieldWithDefault,
  addingForeignKeyConstraint,
  addingNotNullableField,
  addingRequiredField,
  addingSerialPrimaryKeyField,
  addingUniqueIndex,
  banAlterDomainWithAddConstraint,
  banCharField,
  banConcurrentIndexCreationInTransaction,
  banCreateDomainWithConstraint,
  banDropColumn,
  banDropConstraint,
  banDropDatabase,
  banDropNotNull,
  banDropOwned,
  banDropSchema,
  banDropTable,
  banDuplicateColumnAssignments,
  banServerAccess,
  banTruncateCascade,
  banUncommittedTransaction,
  changingColumnType,
  columnAlignment,
  combineAlterTable,
  concurrentlyInTransaction,
  constraintMissingNotValid,
  creatingEnum,
  creatingTrigger,
  disablingTrigger,
  disallowedUniqueConstraint,
  doBlockNotJudged,
  droppingDefault,
  droppingObject,
  identifierTooLong,
  indexTooWide,
  lockingTable,
  namingConvention,
  preferBigintOverInt,
  preferBigintOverSmallint,
  preferIdentity,
  preferJsonb,
  preferRepack,
  preferRobustStmts,
  preferTextField,
  preferTimestampTz,
  primaryKeyUsingIndex,
  renamingColumn,
  renamingEnumValue,
  renamingSchema,
  renamingTable,
  requireConcurrentIndexCreation,
  requireConcurrentIndexDeletion,
  requireConcurrentPartitionDetach,
  requireConcurrentRefresh,
  requireConcurrentReindex,
  requireEnumValueOrdering,
  requireLockTimeout,
  requireStatementTimeout,
  requireTableSchema,
  rewritingTable,
  rowSecurityOff,
  rowSecurityWithoutPolicy,
  transactionNesting,
  unboundedWrite,
];
